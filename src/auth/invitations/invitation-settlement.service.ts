import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import { StandingService, sameRoles } from '../../users/standing.service.js';
import type { Invitation } from './invitation.entity.js';
import { Invitations } from './invitations.service.js';

/** What an accepted invitation brings to an account whose owner reads the invited address. */
@Injectable()
export class InvitationSettlement {
  constructor(
    private readonly invitations: Invitations,
    private readonly standing: StandingService,
    private readonly sessions: SessionsService,
    private readonly outbox: OutboxService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Uses the invitation up and gives the account its role, which ends the sessions of an account that did not have it: their access tokens
   * contain the former roles. All of it or nothing; joins the caller's transaction.
   * @throws InvalidChallengeError when another request was faster, or it was revoked; UserNotFoundError when the account was deleted or
   *   disabled meanwhile
   */
  settle(invitation: Pick<Invitation, 'id' | 'role'>, { id }: Pick<Account, 'id'>, caller: Caller): Promise<void> {
    return this.database.transaction(async () => {
      const { former, roles } = await this.standing.addRole(id, invitation.role);
      await this.invitations.redeem(invitation, id);
      // The mail goes with the account from then on.
      await this.outbox.assign(invitation.id, id);
      const details = { invitation: invitation.id };
      await this.audit.record({ action: 'invitation.accepted', outcome: 'success', actorId: id, subjectId: id, caller, details });
      if (sameRoles(former, roles)) return;
      await this.sessions.endAll(id, 'roles-changed', { caller });
      const change = { from: former.join(' '), to: roles.join(' '), ...details };
      await this.audit.record({ action: 'roles.changed', outcome: 'success', actorId: id, subjectId: id, caller, details: change });
    });
  }
}
