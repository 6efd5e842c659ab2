import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { describeUserAgent } from '../../tokens/sessions/user-agent.js';
import type { Account } from '../../users/account.js';
import { MailBudget } from './mail-budget.service.js';

/** Tells owners by mail what happened to their password and to other ways in. */
@Injectable()
export class OwnerNotices {
  constructor(
    private readonly outbox: OutboxService,
    private readonly budget: MailBudget,
  ) {}

  /**
   * Queues a notice to the stored address (or the recovery address, as long as there is one), if there is any; joins the caller's
   * transaction. No flood of other mails keeps it from the owner of a verified address. One that nobody has proven may be a stranger's, who gets no more mails than from anything else.
   */
  async send(
    kind: 'password-changed' | 'password-locked' | 'mobile-changed' | 'unproven-email-changed',
    account: Account,
    caller: Caller,
  ): Promise<void> {
    const { id: userId, email, recoveryEmail, emailVerifiedAt, disabledAt, firstName, locale } = account;
    const recipient = recoveryEmail ?? email;
    if (recipient === null || disabledAt !== null) return;
    if (emailVerifiedAt === null && recoveryEmail === null && !(await this.budget.spend(recipient))) return;
    const device = caller.userAgent === null ? null : describeUserAgent(caller.userAgent);
    await this.outbox.enqueue({ kind, recipient, userId, locale, params: { firstName, device, ip: caller.ip } });
  }
}
