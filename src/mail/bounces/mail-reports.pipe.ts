import { Injectable, type PipeTransform } from '@nestjs/common';
import { InvalidRequestError } from '../../common/errors.js';
import { RequestPipe } from '../../http/request.pipe.js';
import { MailReportBody } from './dto/mail-report.dto.js';

/** Maximum number of reports in one request. */
export const MAX_REPORTS = 500;

/** Accepts one report or a list, because providers send either. */
@Injectable()
export class MailReportsPipe implements PipeTransform<unknown, Promise<MailReportBody[]>> {
  private readonly each = new RequestPipe('refuse');

  async transform(sent: unknown): Promise<MailReportBody[]> {
    if (!Array.isArray(sent)) return [await this.read(sent, '')];
    if (sent.length > MAX_REPORTS) {
      throw new InvalidRequestError([{ pointer: '', rule: 'arrayMaxSize', detail: `At most ${MAX_REPORTS} reports are accepted.` }]);
    }
    return Promise.all(sent.map((item, index) => this.read(item, `/${index}`)));
  }

  private async read(sent: unknown, pointer: string): Promise<MailReportBody> {
    try {
      return (await this.each.transform(sent ?? null, { type: 'body', metatype: MailReportBody })) as MailReportBody;
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      throw new InvalidRequestError(error.problems.map((problem) => ({ ...problem, pointer: pointer + problem.pointer })));
    }
  }
}
