import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import { type Account, NEW_ACCOUNT_ROLES } from '../../users/account.js';
import { negotiate } from '../../languages/locales.js';
import { UsersService } from '../../users/users.service.js';
import { RegistrationPolicy } from '../admission/registration-policy.service.js';
import { TakenContacts } from '../contacts/taken-contacts.service.js';
import type { Invitation } from './invitation.entity.js';
import { InvitationSettlement } from './invitation-settlement.service.js';

/** Accounts for people who accept an invitation and have none. */
@Injectable()
export class InvitedSignUps {
  constructor(
    private readonly users: UsersService,
    private readonly policy: RegistrationPolicy,
    private readonly taken: TakenContacts,
    private readonly settlement: InvitationSettlement,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes the account of the invited address, which is proven: the link went there. All of it or nothing.
   * @param passwordHash null for an account that signs in without a password
   * @throws InvalidChallengeError when the invitation was used or revoked; EmailTakenError when somebody has the address meanwhile;
   *   HookDeniedError, HookUnavailableError
   */
  async make(invitation: Invitation, passwordHash: string | null, caller: Caller): Promise<Account> {
    const { email, role } = invitation;
    const roles = [...new Set([...(role === null ? [] : [role]), ...NEW_ACCOUNT_ROLES])];
    const locale = negotiate(caller.acceptLanguage);
    const admission = await this.policy.decide(this.policy.admitInvited(email), { method: 'invitation', locale }, caller);
    const draft = this.users.draft({ email, locale, passwordHash, roles }, admission);
    const { id } = draft;
    const store = (): Promise<Account> =>
      this.database.transaction(async () => {
        const event = { outcome: 'success', actorId: id, subjectId: id, caller } as const;
        const made = await this.users.insert(draft, (created) => this.audit.recording({ action: 'account.registered', ...event }, created));
        await this.settlement.settle(invitation, made, caller);
        if (!(await this.users.markEmailVerified(id, email, 'by-owner'))) throw new InvalidChallengeError();
        if (passwordHash === null) await this.users.closeToPasswords(id);
        await this.audit.record({ action: 'email.verified', ...event });
        return this.users.getById(id);
      });
    try {
      return await store();
    } catch (error) {
      if (await this.taken.givesWay(error, { email })) return store();
      throw error;
    }
  }
}
