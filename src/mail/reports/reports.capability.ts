import type { Capability, Declarations } from '../../common/capability.js';
import { ownSecret, secret } from '../../config/setting.js';
import { MailReportTokens9016900000000 } from './migrations/16900-mail-report-tokens.js';
import { ecPublicKey, topics, webhookSecret } from './report-settings.js';

const declared = {
  settings: {
    MAIL_WEBHOOK_SES_TOPICS: topics({
      example: 'arn:aws:sns:eu-west-1:123456789012:mail',
      doc: 'Topics of Amazon SNS to which Amazon SES reports bounces and complaints, comma-separated. Subscribe each to `/v1/mail/bounces/ses` (docs/mail.md); messages of other topics are refused.',
    }),
    MAIL_WEBHOOK_POSTMARK_PASSWORD: ownSecret({
      doc: 'Password in the address of Postmark’s webhook, `https://latchkey:PASSWORD@…/v1/mail/bounces/postmark`.',
    }),
    MAIL_WEBHOOK_SENDGRID_KEY: ecPublicKey({
      doc: 'Verification key of SendGrid’s signed event webhook at `/v1/mail/bounces/sendgrid`.',
    }),
    MAIL_WEBHOOK_MAILGUN_KEY: secret({
      doc: 'HTTP webhook signing key of Mailgun, for `/v1/mail/bounces/mailgun`.',
    }),
    MAIL_WEBHOOK_RESEND_SECRET: webhookSecret({
      doc: 'Signing secret (`whsec_…`) of Resend’s webhook at `/v1/mail/bounces/resend`.',
    }),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    mailReports: typeof declared;
  }
}

/** Bounces and complaints in the words of mail providers. */
export const mailReports = {
  name: 'mailReports',
  folder: import.meta.dirname,
  module: async () => (await import('./reports.module.js')).ReportsModule,
  migrations: [MailReportTokens9016900000000],
  ...declared,
} as const satisfies Capability;
