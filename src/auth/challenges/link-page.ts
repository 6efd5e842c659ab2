import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Catalogue } from '../../common/catalogue.js';
import type { ChallengePurpose, ErrorCode, Views } from '../../common/declared.js';
import { AppError, InvalidRequestError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import type { FieldMessage } from '../../look/field-message.js';
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
  problems: FieldMessage[];
}

/**
 * A page behind a mailed link. Nothing is kept in cookies: the form carries the token of the link, which a foreign site cannot guess,
 * so there is no CSRF token beside the token.
 */
export interface LinkPage<Name extends ChallengePurpose & keyof Views> {
  /** Purpose of the link and name of the page. */
  name: Name;
  /** Read out first, and all that a tab shows. */
  title: string;
  /**
   * What the form is filled with. Uses nothing up: mail scanners open links, too.
   * @param problemOf what is wrong with a field; null for nothing
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  view(form: LinkForm, problemOf: (field: string) => string | null): Promise<Views[Name]>;
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
  ) {}

  /**
   * Answers with the form.
   * @param token out of the query, whatever that holds
   */
  async show<Name extends ChallengePurpose & keyof Views>(page: LinkPage<Name>, token: unknown, reply: FastifyReply): Promise<string> {
    return write(reply, await this.form(page, typeof token === 'string' ? token : '', []));
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
      const mendable = toMendable(page, error);
      if (mendable === null) throw error;
      const form = await this.form(page, token, mendable.problems);
      void reply.status(mendable.status);
      // RFC 9110 §11.6.1 wants a challenge beside every 401; browsers pass over a scheme that they do not know.
      if (mendable.status === 401) void reply.header('www-authenticate', 'FormBased');
      return write(reply, form);
    }
  }

  /** The page that says what was done. */
  done<Name extends keyof Views>(name: Name, title: string, view: Views[Name]): Page {
    return this.renderer.render(name, title, view);
  }

  /** The link back to the app that asked for the mail; null for none. Works after the link was used, while its account is there. */
  async returnLink(token: string): Promise<ReturnLink | null> {
    return toReturnLink(await this.returnUrls.ofLink(token));
  }

  private async form<Name extends ChallengePurpose & keyof Views>(
    page: LinkPage<Name>,
    token: string,
    problems: FieldMessage[],
  ): Promise<Page> {
    const { name, title } = page;
    const action = new URL(`.${this.catalogue.purposes[name].page}`, `${this.settings.PUBLIC_URL}/`).pathname;
    const problemOf = (wanted: string): string | null => problems.find(({ field }) => field === wanted)?.detail ?? null;
    const filled = await page.view({ action, token, problems }, problemOf);
    return this.renderer.render(name, problems.length > 0 ? `Error: ${title}` : title, filled);
  }
}

function toMendable<Name extends ChallengePurpose & keyof Views>({ mends = {} }: LinkPage<Name>, error: unknown): Mendable | null {
  if (error instanceof InvalidRequestError) {
    return { status: 422, problems: error.problems.map(({ pointer, detail }) => ({ field: pointer.slice(1), detail })) };
  }
  return error instanceof AppError ? (mends[error.code] ?? null) : null;
}
