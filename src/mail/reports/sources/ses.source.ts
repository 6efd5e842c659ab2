import { Injectable, Logger } from '@nestjs/common';
import { UnavailableError } from '../../../common/errors.js';
import { Settings } from '../../../config/settings.js';
import { DatabaseClock } from '../../../database/feed/database-clock.js';
import { OutboundError } from '../../../outbound/outbound-error.js';
import { Outbound } from '../../../outbound/outbound.service.js';
import { UnsignedReportError } from '../errors.js';
import { textAt, timeAt } from '../fields.js';
import { REPEATED_FOR_SECONDS, demandRecent } from '../genuine.js';
import { type ProviderReport, type ProviderRequest, ReportSource } from '../report-source.js';
import { reportsInSes } from './ses-event.js';
import { SnsCertificates } from './sns-certificates.js';
import { hostOfTopic, isAt, isSignedBy } from './sns-message.js';

/** Amazon SES by way of Amazon SNS, which signs with keys whose certificates are on its own servers. Only topics of the settings count. */
@Injectable()
export class SesSource extends ReportSource {
  override readonly provider = 'ses';
  private readonly logger = new Logger('Mail');

  constructor(
    private readonly settings: Settings,
    private readonly clock: DatabaseClock,
    private readonly certificates: SnsCertificates,
    private readonly outbound: Outbound,
  ) {
    super();
  }

  override get isOpen(): boolean {
    return this.settings.MAIL_WEBHOOK_SES_TOPICS.length > 0;
  }

  override async verify({ body }: ProviderRequest): Promise<void> {
    const host = this.hostOf(body);
    const url = textAt(body, 'SigningCertURL') ?? '';
    // The topic decides about the region, and so about the one host that may be asked for a certificate.
    if (host === null || !isAt(url, host)) throw new UnsignedReportError();
    const key = await this.certificates.keyAt(url);
    if (key === null || !isSignedBy(body, key)) throw new UnsignedReportError();
    demandRecent((timeAt(body, 'Timestamp')?.getTime() ?? Number.NaN) / 1_000, this.clock.now() / 1_000, REPEATED_FOR_SECONDS);
  }

  override async read(body: object): Promise<readonly ProviderReport[]> {
    switch (textAt(body, 'Type') ?? '') {
      case 'Notification':
        return reportsInSes(textAt(body, 'Message') ?? '');
      case 'SubscriptionConfirmation':
        await this.confirm(body);
        return [];
      default:
        this.logger.warn({ msg: 'Amazon SNS ended a subscription: no more reports of bounces', topic: textAt(body, 'TopicArn') });
        return [];
    }
  }

  /** @throws UnavailableError if SNS does not answer; it asks again */
  private async confirm(body: object): Promise<void> {
    const url = textAt(body, 'SubscribeURL') ?? '';
    const host = this.hostOf(body);
    if (host === null || !isAt(url, host)) throw new UnsignedReportError();
    try {
      const { status } = await this.outbound.fetch(url, { whenLonger: 'cut' });
      if (status !== 200) throw new UnavailableError();
    } catch (error) {
      if (error instanceof OutboundError) throw new UnavailableError(undefined, error);
      throw error;
    }
    this.logger.log({ msg: 'Subscription to reports of bounces confirmed', topic: textAt(body, 'TopicArn') });
  }

  /** The host of SNS for the message's topic; null unless the settings name the topic. */
  private hostOf(body: object): string | null {
    const topic = textAt(body, 'TopicArn') ?? '';
    return this.settings.MAIL_WEBHOOK_SES_TOPICS.includes(topic) ? hostOfTopic(topic) : null;
  }
}
