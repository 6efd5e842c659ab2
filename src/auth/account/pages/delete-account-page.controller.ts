import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AccountDeletionLinkService } from '../account-deletion-link.service.js';
import { ReturnUrls } from '../../challenges/return-urls.service.js';
import { Public } from '../../../common/access.js';
import { type Caller, From } from '../../../common/caller.js';
import { Settings } from '../../../config/settings.js';
import { ApiLinkToken, ApiPages, LINK_FAILURES } from '../../../look/api-page.js';
import { DeleteAccountForm } from './delete-account.form.js';
import { PageRenderer, write } from '../../../look/page-renderer.js';
import { toReturnLink } from '../../challenges/return-link.js';

const PATH = 'account/delete-account';

/** The page behind the link that deletes an account. The form carries the token of the link, so there is no CSRF token beside it. */
@ApiTags('Pages')
@Controller(PATH)
export class DeleteAccountPageController {
  /** Without the query, so that the token leaves the address bar; below the path of `PUBLIC_URL`, if it has one. */
  private readonly action: string;

  constructor(
    private readonly deletion: AccountDeletionLinkService,
    private readonly returnUrls: ReturnUrls,
    private readonly pages: PageRenderer,
    settings: Settings,
  ) {
    this.action = new URL(PATH, `${settings.PUBLIC_URL}/`).pathname;
  }

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'showDeleteAccountPage',
    summary: 'Page of the link that deletes an account',
    description: 'Shows what would be deleted. Opening the page neither deletes anything nor redeems the link.',
  })
  @ApiLinkToken()
  @ApiPages({ ...LINK_FAILURES, 200: 'The form.' })
  // Other parameters are let through: mail gateways add theirs to links.
  async show(@Query('token') sent: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const token = typeof sent === 'string' ? sent : '';
    const view = { ...(await this.deletion.inspectLink(token)), action: this.action, token };
    return write(reply, this.pages.render('delete-account', 'Delete your account', view));
  }

  @Post()
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'submitDeleteAccountPage',
    summary: 'Form of the page that deletes an account',
    description: 'Deletes the account of the link permanently, with all its data. Every session ends at once on every device.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiPages({
    ...LINK_FAILURES,
    200: 'The account is deleted.',
    409: 'The account is the last administrator and cannot be deleted; the link stays valid.',
    413: 'The form is too large.',
    415: 'The body is not a form.',
    429: 'Too many attempts.',
  })
  async submit(
    @Body() { token }: DeleteAccountForm,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    // Now: it goes with the account.
    const returnLink = toReturnLink(await this.returnUrls.ofLink(token));
    const address = await this.deletion.redeem(token, caller);
    return write(reply, this.pages.render('account-deleted', 'Your account is deleted', { address, returnLink }));
  }
}
