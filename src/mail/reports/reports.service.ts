import { Injectable } from '@nestjs/common';
import { InvalidRequestError, RouteNotFoundError } from '../../common/errors.js';
import { DatabaseService } from '../../database/database.service.js';
import { ReportedMails } from '../reported-mails.service.js';
import { UnsignedReportError } from './errors.js';
import type { ProviderRequest, ReportSource } from './report-source.js';
import { ReportTokensRepository } from './report-tokens.repository.js';
import { MailgunSource } from './sources/mailgun.source.js';
import { PostmarkSource } from './sources/postmark.source.js';
import { ResendSource } from './sources/resend.source.js';
import { SendGridSource } from './sources/sendgrid.source.js';
import { SesSource } from './sources/ses.source.js';

/** Takes what mail providers report. */
@Injectable()
export class ReportsService {
  private readonly sources: readonly ReportSource[];

  constructor(
    ses: SesSource,
    postmark: PostmarkSource,
    sendgrid: SendGridSource,
    mailgun: MailgunSource,
    resend: ResendSource,
    private readonly tokens: ReportTokensRepository,
    private readonly mails: ReportedMails,
    private readonly database: DatabaseService,
  ) {
    this.sources = [ses, postmark, sendgrid, mailgun, resend];
  }

  /**
   * Checks that a request is a provider's. Nothing in it is believed before.
   * @throws RouteNotFoundError for a provider that is unknown or not in the settings; UnsignedReportError; InvalidRequestError if the body
   * is neither an object nor a list
   */
  async verify(provider: string, { headers, bytes, body }: Omit<ProviderRequest, 'body'> & { body: unknown }): Promise<void> {
    const source = this.sourceOf(provider);
    if (typeof body !== 'object' || body === null) {
      throw new InvalidRequestError([{ pointer: '', rule: 'isObject', detail: 'The body must be a JSON object or a list.' }]);
    }
    await source.verify({ headers, bytes, body });
  }

  /**
   * Records the bounces and complaints of a verified request, all or none.
   * @returns their number
   * @throws UnsignedReportError if it came before
   */
  async take(provider: string, body: object): Promise<number> {
    const source = this.sourceOf(provider);
    // Before the transaction: a source may have to ask its provider.
    const reports = await source.read(body);
    await this.database.transaction(async () => {
      if (source.onceOf !== undefined && !(await this.tokens.use(provider, source.onceOf(body)))) throw new UnsignedReportError();
      for (const { mail, kind, detail } of reports) await this.mails.note(mail, kind, detail);
    });
    return reports.length;
  }

  private sourceOf(provider: string): ReportSource {
    const source = this.sources.find((each) => each.provider === provider);
    if (source === undefined || !source.isOpen) throw new RouteNotFoundError();
    return source;
  }
}
