import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { UnavailableError } from '../common/errors.js';
import { ExceptionRenderer } from '../common/exception.filter.js';
import { isUnavailable } from '../database/database-errors.js';
import { FailurePage } from './failure-page.js';

/** Failures of the pages' routes, as pages: expected ones by their meaning, others without detail; those are logged. */
@Catch()
export class PageFailureFilter implements ExceptionFilter {
  private readonly failures: ExceptionRenderer;

  constructor(page: FailurePage) {
    this.failures = new ExceptionRenderer(
      // Whatever gets here is on a page, whose path begins with nothing in particular.
      new Map([['', (...failure) => page.write(...failure)]]),
      [(error) => (isUnavailable(error) ? new UnavailableError(undefined, error) : undefined)],
      () => [],
    );
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.failures.render(error, http.getRequest(), http.getResponse());
  }
}
