import { Injectable, type PipeTransform } from '@nestjs/common';
import { type FieldProblem, InvalidRequestError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { RequestPipe } from '../../http/request.pipe.js';
import { MailReportBody } from './dto/mail-report.dto.js';

/** Maximum number of reports in one request. */
export const MAX_REPORTS = 500;

/** Accepts one report or a list, because providers send either. */
@Injectable()
export class MailReportsPipe implements PipeTransform<unknown, Promise<MailReportBody[]>> {
  private readonly each: RequestPipe;

  constructor(settings: Settings) {
    this.each = new RequestPipe('refuse', settings);
  }

  async transform(sent: unknown): Promise<MailReportBody[]> {
    if (!Array.isArray(sent)) return bodiesOf([await this.read(sent, '')]);
    if (sent.length > MAX_REPORTS) {
      throw new InvalidRequestError([{ pointer: '', rule: 'arrayMaxSize', detail: `At most ${MAX_REPORTS} reports are accepted.` }]);
    }
    const read = await Promise.all(sent.map((item, index) => this.read(item, `/${index}`)));
    return bodiesOf(read);
  }

  private async read(sent: unknown, pointer: string): Promise<MailReportBody | readonly FieldProblem[]> {
    try {
      return (await this.each.transform(sent ?? null, { type: 'body', metatype: MailReportBody })) as MailReportBody;
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      return error.problems.map((problem) => ({ ...problem, pointer: pointer + problem.pointer }));
    }
  }
}

/** @throws InvalidRequestError that names every wrong field of every report */
function bodiesOf(read: readonly (MailReportBody | readonly FieldProblem[])[]): MailReportBody[] {
  const problems = read.filter((each) => Array.isArray(each)).flat() as FieldProblem[];
  if (problems.length > 0) throw new InvalidRequestError(problems);
  return read as MailReportBody[];
}
