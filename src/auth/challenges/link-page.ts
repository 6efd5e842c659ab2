import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Catalogue } from '../../common/catalogue.js';
import type { ChallengePurpose, ErrorCode, Views } from '../../common/declared.js';
import { AppError, InvalidRequestError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { Languages } from '../../languages/languages.service.js';
import type { Locale } from '../../languages/locales.js';
import { ProblemTexts } from '../../languages/problem-texts.js';
import type { FieldMessage, FieldText } from '../../look/field-message.js';
import { type Page, PageRenderer, write } from '../../look/page-renderer.js';
import { type ReturnLink, toReturnLink } from './return-link.js';
import { ReturnUrls } from './return-urls.service.js';

/** What every form shows. */
export interface LinkForm {
  /** Where the form goes: without the query, so that the token leaves the address bar; below the path of `PUBLIC_URL`, if it has one. */
  action: string;
  token: string;
  /** All of them, for the summary. */
  problems: FieldMessage[];
}

/** What the reader can put right in the form. */
export interface Mendable {
  status: 401 | 422;
  problems: readonly FieldText[];
}

/**
 * A page behind a mailed link. Nothing is kept in cookies: the form carries the token of the link, which a foreign site cannot guess,
 * so there is no CSRF token beside the token.
 */
export interface LinkPage<Name extends ChallengePurpose & keyof Views> {
  /** Purpose of the link and name of the page. */
  name: Name;
  /**
   * What the form is filled with. Uses nothing up: mail scanners open links, too.
   * @param problemOf what is wrong with a field; null for nothing
   * @param locale the language of the page
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  view(form: LinkForm, problemOf: (field: string) => string | null, locale: Locale): Promise<Views[Name]>;
  /** Failures that the reader can put right in the form, beside fields that are refused. */
  mends?: Readonly<Partial<Record<ErrorCode, Mendable>>>;
}

/** Answers for the pages behind mailed links: the form, what came of it, and the form again where the reader can put something right. */
@Injectable()
export class LinkPages {
  constructor(
    private readonly renderer: PageRenderer,
    private readonly returnUrls: ReturnUrls,
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
    private readonly languages: Languages,
    private readonly texts: ProblemTexts,
  ) {}

  /** The language of whoever looks at the page. */
  localeOf({ request }: FastifyReply): Locale {
    return this.languages.localeOf({ acceptLanguage: request.headers['accept-language'] });
  }

  /**
   * Answers with the form.
   * @param token out of the query, whatever that holds
   */
  async show<Name extends ChallengePurpose & keyof Views>(page: LinkPage<Name>, token: unknown, reply: FastifyReply): Promise<string> {
    return write(reply, await this.form(page, typeof token === 'string' ? token : '', [], this.localeOf(reply)));
  }

  /**
   * Answers with the page that `act` returns, or with the form again.
   * @throws what `act` throws and the reader cannot put right
   */
  async submit<Name extends ChallengePurpose & keyof Views>(
    page: LinkPage<Name>,
    token: string,
    reply: FastifyReply,
    act: () => Promise<Page>,
  ): Promise<string> {
    try {
      return write(reply, await act());
    } catch (error) {
      const locale = this.localeOf(reply);
      const mendable = this.toMendable(page, error, locale);
      if (mendable === null) throw error;
      const form = await this.form(page, token, mendable.problems, locale);
      void reply.status(mendable.status);
      // RFC 9110 §11.6.1 wants a challenge beside every 401; browsers pass over a scheme that they do not know.
      if (mendable.status === 401) void reply.header('www-authenticate', 'FormBased');
      return write(reply, form);
    }
  }

  /** The page that says what was done. */
  done<Name extends keyof Views>(name: Name, view: Views[Name], reply: FastifyReply): Page {
    return this.renderer.render(name, view, this.localeOf(reply));
  }

  /** The link back to the app that asked for the mail; null for none. Works after the link was used, while its account is there. */
  async returnLink(token: string): Promise<ReturnLink | null> {
    return toReturnLink(await this.returnUrls.ofLink(token));
  }

  private async form<Name extends ChallengePurpose & keyof Views>(
    page: LinkPage<Name>,
    token: string,
    problems: FieldMessage[],
    locale: Locale,
  ): Promise<Page> {
    const { name } = page;
    const action = new URL(`.${this.catalogue.purposes[name].page}`, `${this.settings.PUBLIC_URL}/`).pathname;
    const problemOf = (wanted: string): string | null => problems.find(({ field }) => field === wanted)?.detail ?? null;
    return this.renderer.render(name, await page.view({ action, token, problems }, problemOf, locale), locale);
  }

  private toMendable<Name extends ChallengePurpose & keyof Views>(
    { mends = {} }: LinkPage<Name>,
    error: unknown,
    locale: Locale,
  ): { status: 401 | 422; problems: FieldMessage[] } | null {
    if (error instanceof InvalidRequestError) {
      const problems = error.problems.map((problem) => ({ field: problem.pointer.slice(1), detail: this.texts.ofField(problem, locale) }));
      return { status: 422, problems };
    }
    const mendable = error instanceof AppError ? mends[error.code] : undefined;
    if (mendable === undefined) return null;
    const problems = mendable.problems.map(({ field, text }) => ({ field, detail: this.languages.text(locale, text) }));
    return { status: mendable.status, problems };
  }
}
