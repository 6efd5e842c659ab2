import { Controller, Get, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { RouteNotFoundError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { write } from '../../look/page-renderer.js';
import { framedMail, mailboxFrom } from '../mailbox/framed-mail.js';
import { LocalHostGuard } from '../mailbox/local-host.guard.js';
import { PreviewQuery } from './dto/preview.query.js';
import { MailPreviews } from './mail-previews.js';
import { PreviewPages } from './preview-pages.js';

const HTML = { 'text/html': { schema: { type: 'string', example: '<!doctype html>…' } } } as const;

/** Every mail with invented values, for people. */
@ApiTags('Development')
@Controller('dev/mail/preview')
@UseGuards(LocalHostGuard)
export class PreviewPagesController {
  constructor(
    private readonly pages: PreviewPages,
    private readonly mails: MailPreviews,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'showDevMailPreview',
    summary: 'Page with every mail',
    description:
      'A page for people with every mail and text message that the server can send, in any language, with invented values and your own texts. Exists only while `SMTP_URL` is not set, never in production.',
  })
  @ApiOkResponse({ description: 'The page.', content: HTML })
  @ApiProblem('route.not_found', 'request.invalid')
  showDevMailPreview(
    @Query() { locale = this.settings.DEFAULT_LOCALE, mail, view = 'light' }: PreviewQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const page = this.pages.show(mailboxFrom(request), { locale, mail, view });
    if (page === null) throw new RouteNotFoundError();
    return write(reply, page);
  }

  @Get('html')
  @Public()
  @ApiOperation({
    operationId: 'showDevMailPreviewHtml',
    summary: 'HTML of a mail with invented values',
    description: 'As the page frames it: without scripts, forms and foreign content.',
  })
  @ApiOkResponse({ description: 'The HTML of the mail.', content: HTML })
  @ApiProblem('route.not_found', 'request.invalid')
  showDevMailPreviewHtml(
    @Query() { locale = this.settings.DEFAULT_LOCALE, mail = '' }: PreviewQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    if (!this.mails.isKind(mail)) throw new RouteNotFoundError();
    return write(reply, framedMail(this.mails.write(mail, locale).html, this.settings.BRAND_LOGO_URL));
  }
}
