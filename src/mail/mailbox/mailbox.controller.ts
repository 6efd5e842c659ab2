import { Controller, Delete, Get, Header, HttpCode, Param, Query, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { RouteNotFoundError } from '../../common/errors.js';
import { MailboxMessageView, MailboxSummaryView, toMailboxMessage, toMailboxSummary } from './dto/mailbox-message.view.js';
import { ListMailboxQuery } from './dto/mailbox.query.js';
import { LocalHostGuard } from './local-host.guard.js';
import { Mailbox } from './mailbox.js';

/** The development mailbox for programs: end-to-end tests read codes and links here. */
@ApiTags('Development')
@Controller('dev/mail/messages')
@UseGuards(LocalHostGuard)
export class MailboxController {
  constructor(private readonly mailbox: Mailbox) {}

  @Get()
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listDevMail',
    summary: 'List mails',
    description:
      'The latest 200 mails that this server sent, newest first, with their one-time codes and links. Exists only while `SMTP_URL` is not set, never in production.',
  })
  @ApiOkResponse({ type: [MailboxSummaryView], description: 'The mails, newest first.' })
  @ApiProblem('request.invalid', 'route.not_found')
  listDevMail(@Query() { to }: ListMailboxQuery): MailboxSummaryView[] {
    return this.mailbox.list({ to }).map(toMailboxSummary);
  }

  @Get(':id')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'getDevMail',
    summary: 'Read a mail',
    description: 'One mail with its text, its HTML and all header fields.',
  })
  @ApiParam({ name: 'id', description: 'Id of the mail in this mailbox.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  @ApiOkResponse({ type: MailboxMessageView, description: 'The mail.' })
  @ApiProblem('route.not_found')
  getDevMail(@Param('id') id: string): MailboxMessageView {
    const message = this.mailbox.find(id);
    if (message === undefined) throw new RouteNotFoundError();
    return toMailboxMessage(message);
  }

  @Delete()
  @Public()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'clearDevMail',
    summary: 'Empty the mailbox',
    description: 'Deletes all mails, for example between two tests.',
  })
  @ApiNoContentResponse({ description: 'The mailbox is empty.' })
  clearDevMail(): void {
    this.mailbox.clear();
  }
}
