import type { Capability, Declarations } from '../../common/capability.js';
import { rate } from '../../config/setting.js';
import { returnUrls } from './return-urls-setting.js';

const declared = {
  settings: {
    RETURN_URLS: returnUrls({
      default: [],
      example: 'https://app.example.com/welcome,https://app.example.com/settings',
      doc: 'URLs in your apps to which the pages behind mailed links may lead back, comma-separated, compared exactly. A request names one of them as `returnTo`.',
    }),
    LIMIT_CODES: rate({ default: { points: 60, seconds: 900 }, doc: 'Attempts with codes and links per network.' }),
    LIMIT_MAIL_REQUESTS: rate({ default: { points: 30, seconds: 3_600 }, doc: 'Requests per network that may cause a mail.' }),
    LIMIT_MAIL_ADDRESS: rate({
      default: { points: 6, seconds: 3_600 },
      doc: 'Mails to one address; the server does not send further ones.',
    }),
    LIMIT_MAIL_TOTAL: rate({
      default: { points: 5_000, seconds: 3_600 },
      doc: 'Mails of this installation to all addresses, counting only those that strangers can cause.',
    }),
  },
  limits: {
    'code-network': 'LIMIT_CODES',
    'mail-request': 'LIMIT_MAIL_REQUESTS',
    'mail-address': 'LIMIT_MAIL_ADDRESS',
    'mail-total': 'LIMIT_MAIL_TOTAL',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    mailedChallenges: typeof declared;
  }
}

/** Codes and links sent by mail or text message. */
export const mailedChallenges = {
  name: 'mailedChallenges',
  folder: import.meta.dirname,
  module: async () => (await import('./mailed-challenges.module.js')).MailedChallengesModule,
  ...declared,
} as const satisfies Capability;
