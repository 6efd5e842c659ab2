import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { NoticeKind } from '../../common/declared.js';
import { OutboxService } from '../../mail/outbox.service.js';
import type { Account } from '../../users/account.js';
import { askedFrom } from './asked-from.js';
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
   * @param about what was added or removed, in words of ours: a text of the account's would let somebody else write in our name
   */
  async send(kind: NoticeKind, account: Account, caller: Caller, about: string | null = null): Promise<void> {
    const { id: userId, email, recoveryEmail, emailVerifiedAt, disabledAt, firstName, locale } = account;
    const recipient = recoveryEmail ?? email;
    if (recipient === null || disabledAt !== null) return;
    if (emailVerifiedAt === null && recoveryEmail === null && !(await this.budget.spend(recipient))) return;
    await this.outbox.enqueue({
      kind,
      recipient,
      userId,
      locale,
      params: { firstName, ...askedFrom(caller), ...(about === null ? {} : { about }) },
    });
  }

  /**
   * Tells the owner of an address that somebody wanted it for an account; joins the caller's transaction. Whether the mail may be sent
   * is asked before. An account without an address, or a disabled one, gets none.
   */
  async sendAlreadyRegistered({ id: userId, email: recipient, disabledAt, firstName, locale }: Account): Promise<void> {
    if (recipient === null || disabledAt !== null) return;
    await this.outbox.enqueue({ kind: 'email-already-registered', recipient, userId, locale, params: { firstName } });
  }
}
