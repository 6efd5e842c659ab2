import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import type { Account } from '../../users/account.js';
import { isAccountGone } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { MailBudget } from '../challenges/mail-budget.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';

const PURPOSE = 'confirm-email';

/** The mails that ask somebody to prove an account's e-mail address. */
@Injectable()
export class EmailVerificationMails {
  constructor(
    private readonly users: UsersService,
    private readonly mailed: MailedChallenges,
    private readonly budget: MailBudget,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Queues a confirmation mail unless there is nothing to confirm; an earlier code and link die. Joins the caller's transaction.
   * @param returnTo where the page behind the link leads back to, checked by `ReturnUrls`
   */
  async send(account: Account, returnTo: string | null = null): Promise<void> {
    const { email: address } = account;
    if (address === null || account.emailVerifiedAt !== null || account.disabledAt !== null) return;
    if (!(await this.budget.spend(address))) return;
    await this.database.transaction(() => this.mailed.send(PURPOSE, account, address, { returnTo }));
  }

  /**
   * The same for an account that is being made, as parts of that statement, of which `created` has the `id`. Whether the mail may be
   * sent is asked before.
   */
  confirmation(account: Pick<Account, 'id' | 'locale' | 'firstName'>, address: string, returnTo: string | null, created: string): Part[] {
    return this.mailed.sending(PURPOSE, account, address, returnTo, created);
  }

  /**
   * Sends the mail again if `email` belongs to an account that waits for it. The caller learns nothing either way.
   * @throws ThrottledError
   */
  async resend(email: string, caller: Caller, returnTo: string | null = null): Promise<void> {
    await this.mailed.admitRequest(caller);
    const account = await this.users.findByEmail(email);
    if (account === null) return;
    try {
      await this.database.transaction(async () => {
        await this.send(account, returnTo);
        await this.audit.record({ action: 'email.verification_requested', outcome: 'success', subjectId: account.id, caller });
      });
    } catch (error) {
      if (!isAccountGone(error)) throw error;
    }
  }
}
