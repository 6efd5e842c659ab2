import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings.js';
import { DatabaseClock } from '../../../database/feed/database-clock.js';
import { UnsignedReportError } from '../errors.js';
import { inWords, listAt, partAt, textAt, timeAt } from '../fields.js';
import { demandRecent, headerOf, isSame } from '../genuine.js';
import { type ProviderReport, type ProviderRequest, ReportSource } from '../report-source.js';

/** How old a request may be, seconds (Standard Webhooks 1.0): each attempt is signed anew. */
const MAX_AGE_SECONDS = 300;

/** Resend: Standard Webhooks with the names of Svix, `svix-signature` for `webhook-signature`. */
@Injectable()
export class ResendSource extends ReportSource {
  override readonly provider = 'resend';

  constructor(
    private readonly settings: Settings,
    private readonly clock: DatabaseClock,
  ) {
    super();
  }

  override get isOpen(): boolean {
    return this.settings.MAIL_WEBHOOK_RESEND_SECRET !== undefined;
  }

  override verify({ headers, bytes }: ProviderRequest): void {
    const [id, made, signatures] = ['id', 'timestamp', 'signature'].map((name) => headerOf(headers, `svix-${name}`)) as [
      string,
      string,
      string,
    ];
    const key = Buffer.from(String(this.settings.MAIL_WEBHOOK_RESEND_SECRET).replace('whsec_', ''), 'base64');
    const expected = `v1,${createHmac('sha256', key).update(`${id}.${made}.`).update(bytes).digest('base64')}`;
    // While a secret is replaced there is one signature for each.
    const fits = signatures.split(' ').map((signature) => isSame(signature, expected));
    if (!fits.includes(true)) throw new UnsignedReportError();
    demandRecent(Number(made), this.clock.now() / 1_000, MAX_AGE_SECONDS);
  }

  override read(body: object): readonly ProviderReport[] {
    const kind = kindOf(body);
    const data = partAt(body, 'data');
    if (kind === null) return [];
    const about = { sender: textAt(data, 'from'), sentBefore: timeAt(body, 'created_at'), messageId: textAt(data, 'message_id') };
    const bounce = [textAt(data, 'bounce', 'type'), textAt(data, 'bounce', 'message') ?? textAt(data, 'suppressed', 'message')];
    return listAt(data, 'to').map((_, index) => {
      const recipient = textAt(data, 'to', String(index));
      // Resend may replace the Message-ID: one that is not of this server says nothing.
      return { mail: { ...about, recipient, mayBeRenamed: true }, kind, detail: inWords(...bounce) };
    });
  }
}

/** Bounces are `Permanent`, `Transient` or `Undetermined`; `suppressed` is a mail that Resend itself did not send. */
function kindOf(body: object): ProviderReport['kind'] | null {
  switch (textAt(body, 'type') ?? '') {
    case 'email.complained':
      return 'complaint';
    case 'email.suppressed':
      return 'bounce';
    case 'email.bounced':
      return ['Permanent', undefined].includes(textAt(body, 'data', 'bounce', 'type')) ? 'bounce' : null;
    default:
      return null;
  }
}
