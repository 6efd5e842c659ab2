import type { Capability, Declarations } from '../common/capability.js';
import { ownSecret, text, url } from '../config/setting.js';
import { Mail3000000000000 } from './migrations/3000-mail.js';
import { MailBounces6000000000000 } from './migrations/6000-mail-bounces.js';
import type { Settings } from '../config/settings.js';

const declared = {
  settings: {
    SMTP_URL: url(['smtp:', 'smtps:'], {
      optional: true,
      requiredInProduction: true,
      secret: true,
      example: 'smtps://user:password@mail.example.com:465',
      doc: 'URL of the SMTP server. Without it mail goes to the mailbox at `/dev/mail` (never in production).',
    }),
    MAIL_FROM: text({
      default: 'Latchkey <no-reply@latchkey.localhost>',
      doc: 'The From header of every mail.',
    }),
    MAIL_WEBHOOK_TOKEN: ownSecret({
      doc: 'Bearer token with which a mail provider reports bounces and complaints to `/v1/mail/bounces`; without it that path does not exist.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    mail: typeof declared;
  }
}

/** The outbox and its delivery. */
export const mail = {
  name: 'mail',
  folder: import.meta.dirname,
  module: async (settings: Settings) => (await import('./mail.module.js')).MailModule.register(settings),
  tags: [{ name: 'Development', description: 'The mailbox of a server that sends no real mail; absent in production.', position: 8 }],
  migrations: [Mail3000000000000, MailBounces6000000000000],
  exports: { mails: async () => (await import('./mails.export.js')).MAILS_EXPORT },
  ...declared,
} as const satisfies Capability;
