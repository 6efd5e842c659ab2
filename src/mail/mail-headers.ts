import { createHash } from 'node:crypto';
import type { MailRow } from '../common/capability.js';
import type { Settings } from '../config/settings.js';
import { senderDomain } from './dkim/sender.js';

/** Length of the sender's name in a Feedback-ID, characters; Google takes 5 to 15. */
const SENDER_ID_CHARS = 12;

/** A field that nodemailer only folds: it would encode JSON as text for people. */
interface Folded {
  prepared: true;
  foldLines: true;
  value: string;
}

/** Names under which providers that replace the Message-ID give the mail's id back: metadata of Postmark, a unique argument of SendGrid. */
export const MAIL_ID = { postmark: 'latchkey-mail', sendgrid: 'latchkey_mail' } as const;

type SenderSettings = Pick<Settings, 'MAIL_FROM' | 'MAIL_WEBHOOK_POSTMARK_PASSWORD' | 'MAIL_WEBHOOK_SENDGRID_KEY'>;

/**
 * Header fields of a mail beside those that every mail has: for machines that answer, and for statistics of providers. None names a person.
 * Those for a provider are only for it, and it takes them out.
 * @param kind name of the mail, such as `confirm-email`
 */
export function mailHeaders(
  { id, kind }: { id: string; kind: string },
  { carriesSecrets }: Pick<MailRow, 'carriesSecrets'>,
  settings: SenderSettings,
): Record<string, string | Folded> {
  const sender = createHash('sha256').update(senderDomain(settings.MAIL_FROM)).digest('hex').slice(0, SENDER_ID_CHARS);
  return {
    // RFC 3834 §5: asks for no automatic replies, such as holiday notices. It makes Precedence superfluous.
    'Auto-Submitted': 'auto-generated',
    // The same for Exchange ([MS-OXCMAIL]). Not `All`, which keeps back bounces as well.
    'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply',
    // Google Postmaster Tools count spam reports by each part; the last one stays the same for all mails of a sender.
    'Feedback-ID': `${kind}:${carriesSecrets === true ? 'code' : 'notice'}:latchkey:${sender}`,
    ...(settings.MAIL_WEBHOOK_POSTMARK_PASSWORD === undefined ? {} : { [`X-PM-Metadata-${MAIL_ID.postmark}`]: id }),
    ...(settings.MAIL_WEBHOOK_SENDGRID_KEY === undefined ? {} : { 'X-SMTPAPI': json({ unique_args: { [MAIL_ID.sendgrid]: id } }) }),
  };
}

/** Folds only at blanks. */
function json(value: object): Folded {
  return { prepared: true, foldLines: true, value: JSON.stringify(value).replaceAll(/[:,](?=["{])/g, '$& ') };
}
