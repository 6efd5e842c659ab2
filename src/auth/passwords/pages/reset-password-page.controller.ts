import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PasswordResetService } from '../password-reset.service.js';
import { ReturnUrls } from '../../challenges/return-urls.service.js';
import { Public } from '../../../common/access.js';
import { type Caller, From } from '../../../common/caller.js';
import { InvalidRequestError } from '../../../common/errors.js';
import { Settings } from '../../../config/settings.js';
import { ApiLinkToken, ApiPages, LINK_FAILURES } from '../../../look/api-page.js';
import { ResetPasswordForm } from './reset-password.form.js';
import { type Page, PageRenderer, write } from '../../../look/page-renderer.js';
import { toReturnLink } from '../../challenges/return-link.js';
import type { FieldMessage } from '../../../look/field-message.js';

const TITLE = 'Choose a new password';

/**
 * The page behind the link of a reset mail. As on the confirmation page, the form carries the token of the link, which a foreign
 * site cannot guess: there is no CSRF token beside it, and no cookie.
 */
@ApiTags('Pages')
@Controller('account/reset-password')
export class ResetPasswordPageController {
  /** Without the query, so that the token leaves the address bar; below the path of `PUBLIC_URL`, if it has one. */
  private readonly action: string;

  constructor(
    private readonly resets: PasswordResetService,
    private readonly returnUrls: ReturnUrls,
    private readonly pages: PageRenderer,
    private readonly settings: Settings,
  ) {
    this.action = new URL('account/reset-password', `${settings.PUBLIC_URL}/`).pathname;
  }

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'showResetPasswordPage',
    summary: 'Page of the reset link',
    description: 'Asks for a new password. Opening the page does not redeem the link.',
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
    operationId: 'submitResetPasswordPage',
    summary: 'Form of the reset page',
    description: 'Sets the new password. Every session of the account ends, and the server mails a notice. The reset signs nobody in.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiPages({
    ...LINK_FAILURES,
    200: 'The server has set the new password.',
    413: 'The form is too large.',
    415: 'The body is not a form.',
    422: 'The new password is rejected, and the page shows the form again; or the form cannot be read.',
    429: 'Too many attempts.',
  })
  async submit(
    @Body() { token, newPassword }: ResetPasswordForm,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    try {
      await this.resets.reset({ token }, newPassword, caller);
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      void reply.status(422);
      return write(
        reply,
        await this.form(
          token,
          error.problems.map(({ detail }) => ({ field: 'newPassword', detail })),
        ),
      );
    }
    const returnLink = toReturnLink(await this.returnUrls.ofLink(token));
    return write(reply, this.pages.render('password-reset', 'Your new password is set', { returnLink }));
  }

  private async form(token: string, problems: FieldMessage[]): Promise<Page> {
    const { address } = await this.resets.inspectLink(token);
    return this.pages.render('reset-password', problems.length > 0 ? `Error: ${TITLE}` : TITLE, {
      address,
      action: this.action,
      token,
      minPasswordLength: this.settings.PASSWORD_MIN_LENGTH,
      problems,
      newPasswordProblem: problems[0]?.detail ?? null,
    });
  }
}
