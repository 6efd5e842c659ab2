import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import type { Principal } from '../../common/principal.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import { type Conclude, conclude } from '../../idempotency/conclude.js';
import { ContactsService } from '../../users/contacts.service.js';
import { RegistrationPolicy } from '../admission/registration-policy.service.js';
import { MailBudget } from '../challenges/mail-budget.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { CredentialChange } from '../passwords/credential-change.service.js';
import { EmailChangeProposals } from './email-change-proposals.service.js';

/** Asking for another e-mail address: the account keeps the old one until the new one is proven. */
@Injectable()
export class EmailChangeRequestService {
  constructor(
    private readonly policy: RegistrationPolicy,
    private readonly contacts: ContactsService,
    private readonly gate: CredentialChange,
    private readonly mailed: MailedChallenges,
    private readonly budget: MailBudget,
    private readonly proposals: EmailChangeProposals,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Mails a code and a link to the new address; nothing changes before one of them is used. The answer, and when it comes, does not
   * tell whether somebody has the address: its owner gets a mail about it instead.
   * @throws BadCredentialsError when the password is wrong (counted like a sign-in) or stopped being the account's meanwhile;
   *   InvalidRequestError, DomainNotAllowedError, ThrottledError, BusyError
   */
  async request(
    user: Principal,
    { email, currentPassword, returnTo = null }: { email: string; currentPassword?: string | undefined; returnTo?: string | null },
    caller: Caller,
    concluding: Conclude = conclude,
  ): Promise<void> {
    const wanted = this.contacts.readEmail(email);
    this.policy.demandDomain(wanted.stored);
    await this.mailed.admitRequest(caller);
    const authorization = await this.gate.authorize(user, 'email', { password: currentPassword, field: 'currentPassword' }, caller);
    if (this.contacts.hasEmail(authorization.account, wanted)) {
      throw InvalidRequestError.field('email', 'email.unchanged', 'This is the e-mail address of the account already.');
    }
    await atSteadyTime(ANSWER_STEP_MS, async () => {
      const send = await this.budget.spend(wanted.stored);
      await concluding(() =>
        this.database.transaction(async () => {
          const { account, actorId } = await this.gate.confirm(authorization);
          if (send) await this.proposals.send(account, wanted, returnTo, caller);
          await this.audit.record({ action: 'email.change_requested', outcome: 'success', actorId, subjectId: account.id, caller });
        }),
      );
    });
  }
}
