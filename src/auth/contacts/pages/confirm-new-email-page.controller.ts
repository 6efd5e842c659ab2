import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { EmailChangeService } from '../email-change.service.js';
import { BadCredentialsError, ProofRequiredError } from '../../passwords/errors.js';
import { ReturnUrls } from '../../challenges/return-urls.service.js';
import { Public } from '../../../common/access.js';
import { type Caller, From } from '../../../common/caller.js';
import { Settings } from '../../../config/settings.js';
import { ApiLinkToken, ApiPages, LINK_FAILURES } from '../../../look/api-page.js';
import { ConfirmNewEmailForm } from './confirm-new-email.form.js';
import { type Page, PageRenderer, write } from '../../../look/page-renderer.js';
import { toReturnLink } from '../../challenges/return-link.js';

const PATH = 'account/confirm-new-email';
const TITLE = 'Confirm your new e-mail address';

/**
 * The page behind the link to a new address. It asks for the password: otherwise a stranger could put the reader's address, proven
 * by one careless click, to an account of their own.
 */
@ApiTags('Pages')
@Controller(PATH)
export class ConfirmNewEmailPageController {
  /** Without the query, so that the token leaves the address bar; below the path of `PUBLIC_URL`, if it has one. */
  private readonly action: string;

  constructor(
    private readonly changes: EmailChangeService,
    private readonly returnUrls: ReturnUrls,
    private readonly pages: PageRenderer,
    settings: Settings,
  ) {
    this.action = new URL(PATH, `${settings.PUBLIC_URL}/`).pathname;
  }

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'showConfirmNewEmailPage',
    summary: 'Page of the link that confirms a new address',
    description: 'Asks for the password of the account. Opening the page does not redeem the link.',
  })
  @ApiLinkToken()
  @ApiPages({ ...LINK_FAILURES, 200: 'The form.' })
  // Other parameters are let through: mail gateways add theirs to links.
  async show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return write(reply, await this.form(typeof token === 'string' ? token : '', null));
  }

  @Post()
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'submitConfirmNewEmailPage',
    summary: 'Form of the page that confirms a new address',
    description: 'Gives the account the address of the link. The former address gets a notice and can undo the change.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiPages({
    ...LINK_FAILURES,
    200: 'The account has the new address.',
    401: 'The password is wrong; the page shows the form again.',
    409: 'Another account has taken the address meanwhile.',
    413: 'The form is too large.',
    415: 'The body is not a form.',
    422: 'The password is missing, and the page shows the form again; or the form cannot be read.',
    429: 'Too many attempts.',
  })
  async submit(
    @Body() { token, password }: ConfirmNewEmailForm,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    try {
      const proof = password === undefined || password === '' ? null : { password };
      const { email } = await this.changes.confirmByLink(token, proof, caller);
      const returnLink = toReturnLink(await this.returnUrls.ofLink(token));
      return write(reply, this.pages.render('new-email-confirmed', 'E-mail address changed', { address: email, returnLink }));
    } catch (error) {
      if (error instanceof ProofRequiredError) {
        void reply.status(422);
        return write(reply, await this.form(token, 'Enter the password of the account.'));
      }
      if (!(error instanceof BadCredentialsError)) throw error;
      // RFC 9110 §11.6.1 wants a challenge beside every 401; browsers pass over a scheme that they do not know.
      void reply.status(401).header('www-authenticate', 'FormBased');
      return write(reply, await this.form(token, 'This is not the password of the account.'));
    }
  }

  private async form(token: string, passwordProblem: string | null): Promise<Page> {
    const { address } = await this.changes.inspectLink(token);
    const problems = passwordProblem === null ? [] : [{ field: 'password', detail: passwordProblem }];
    const title = passwordProblem === null ? TITLE : `Error: ${TITLE}`;
    return this.pages.render('confirm-new-email', title, { address, action: this.action, token, problems, passwordProblem });
  }
}
