import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Catalogue } from '../common/catalogue.js';
import type { AppError } from '../common/errors.js';
import { Languages } from '../languages/languages.service.js';
import { type Locale, SOURCE_LOCALE } from '../languages/locales.js';
import { ProblemTexts } from '../languages/problem-texts.js';
import { PageRenderer, write } from '../look/page-renderer.js';

/** Shows a failure to a user who followed a mailed link. */
@Injectable()
export class FailurePage {
  constructor(
    private readonly pages: PageRenderer,
    private readonly catalogue: Catalogue,
    private readonly languages: Languages,
    private readonly texts: ProblemTexts,
  ) {}

  /** Answers with the page of a failure; a `FailureRenderer`. */
  write(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
    const locale = this.languages.localeOf({ acceptLanguage: request.headers['accept-language'] });
    const row = this.catalogue.errors[error.code];
    const reference = error.code === 'server.error' ? request.id : null;
    const page = this.pages.render('failure', { ...this.wordsFor(error, locale), reference }, locale);
    void reply.status(row.page?.status ?? row.status).send(write(reply, page));
  }

  private wordsFor(error: AppError, locale: Locale): { title: string; advice: string[] } {
    const { page, title } = this.catalogue.errors[error.code];
    if (page !== undefined) {
      return { title: this.languages.text(locale, page.title), advice: page.advice.map((key) => this.languages.text(locale, key)) };
    }
    const heading = locale === SOURCE_LOCALE ? title : this.languages.text(locale, 'page.failure.title');
    return { title: heading, advice: [this.texts.ofError(error, locale)] };
  }
}
