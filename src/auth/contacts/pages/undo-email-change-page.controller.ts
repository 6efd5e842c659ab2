import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { EmailChangeUndoService } from '../email-change-undo.service.js';
import { Public } from '../../../common/access.js';
import { type Caller, From } from '../../../common/caller.js';
import { InvalidRequestError } from '../../../common/errors.js';
import { Settings } from '../../../config/settings.js';
import { ApiLinkToken, ApiPages, LINK_FAILURES } from '../../../look/api-page.js';
import { UndoEmailChangeForm } from './undo-email-change.form.js';
import { type Page, PageRenderer, write } from '../../../look/page-renderer.js';

const PATH = 'account/undo-email-change';
const TITLE = 'Undo the change of your e-mail address';

/** The page behind the link that the former address of an account gets: whoever reads its mail takes the account back. */
@ApiTags('Pages')
@Controller(PATH)
export class UndoEmailChangePageController {
  /** Without the query, so that the token leaves the address bar; below the path of `PUBLIC_URL`, if it has one. */
  private readonly action: string;

  constructor(
    private readonly undoing: EmailChangeUndoService,
    private readonly pages: PageRenderer,
    private readonly settings: Settings,
  ) {
    this.action = new URL(PATH, `${settings.PUBLIC_URL}/`).pathname;
  }

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'showUndoEmailChangePage',
    summary: 'Page of the link that undoes a change of the e-mail address',
    description: 'Asks for a new password. Opening the page does not redeem the link.',
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
    operationId: 'submitUndoEmailChangePage',
    summary: 'Form of the page that undoes a change',
    description:
      'The account gets its former address back, every session ends and the old password stops working. Without `newPassword` the server mails a link to choose one.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiPages({
    ...LINK_FAILURES,
    200: 'The change is undone.',
    409: 'Another account has the address.',
    413: 'The form is too large.',
    415: 'The body is not a form.',
    422: 'The new password is rejected, and the page shows the form again; or the form cannot be read.',
    429: 'Too many attempts.',
  })
  async submit(
    @Body() { token, newPassword }: UndoEmailChangeForm,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    try {
      const address = await this.undoing.undo(token, newPassword, caller);
      return write(
        reply,
        this.pages.render('email-change-undone', 'The change is undone', { address, passwordSet: newPassword !== undefined }),
      );
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      void reply.status(422);
      return write(reply, await this.form(token, error.message));
    }
  }

  private async form(token: string, newPasswordProblem: string | null): Promise<Page> {
    const { address } = await this.undoing.inspectLink(token);
    return this.pages.render('undo-email-change', newPasswordProblem === null ? TITLE : `Error: ${TITLE}`, {
      address,
      action: this.action,
      token,
      minPasswordLength: this.settings.PASSWORD_MIN_LENGTH,
      problems: newPasswordProblem === null ? [] : [{ field: 'newPassword', detail: newPasswordProblem }],
      newPasswordProblem,
    });
  }
}
