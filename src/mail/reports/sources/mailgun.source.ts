import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings.js';
import { DatabaseClock } from '../../../database/feed/database-clock.js';
import { UnsignedReportError } from '../errors.js';
import { inWords, partAt, textAt, timeAt } from '../fields.js';
import { REPEATED_FOR_SECONDS, demandRecent, demandSame } from '../genuine.js';
import { type ProviderReport, type ProviderRequest, ReportSource } from '../report-source.js';

/** Longest token, characters; Mailgun's have 50. */
const MAX_TOKEN_CHARS = 200;

/** Mailgun: HMAC-SHA-256 of a time and a random token in the body. It does not cover the rest, so each token counts once. */
@Injectable()
export class MailgunSource extends ReportSource {
  override readonly provider = 'mailgun';

  constructor(
    private readonly settings: Settings,
    private readonly clock: DatabaseClock,
  ) {
    super();
  }

  override get isOpen(): boolean {
    return this.settings.MAIL_WEBHOOK_MAILGUN_KEY !== undefined;
  }

  override verify({ body }: ProviderRequest): void {
    const made = String(partAt(body, 'signature', 'timestamp'));
    const signature = textAt(body, 'signature', 'signature') ?? '';
    const token = this.onceOf(body);
    if (token === '' || token.length > MAX_TOKEN_CHARS || !/^\d{1,12}$/.test(made)) throw new UnsignedReportError();
    const expected = createHmac('sha256', String(this.settings.MAIL_WEBHOOK_MAILGUN_KEY))
      .update(made + token)
      .digest('hex');
    demandSame(signature.toLowerCase(), expected);
    demandRecent(Number(made), this.clock.now() / 1_000, REPEATED_FOR_SECONDS);
  }

  override onceOf(body: object): string {
    return textAt(body, 'signature', 'token') ?? '';
  }

  override read(body: object): readonly ProviderReport[] {
    const event = partAt(body, 'event-data');
    const kind = kindOf(event);
    if (kind === null) return [];
    const status = partAt(event, 'delivery-status');
    const code = partAt(status, 'code');
    const mail = {
      messageId: textAt(event, 'message', 'headers', 'message-id'),
      recipient: textAt(event, 'recipient'),
      sentBefore: timeAt(event, 'timestamp'),
    };
    const words = [textAt(status, 'message'), textAt(status, 'description'), textAt(event, 'reject', 'reason'), textAt(event, 'reason')];
    const said = words.find((text) => text !== undefined && text !== '');
    return [{ mail, kind, detail: inWords(typeof code === 'number' ? String(code) : undefined, said) }];
  }
}

/** A `failed` mail that is `temporary` is tried again; a `rejected` one Mailgun did not even send. */
function kindOf(event: unknown): ProviderReport['kind'] | null {
  switch (textAt(event, 'event') ?? '') {
    case 'complained':
      return 'complaint';
    case 'rejected':
      return 'bounce';
    case 'failed':
      return textAt(event, 'severity') === 'permanent' ? 'bounce' : null;
    default:
      return null;
  }
}
