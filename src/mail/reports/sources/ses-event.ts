import { inWords, listAt, partAt, textAt, timeAt } from '../fields.js';
import type { ProviderReport } from '../report-source.js';

/**
 * The bounces and complaints in a message of Amazon SES: a notification of an identity (`notificationType`), or an event of a configuration
 * set (`eventType`). Bounces that are `Transient` or `Undetermined` are none: the next mail may arrive.
 * @param message JSON; whatever else it is has no reports
 */
export function reportsInSes(message: string): ProviderReport[] {
  const event = parse(message);
  const about = {
    // SES sends another Message-ID, and reports the one that it was given if it includes the original headers.
    messageId: messageIdIn(event),
    sender: textAt(event, 'mail', 'source'),
  };
  switch (textAt(event, 'notificationType') ?? textAt(event, 'eventType') ?? '') {
    case 'Bounce':
      if (textAt(event, 'bounce', 'bounceType') !== 'Permanent') return [];
      return listAt(event, 'bounce', 'bouncedRecipients').map((each) => ({
        mail: { ...about, recipient: textAt(each, 'emailAddress'), sentBefore: timeAt(event, 'bounce', 'timestamp') },
        kind: 'bounce',
        detail: inWords(textAt(event, 'bounce', 'bounceSubType'), textAt(each, 'diagnosticCode')),
      }));
    case 'Complaint':
      return listAt(event, 'complaint', 'complainedRecipients').map((each) => ({
        mail: { ...about, recipient: textAt(each, 'emailAddress'), sentBefore: timeAt(event, 'complaint', 'timestamp') },
        kind: 'complaint',
        detail: textAt(event, 'complaint', 'complaintFeedbackType'),
      }));
    default:
      return [];
  }
}

function messageIdIn(event: unknown): string | undefined {
  const field = listAt(event, 'mail', 'headers').find((each) => textAt(each, 'name')?.toLowerCase() === 'message-id');
  return textAt(field, 'value') ?? textAt(partAt(event, 'mail', 'commonHeaders'), 'messageId');
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return null;
  }
}
