import { Module } from '@nestjs/common';
import { MailboxPagesController } from './mailbox-pages.controller.js';
import { MailboxPages } from './mailbox-pages.js';
import { MailboxController } from './mailbox.controller.js';
import { LocalHostGuard } from './local-host.guard.js';
import { Mailbox } from './mailbox.js';

/** The development mailbox; imported only if mail goes to it. */
@Module({
  // In this order, so that `/dev/mail/messages` is not read as a mail id.
  controllers: [MailboxController, MailboxPagesController],
  providers: [Mailbox, MailboxPages, LocalHostGuard],
  exports: [Mailbox],
})
export class MailboxModule {}
