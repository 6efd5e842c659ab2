import type { Capability, Declarations } from '../../common/capability.js';
import { publicEvent } from '../../common/event-row.js';
import { rate } from '../../config/setting.js';
import { returnUrls } from './return-urls-setting.js';

const declared = {
  settings: {
    RETURN_URLS: returnUrls({
      default: [],
      example: 'https://app.example.com/welcome,https://app.example.com/settings',
      doc: 'URLs in your apps (`https://…`, or a scheme of their own: `myapp://…`) to which the pages behind mailed links may lead back, comma-separated, compared exactly. A request names one of them as `returnTo`.',
    }),
    LIMIT_CODES: rate({ default: { points: 60, seconds: 900 }, doc: 'Attempts with codes and links per network.' }),
    LIMIT_MAIL_REQUESTS: rate({ default: { points: 30, seconds: 3_600 }, doc: 'Requests per network that may cause a mail.' }),
    LIMIT_MAIL_ADDRESS: rate({
      default: { points: 6, seconds: 3_600 },
      doc: 'Mails to one address. The server sends further ones, up to as many again, only where no code works; and codes to sign in, where the owner asks.',
    }),
    LIMIT_MAIL_TOTAL: rate({
      default: { points: 5_000, seconds: 3_600 },
      doc: 'Mails of this installation to all addresses, counting only those that strangers can cause. The last fifth is kept for proven addresses.',
    }),
    LIMIT_SMS_NUMBER: rate({
      default: { points: 4, seconds: 3_600 },
      doc: 'Text messages to one number, and text messages that an account asks for. To a number without a code that works the server sends further ones, up to as many again.',
    }),
    LIMIT_SMS_NETWORK: rate({ default: { points: 10, seconds: 3_600 }, doc: 'Requests per network for a text message to sign in.' }),
    LIMIT_SMS_RANGE: rate({
      default: { points: 20, seconds: 3_600 },
      doc: 'Text messages to numbers that differ in the last three digits alone: fraud asks for one after the other.',
    }),
    LIMIT_SMS_COUNTRY: rate({
      default: { points: 100, seconds: 3_600 },
      doc: 'Text messages to all numbers of a country other than `DEFAULT_REGION`.',
    }),
    LIMIT_SMS_TOTAL: rate({
      default: { points: 500, seconds: 3_600 },
      doc: 'Text messages of this installation to all numbers. The last fifth is kept for proven numbers.',
    }),
  },
  limits: {
    'sms-network': 'LIMIT_SMS_NETWORK',
    'sms-range': 'LIMIT_SMS_RANGE',
    'sms-country': 'LIMIT_SMS_COUNTRY',
    'code-network': 'LIMIT_CODES',
    'mail-request': 'LIMIT_MAIL_REQUESTS',
    'mail-address': 'LIMIT_MAIL_ADDRESS',
    'mail-total': 'LIMIT_MAIL_TOTAL',
    'sms-number': 'LIMIT_SMS_NUMBER',
    'sms-total': 'LIMIT_SMS_TOTAL',
  },
  events: {
    'codes.alarm': publicEvent('More than 50 wrong codes were tried within a minute, over all accounts; recorded at most once a minute.', {
      subject: null,
      facts: { wrongCodes: { type: 'number', doc: 'How many within a minute.', example: 51 } },
    }),
  },
  rules: {
    'proof.ambiguous': 'Two proofs that exclude each other were sent, such as a token and a code.',
    'returnTo.not_allowed': 'The address is not in `RETURN_URLS`.',
  },
  errors: {
    'sms.not_configured': {
      status: 409,
      title: 'This server sends no text messages',
      kind: 'conflict',
      advice: 'Do not offer text messages on this server (`SMS_URL`).',
    },
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
