import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { AuthenticatorsService } from '../auth/authenticators/authenticators.service.js';
import { FactorPolicy } from '../auth/authenticators/factor-policy.service.js';
import { FactorWaivers } from '../auth/authenticators/factor-waivers.service.js';
import { OwnerNotices } from '../auth/challenges/owner-notices.service.js';
import { CredentialChange } from '../auth/passwords/credential-change.service.js';
import type { Caller } from '../common/caller.js';
import type { Principal } from '../common/principal.js';
import { DatabaseService } from '../database/database.service.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import type { ConfirmedChange } from '../users/confirmed-change.js';
import { OwnFactorsError } from './errors.js';

/** A confirmed authenticator of somebody. */
export type UserAuthenticator = Awaited<ReturnType<AuthenticatorsService['list']>>[number];

/** Who removes somebody else's second factors: an administrator, or the operator on the command line. */
export interface FactorResetter {
  /** Null on the command line. */
  principal: Principal | null;
  caller: Caller;
}

/** Removing second factors of accounts whose owners have lost them. The owner is told, and every session and remembered device ends. */
@Injectable()
export class FactorReset {
  constructor(
    private readonly gate: CredentialChange,
    private readonly authenticators: AuthenticatorsService,
    private readonly waivers: FactorWaivers,
    private readonly policy: FactorPolicy,
    private readonly sessions: SessionsService,
    private readonly notices: OwnerNotices,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /** What the account has, the oldest first. */
  list(id: string): Promise<UserAuthenticator[]> {
    return this.authenticators.list(id);
  }

  /**
   * Removes one authenticator.
   * @throws UserNotFoundError, AuthenticatorNotFoundError; OwnFactorsError for the administrator's own account: another one has to do it
   */
  async removeOne(id: string, authenticatorId: string, reason: string, by: FactorResetter): Promise<void> {
    await this.change(id, by, async (change) => {
      const { confirmedAt } = await this.authenticators.remove(change, authenticatorId, null, by.caller);
      const isLast = confirmedAt !== null && (await this.authenticators.list(id)).length === 0;
      await this.conclude(change, { isLast, details: { note: reason, authenticatorId } }, by);
    });
  }

  /**
   * Removes all authenticators and recovery codes.
   * @returns how many authenticators there were
   * @throws as `removeOne`
   */
  removeAll(id: string, reason: string, by: FactorResetter): Promise<number> {
    return this.change(id, by, async (change) => {
      const count = await this.authenticators.removeAll(change, by.caller);
      await this.sessions.endAll(id, 'factor-removed', { caller: by.caller, actorId: change.actorId });
      if (count > 0) await this.notices.send('factors-reset', change.account, by.caller, { undo: null });
      await this.conclude(change, { isLast: count > 0, details: { note: reason, count } }, by);
      return count;
    });
  }

  private async change<T>(
    id: string,
    { principal, caller }: FactorResetter,
    act: (change: ConfirmedChange<'factors'>) => Promise<T>,
  ): Promise<T> {
    // Whoever has an administrator's session would otherwise remove that administrator's factor with it.
    if (principal?.userId === id) throw new OwnFactorsError();
    const as = principal === null ? 'operator' : 'administrator';
    const authorization = await this.gate.authorize(principal, 'factors', { accountId: id, as }, caller);
    return this.database.transaction(async () => act(await this.gate.confirm(authorization)));
  }

  /** An account that required a factor demands a new one at its next sign-in: the reset does not make it weaker for good. */
  private async conclude(
    { account, actorId }: ConfirmedChange<'factors'>,
    { isLast, details }: { isLast: boolean; details: Record<string, string | number> },
    { caller }: FactorResetter,
  ): Promise<void> {
    await this.waivers.stop(account.id);
    if (isLast && this.policy.requiresSecondFactor(account)) await this.waivers.setRequired(account, true);
    await this.audit.record({ action: 'authenticators.reset', outcome: 'success', actorId, subjectId: account.id, caller, details });
  }
}
