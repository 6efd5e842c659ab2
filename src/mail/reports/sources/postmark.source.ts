import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings.js';
import { MAIL_ID } from '../../mail-headers.js';
import { UnsignedReportError } from '../errors.js';
import { inWords, textAt, timeAt } from '../fields.js';
import { demandSame, headerOf } from '../genuine.js';
import { type ProviderReport, type ProviderRequest, ReportSource } from '../report-source.js';

/**
 * Types of bounces after which the mail will not arrive. The others are temporary (`Transient`, `SoftBounce`, `DnsError`), or answers of
 * people and machines. Source: Postmark, Bounce API, "Bounce types".
 */
const FINAL = ['HardBounce', 'BadEmailAddress', 'Blocked', 'SpamNotification', 'VirusNotification', 'ManuallyDeactivated', 'DMARCPolicy'];

/** Postmark: it does not sign, but sends the user and password of the webhook's address. */
@Injectable()
export class PostmarkSource extends ReportSource {
  override readonly provider = 'postmark';

  constructor(private readonly settings: Settings) {
    super();
  }

  override get isOpen(): boolean {
    return this.settings.MAIL_WEBHOOK_POSTMARK_PASSWORD !== undefined;
  }

  override verify({ headers }: ProviderRequest): void {
    const [, credentials] = /^basic +([a-z\d+/=]+)$/i.exec(headerOf(headers, 'authorization')) ?? [];
    if (credentials === undefined) throw new UnsignedReportError();
    const text = Buffer.from(credentials, 'base64').toString();
    // The user is of no importance (RFC 7617 §2: it has no colon).
    demandSame(text.slice(text.indexOf(':') + 1), String(this.settings.MAIL_WEBHOOK_POSTMARK_PASSWORD));
  }

  override read(body: object): readonly ProviderReport[] {
    const kind = kindOf(body);
    if (kind === null) return [];
    const mail = {
      id: textAt(body, 'Metadata', MAIL_ID.postmark),
      recipient: textAt(body, 'Email'),
      sender: textAt(body, 'From'),
      sentBefore: timeAt(body, 'BouncedAt'),
    };
    return [{ mail, kind, detail: inWords(textAt(body, 'Type'), textAt(body, 'Details') ?? textAt(body, 'Description')) }];
  }
}

function kindOf(body: object): ProviderReport['kind'] | null {
  const type = textAt(body, 'Type') ?? '';
  switch (textAt(body, 'RecordType') ?? '') {
    case 'SpamComplaint':
      return 'complaint';
    case 'Bounce':
      return type === 'SpamComplaint' ? 'complaint' : FINAL.includes(type) ? 'bounce' : null;
    default:
      return null;
  }
}
