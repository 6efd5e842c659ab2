import { Controller, Get, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { RouteNotFoundError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { write } from '../../look/page-renderer.js';
import { ShowMessageQuery } from './dto/mailbox.query.js';
import { framedMail, mailboxFrom } from './framed-mail.js';
import { LocalHostGuard } from './local-host.guard.js';
import { Mailbox } from './mailbox.js';
import { MailboxPages } from './mailbox-pages.js';
import type { MailboxMessage } from './message.js';

const HTML = { 'text/html': { schema: { type: 'string', example: '<!doctype html>…' } } } as const;
const ID = { name: 'id', description: 'Id of the mail in this mailbox.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' };

/** The development mailbox for people. */
@ApiTags('Development')
@Controller('dev/mail')
@UseGuards(LocalHostGuard)
export class MailboxPagesController {
  constructor(
    private readonly mailbox: Mailbox,
    private readonly pages: MailboxPages,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'showDevMailbox',
    summary: 'Mailbox page',
    description:
      'A page for people with the mails that this server sent; new mails appear automatically. Exists only while `SMTP_URL` is not set, never in production.',
  })
  @ApiOkResponse({ description: 'The page.', content: HTML })
  @ApiProblem('route.not_found')
  showDevMailbox(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    return write(reply, this.pages.inbox(mailboxFrom(request), this.mailbox.list()));
  }

  @Get(':id')
  @Public()
  @ApiOperation({
    operationId: 'showDevMail',
    summary: 'Mailbox page with one mail open',
    description: 'The page with a mail beside the list: as HTML, as text, or its headers.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ description: 'The page.', content: HTML })
  @ApiProblem('route.not_found', 'request.invalid')
  showDevMail(
    @Param('id') id: string,
    @Query() { view }: ShowMessageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    return write(reply, this.pages.message(mailboxFrom(request), this.mailbox.list(), this.get(id), view));
  }

  @Get('html/:id')
  @Public()
  @ApiOperation({
    operationId: 'showDevMailHtml',
    summary: 'HTML of a mail',
    description: 'Only the HTML version, as the mailbox page frames it: without scripts, forms and foreign content.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ description: 'The HTML of the mail.', content: HTML })
  @ApiProblem('route.not_found')
  showDevMailHtml(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    const { html } = this.get(id);
    if (html === null) throw new RouteNotFoundError();
    return write(reply, framedMail(html, this.settings.BRAND_LOGO_URL));
  }

  private get(id: string): MailboxMessage {
    const message = this.mailbox.find(id);
    if (message === undefined) throw new RouteNotFoundError();
    return message;
  }
}
