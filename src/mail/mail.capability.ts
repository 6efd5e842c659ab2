import type { Capability, Declarations } from '../common/capability.js';
import { oneOf, ownSecret, url } from '../config/setting.js';
import { Mail3000000000000 } from './migrations/3000-mail.js';
import { MailBounces6000000000000 } from './migrations/6000-mail-bounces.js';
import type { Settings } from '../config/settings.js';
import { mailFrom } from './mail-from.js';
import { tlsOptionsIn } from './smtp.js';

const declared = {
  settings: {
    SMTP_URL: url(['smtp:', 'smtps:'], {
      optional: true,
      requiredInProduction: true,
      secret: true,
      example: 'smtps://user:password@mail.example.com:465',
      check: (value) => {
        const options = tlsOptionsIn(value);
        return options.length === 0 ? [] : [`SMTP_URL must be without ${options.join(', ')}: use smtps:// or SMTP_TLS`];
      },
      doc: 'URL of the SMTP server: `smtp:` (usually port 587; STARTTLS as `SMTP_TLS` says) or `smtps:` (TLS from the first byte, usually port 465). Percent-encode user and password. Certificates are verified; for an authority of your own set `NODE_EXTRA_CA_CERTS`. Without `SMTP_URL` mail goes to the mailbox at `/dev/mail` (never in production).',
    }),
    SMTP_TLS: oneOf(['auto', 'required', 'optional'], {
      default: 'auto',
      doc: 'STARTTLS with a server at `smtp:`. `auto` uses it where the server offers it, and sends no password without it except to a loopback address. `required` sends no mail without it, `optional` even a password.',
    }),
    MAIL_FROM: mailFrom({
      default: 'Latchkey <no-reply@latchkey.localhost>',
      doc: 'The From header of every mail: an address, or a name and an address.',
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
