import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { ROLES, type Role } from '../common/access.js';
import { DatabaseService } from '../database/database.service.js';
import { ChallengesService } from '../tokens/challenges/challenges.service.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import { StandingService, type Versions, sameRoles } from '../users/standing.service.js';
import type { Actor } from './user-administration.service.js';

/** What accounts may do, as administrators decide. Each act is on record under the administrator's name: all of it or nothing. */
@Injectable()
export class StandingAdministrationService {
  constructor(
    private readonly standing: StandingService,
    private readonly sessions: SessionsService,
    private readonly challenges: ChallengesService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Disables an account: its sessions end on every node, its codes and links are dead.
   * @throws UserNotFoundError, PreconditionFailedError, LastAdminError
   */
  disable(id: string, note: string, versions: Versions, by: Actor): Promise<void> {
    return this.database.transaction(async () => {
      await this.standing.disable(id, note, versions);
      await this.sessions.endAll(id, 'disabled', by);
      await this.challenges.closeAll(id);
      await this.audit.record({ action: 'account.disabled', outcome: 'success', subjectId: id, details: { note }, ...by });
    });
  }

  /**
   * Lets an account act again; what ended when it was disabled stays so.
   * @throws UserNotFoundError, PreconditionFailedError
   */
  enable(id: string, note: string, versions: Versions, by: Actor): Promise<void> {
    return this.database.transaction(async () => {
      await this.standing.enable(id, versions);
      await this.audit.record({ action: 'account.enabled', outcome: 'success', subjectId: id, details: { note }, ...by });
    });
  }

  /**
   * Gives an account these roles and no others but `user`. If that changes anything its sessions end: their tokens name the former ones.
   * @throws UserNotFoundError, PreconditionFailedError, LastAdminError
   */
  setRoles(id: string, roles: readonly Role[], versions: Versions, by: Actor): Promise<void> {
    // The mightiest first: callers who know one role only look at the first.
    const wanted = ROLES.toReversed().filter((role) => role === 'user' || roles.includes(role));
    return this.database.transaction(async () => {
      const { former } = await this.standing.setRoles(id, wanted, versions);
      if (sameRoles(former, wanted)) return;
      await this.sessions.endAll(id, 'roles-changed', by);
      const details = { from: former.join(' '), to: wanted.join(' ') };
      await this.audit.record({ action: 'roles.changed', outcome: 'success', subjectId: id, details, ...by });
    });
  }
}
