import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import type { Account } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { MailboxTakeover } from '../passwords/mailbox-takeover.service.js';
import type { Invitation } from './invitation.entity.js';
import { InvitationSettlement } from './invitation-settlement.service.js';

/** Accounts that somebody registered with an invited address and nobody has proven. */
@Injectable()
export class InvitedTakeovers {
  constructor(
    private readonly users: UsersService,
    private readonly takeover: MailboxTakeover,
    private readonly settlement: InvitationSettlement,
    private readonly audit: AuditService,
  ) {}

  /**
   * Gives the account to the reader of the invited address: whatever was in it before ends. All of it or nothing.
   * @param passwordHash null: it signs in without a password
   * @throws ProofRequiredError when something of the account was proven before; InvalidChallengeError when the invitation was used or revoked
   */
  async complete(account: Account, invitation: Invitation, passwordHash: string | null, caller: Caller): Promise<Account> {
    const { id } = account;
    await this.takeover.complete({ accountId: id, address: String(account.email) }, caller, async (change) => {
      await this.settlement.settle(invitation, change.account, caller);
      if (passwordHash === null) return;
      await this.users.setPasswordHash(change, passwordHash);
      await this.audit.record({ action: 'password.changed', outcome: 'success', actorId: id, subjectId: id, caller });
    });
    return this.users.getById(id);
  }
}
