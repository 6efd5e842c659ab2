import { createPublicKey, verify } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings.js';
import { DatabaseClock } from '../../../database/feed/database-clock.js';
import { MAIL_ID } from '../../mail-headers.js';
import { UnsignedReportError } from '../errors.js';
import { inWords, textAt, timeAt } from '../fields.js';
import { REPEATED_FOR_SECONDS, demandRecent, headerOf } from '../genuine.js';
import { type ProviderReport, type ProviderRequest, ReportSource } from '../report-source.js';

const SIGNATURE = 'x-twilio-email-event-webhook-signature';
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp';

/** Twilio SendGrid, "Signed Event Webhook": ECDSA over P-256 and SHA-256 of the time and the bytes. */
@Injectable()
export class SendGridSource extends ReportSource {
  override readonly provider = 'sendgrid';

  constructor(
    private readonly settings: Settings,
    private readonly clock: DatabaseClock,
  ) {
    super();
  }

  override get isOpen(): boolean {
    return this.settings.MAIL_WEBHOOK_SENDGRID_KEY !== undefined;
  }

  override verify({ headers, bytes }: ProviderRequest): void {
    const made = headerOf(headers, TIMESTAMP);
    const key = createPublicKey({
      key: Buffer.from(String(this.settings.MAIL_WEBHOOK_SENDGRID_KEY), 'base64'),
      format: 'der',
      type: 'spki',
    });
    const signature = Buffer.from(headerOf(headers, SIGNATURE), 'base64');
    if (!verify('sha256', Buffer.concat([Buffer.from(made), bytes]), key, signature)) throw new UnsignedReportError();
    demandRecent(Number(made), this.clock.now() / 1_000, REPEATED_FOR_SECONDS);
  }

  /** Events come in lists. */
  override read(body: object): readonly ProviderReport[] {
    return (Array.isArray(body) ? body : []).flatMap((event: unknown) => {
      const kind = kindOf(event);
      if (kind === null) return [];
      const mail = {
        // By SMTP, `smtp-id` is the Message-ID that the server chose.
        id: textAt(event, MAIL_ID.sendgrid),
        messageId: textAt(event, 'smtp-id'),
        recipient: textAt(event, 'email'),
        sentBefore: timeAt(event, 'timestamp'),
      };
      return [{ mail, kind, detail: inWords(textAt(event, 'status'), textAt(event, 'reason')) }];
    });
  }
}

/** `blocked` is a bounce that may be over tomorrow, `dropped` a mail that SendGrid itself did not send. */
function kindOf(event: unknown): ProviderReport['kind'] | null {
  switch (textAt(event, 'event') ?? '') {
    case 'spamreport':
      return 'complaint';
    case 'dropped':
      return 'bounce';
    case 'bounce':
      return textAt(event, 'type') === 'blocked' ? null : 'bounce';
    default:
      return null;
  }
}
