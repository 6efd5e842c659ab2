import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { DatabaseClock } from '../database/feed/database-clock.js';
import { DeliveriesService, type MailReport } from './deliveries.service.js';
import { senderAddress } from './dkim/sender.js';
import { MailRepository } from './mail.repository.js';
import { isOneMailbox } from './smtp.js';

/** What a provider knows of a mail. Its id or Message-ID counts; where it has neither, whom the mail was for. */
export interface KnownMail {
  id?: string | undefined;
  messageId?: string | undefined;
  recipient?: string | undefined;
  /** Address in its From header; without it a recipient says nothing, as others may send by the same account. */
  sender?: string | undefined;
  sentBefore?: Date | undefined;
  /** Whether the provider may have replaced the Message-ID, so that one which is not ours means nothing. */
  mayBeRenamed?: boolean;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** How far back a mail to an address is looked for, days: bounces that come later are rare, and may be of another mail. */
const LOOK_BACK_DAYS = 3;

/** Finds the mail that a provider's report is about. */
@Injectable()
export class ReportedMails {
  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly mails: MailRepository,
    private readonly clock: DatabaseClock,
    private readonly settings: Settings,
  ) {}

  /** Records the report on its mail as `DeliveriesService.note` does. A mail that is not found is no failure. */
  async note(mail: KnownMail, kind: MailReport['kind'], detail: string | undefined): Promise<void> {
    const messageId = await this.messageIdOf(mail);
    if (messageId !== null) await this.deliveries.note({ messageId, kind, detail });
  }

  private async messageIdOf({ id, messageId, mayBeRenamed = false, ...sent }: KnownMail): Promise<string | null> {
    if (id !== undefined) return UUID.test(id) ? this.mails.findMessageId(id) : null;
    if (messageId !== undefined && (!mayBeRenamed || this.deliveries.isOurs(messageId))) return messageId;
    const { recipient, sender, sentBefore = new Date(this.clock.now()) } = sent;
    if (recipient === undefined || sender === undefined || !isOneMailbox(recipient) || !this.isSender(sender)) return null;
    return this.mails.findLastMessageId(recipient, sentBefore, LOOK_BACK_DAYS);
  }

  private isSender(from: string): boolean {
    return senderAddress(from).toLowerCase() === senderAddress(this.settings.MAIL_FROM).toLowerCase();
  }
}
