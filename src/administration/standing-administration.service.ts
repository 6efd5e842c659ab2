import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { PasswordLocks } from '../auth/passwords/password-locks.service.js';
import { ROLES, type Role } from '../common/access.js';
import { DatabaseService } from '../database/database.service.js';
import { ChallengeClosing } from '../tokens/challenges/challenge-closing.service.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import { StandingService, type Versions, sameRoles } from '../users/standing.service.js';
import type { Actor } from './user-administration.service.js';

/**
 * Disables and enables accounts and sets their roles. Each act and its audit event, which names the administrator, commit together or not
 * at all.
 */
@Injectable()
export class StandingAdministrationService {
  constructor(
    private readonly standing: StandingService,
    private readonly sessions: SessionsService,
    private readonly closing: ChallengeClosing,
    private readonly locks: PasswordLocks,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Disables an account: its sessions end on every node, and its codes and links become invalid.
   * @throws UserNotFoundError, PreconditionFailedError, LastAdminError
   */
  disable(id: string, note: string, versions: Versions, by: Actor): Promise<void> {
    return this.database.transaction(async () => {
      await this.standing.disable(id, note, versions);
      await this.sessions.endAll(id, 'disabled', by);
      await this.closing.closeAll(id);
      await this.audit.record({ action: 'account.disabled', outcome: 'success', subjectId: id, details: { note }, ...by });
    });
  }

  /**
   * Enables a disabled account. The sessions, codes and links that ended when it was disabled stay invalid.
   * @throws UserNotFoundError, PreconditionFailedError
   */
  enable(id: string, note: string, versions: Versions, by: Actor): Promise<void> {
    return this.database.transaction(async () => {
      await this.standing.enable(id, versions);
      await this.audit.record({ action: 'account.enabled', outcome: 'success', subjectId: id, details: { note }, ...by });
    });
  }

  /**
   * Lifts the lock that wrong passwords brought: the password that the account has opens it again.
   * @throws UserNotFoundError, PreconditionFailedError; PasswordEndedError where somebody put an end to the password
   */
  async unlock(id: string, note: string, versions: Versions, by: Actor): Promise<void> {
    await this.database.transaction(async () => {
      await this.standing.unlock(id, versions);
      await this.audit.record({ action: 'password.unlocked', outcome: 'success', subjectId: id, details: { note }, ...by });
    });
    await this.locks.forgive(id);
  }

  /**
   * Gives an account exactly these roles, and always `user`. If the roles change, its sessions end, because their access tokens contain the
   * former roles.
   * @throws UserNotFoundError, PreconditionFailedError, LastAdminError
   */
  setRoles(id: string, roles: readonly Role[], versions: Versions, by: Actor): Promise<void> {
    // Most powerful first: clients that can show only one role read only the first.
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
