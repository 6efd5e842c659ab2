import { createHash } from 'node:crypto';
import type { MailRow } from '../common/capability.js';
import { senderDomain } from './dkim/sender.js';

/** Length of the sender's name in a Feedback-ID, characters; Google takes 5 to 15. */
const SENDER_ID_CHARS = 12;

/**
 * Header fields of a mail beside those that every mail has: for machines that answer, and for statistics of providers. None names a person.
 * @param kind name of the mail, such as `confirm-email`
 * @param from the setting `MAIL_FROM`
 */
export function mailHeaders(kind: string, { carriesSecrets }: Pick<MailRow, 'carriesSecrets'>, from: string): Record<string, string> {
  const sender = createHash('sha256').update(senderDomain(from)).digest('hex').slice(0, SENDER_ID_CHARS);
  return {
    // RFC 3834 §5: asks for no automatic replies, such as holiday notices. It makes Precedence superfluous.
    'Auto-Submitted': 'auto-generated',
    // The same for Exchange ([MS-OXCMAIL]). Not `All`, which keeps back bounces as well.
    'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply',
    // Google Postmaster Tools count spam reports by each part; the last one stays the same for all mails of a sender.
    'Feedback-ID': `${kind}:${carriesSecrets === true ? 'code' : 'notice'}:latchkey:${sender}`,
  };
}
