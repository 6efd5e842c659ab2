import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Account, Credentials } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import type { Identifier } from '../../users/identifiers.js';
import { UsersService } from '../../users/users.service.js';
import { MailBudget } from '../challenges/mail-budget.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';
import { BadCredentialsError } from '../passwords/errors.js';
import { PasswordCheck } from '../passwords/password-check.service.js';

/** Asking for another e-mail address: the account keeps the old one until the new one is proven. */
@Injectable()
export class EmailChangeRequestService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly passwords: PasswordCheck,
    private readonly mailed: MailedChallenges,
    private readonly budget: MailBudget,
    private readonly notices: OwnerNotices,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Mails a code and a link to the new address; nothing changes before one of them is used. The answer, and when it comes, does not
   * tell whether somebody has the address: its owner gets a mail about it instead.
   * @throws BadCredentialsError when the password is wrong (counted like a sign-in) or stopped being the account's meanwhile;
   *   InvalidRequestError, ThrottledError, BusyError
   */
  async request(
    userId: string,
    { email, currentPassword, returnTo = null }: { email: string; currentPassword: string; returnTo?: string | null },
    caller: Caller,
  ): Promise<void> {
    const wanted = this.contacts.readEmail(email);
    await this.mailed.admitRequest(caller);
    const known = await this.passwords.byId(userId, currentPassword, caller);
    if (this.contacts.hasEmail(known.account, wanted)) {
      throw InvalidRequestError.field('email', 'email.unchanged', 'This is the e-mail address of the account already.');
    }
    await atSteadyTime(ANSWER_STEP_MS, async () => {
      const send = await this.budget.spend(wanted.stored);
      await this.database.transaction(async () => {
        await this.demandUnchanged(known);
        if (send) await this.propose(known.account, wanted, returnTo);
        await this.audit.record({ action: 'email.change_requested', outcome: 'success', actorId: userId, subjectId: userId, caller });
      });
    });
  }

  /** Locks the account. A password that was replaced while it was compared proves nothing any more. */
  private async demandUnchanged({ account, sessionEpoch }: Credentials): Promise<void> {
    const now = await this.contacts.lock(account.id);
    if (now.sessionEpoch !== sessionEpoch || now.account.disabledAt !== null) throw new BadCredentialsError();
  }

  private async propose(account: Account, wanted: Identifier, returnTo: string | null): Promise<void> {
    const isFree = await this.contacts.isEmailFreeFor(account.id, wanted);
    // Made in both cases: whether an earlier code still works would tell which it was.
    await this.mailed.send('confirm-new-email', account, wanted.stored, { returnTo, delivered: isFree });
    if (isFree) return;
    const owner = await this.users.findByEmail(wanted.stored);
    if (owner !== null) await this.notices.sendAlreadyRegistered(owner);
  }
}
