import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { Languages } from '../../languages/languages.service.js';
import { SmsQueue, type TextMessage } from '../../sms/sms-queue.service.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { FactorWaivers } from '../authenticators/factor-waivers.service.js';
import { MobileCodes } from '../challenges/mobile-codes.service.js';

/**
 * Text messages about a reset without the second factor, to owners with a proven number: whoever asked reads the mailbox, and may keep the
 * mails from the owner.
 */
@Injectable()
export class DelayedResetTexts implements OnModuleInit {
  constructor(
    private readonly queue: SmsQueue,
    private readonly codes: MobileCodes,
    private readonly waivers: FactorWaivers,
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly languages: Languages,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    this.queue.composeNoticesWith((waiverId) => this.compose(waiverId));
  }

  /** Queues a message, if one can be sent; joins the caller's transaction. */
  async tell(waiverId: string, account: Account): Promise<void> {
    if ((await this.numberOf(account)) !== null) await this.queue.enqueueNotice(waiverId);
  }

  /** Proven numbers only: what somebody typed may be a stranger's. */
  private async numberOf(account: Account): Promise<string | null> {
    return this.codes.areSent ? this.contacts.resetNumberOf(account) : null;
  }

  private async compose(waiverId: string): Promise<TextMessage | null> {
    const waiver = await this.waivers.findById(waiverId);
    const account = waiver === null ? null : await this.users.findById(waiver.userId);
    if (waiver === null || account === null || account.disabledAt !== null) return null;
    const to = await this.numberOf(account);
    if (to === null || !(await this.codes.spendOnNotice(to))) return null;
    const due = waiver.dueAt.toISOString().slice(0, 16).replace('T', ' ');
    const locale = this.languages.localeOf(account);
    return { to, text: this.languages.text(locale, 'sms.reset-delayed', { appName: this.settings.APP_NAME, due }) };
  }
}
