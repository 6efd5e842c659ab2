import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { EmailVerificationService } from '../email-verification.service.js';
import { BadCredentialsError, ProofRequiredError } from '../../passwords/errors.js';
import { ReturnUrls } from '../../challenges/return-urls.service.js';
import { Public } from '../../../common/access.js';
import { type Caller, From } from '../../../common/caller.js';
import { InvalidRequestError } from '../../../common/errors.js';
import { Settings } from '../../../config/settings.js';
import { ApiLinkToken, ApiPages, LINK_FAILURES } from '../../../look/api-page.js';
import { ConfirmEmailForm } from './confirm-email.form.js';
import { type Page, PageRenderer, write } from '../../../look/page-renderer.js';
import { toReturnLink } from '../../challenges/return-link.js';
import type { FieldMessage } from '../../../look/field-message.js';

const TITLE = 'Confirm your e-mail address';

/**
 * The page behind the link of a confirmation mail. Nothing here is kept in cookies: a form carries the token of the link, which a
 * foreign site cannot guess, so there is no CSRF token beside it.
 */
@ApiTags('Pages')
@Controller('account/confirm-email')
export class ConfirmEmailPageController {
  /** Without the query, so that the token leaves the address bar; below the path of `PUBLIC_URL`, if it has one. */
  private readonly action: string;

  constructor(
    private readonly verification: EmailVerificationService,
    private readonly returnUrls: ReturnUrls,
    private readonly pages: PageRenderer,
    private readonly settings: Settings,
  ) {
    this.action = new URL('account/confirm-email', `${settings.PUBLIC_URL}/`).pathname;
  }

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'showConfirmEmailPage',
    summary: 'Page of the confirmation link',
    description: 'Asks for the password of the account, or for a new one. Opening the page does not redeem the link.',
  })
  @ApiLinkToken()
  @ApiPages({ ...LINK_FAILURES, 200: 'The form.' })
  // Other parameters are let through: mail gateways add theirs to links.
  async show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return write(reply, await this.form(typeof token === 'string' ? token : '', []));
  }

  @Post()
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'submitConfirmEmailPage',
    summary: 'Form of the confirmation page',
    description:
      'Confirms the address of the link. With `password` the account stays as it is; with `newPassword` the reader of the mail takes over the account, and every session ends.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiPages({
    ...LINK_FAILURES,
    200: 'The address is confirmed.',
    401: 'The password is wrong; the page shows the form again.',
    413: 'The form is too large.',
    415: 'The body is not a form.',
    422: 'A password is missing or rejected, and the page shows the form again; or the form cannot be read.',
    429: 'Too many attempts.',
  })
  async submit(@Body() form: ConfirmEmailForm, @From() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { token, password, newPassword } = form;
    try {
      const { email } = await this.verification.confirmByLink(token, { password: password || undefined, newPassword }, caller);
      const returnLink = toReturnLink(await this.returnUrls.ofLink(token));
      const view = { address: email, tookOver: newPassword !== undefined, returnLink };
      return write(reply, this.pages.render('email-confirmed', 'E-mail address confirmed', view));
    } catch (error) {
      const problems = problemsOf(error);
      if (problems.length === 0) throw error;
      void reply.status(error instanceof BadCredentialsError ? 401 : 422);
      // RFC 9110 §11.6.1 wants a challenge beside every 401; browsers pass over a scheme that they do not know.
      if (error instanceof BadCredentialsError) void reply.header('www-authenticate', 'FormBased');
      return write(reply, await this.form(token, problems));
    }
  }

  private async form(token: string, problems: FieldMessage[]): Promise<Page> {
    const { address, canTakeOver } = await this.verification.inspectLink(token);
    const problemOf = (name: string): string | null => problems.find(({ field }) => field === name)?.detail ?? null;
    return this.pages.render('confirm-email', problems.length > 0 ? `Error: ${TITLE}` : TITLE, {
      address,
      canTakeOver,
      action: this.action,
      token,
      minPasswordLength: this.settings.PASSWORD_MIN_LENGTH,
      problems,
      passwordProblem: problemOf('password'),
      newPasswordProblem: problemOf('newPassword'),
    });
  }
}

/** What the reader can put right in the form; nothing for any other failure. */
function problemsOf(error: unknown): FieldMessage[] {
  if (error instanceof BadCredentialsError) return [{ field: 'password', detail: 'This is not the password of the account.' }];
  if (error instanceof ProofRequiredError) return [{ field: 'password', detail: 'Enter the password of the account.' }];
  if (!(error instanceof InvalidRequestError)) return [];
  return error.problems.map(({ pointer, detail }) => ({ field: pointer.slice(1), detail }));
}
