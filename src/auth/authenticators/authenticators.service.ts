import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { newId } from '../../common/ids.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import type { AuthenticatorType } from '../../users/field-values.js';
import type { Authenticator } from './authenticator.entity.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';
import { AuthenticatorNotFoundError, AuthenticatorUnconfirmedError } from './errors.js';

/** How long an authenticator can be confirmed after it was added, seconds. */
export const CONFIRM_SECONDS = 15 * 60;

type FactorChange = ConfirmedChange<'factors' | 'takeover' | 'deletion'>;

/** The authenticators that accounts have. Every change belongs into the transaction in which the gate confirmed it. */
@Injectable()
export class AuthenticatorsService {
  constructor(
    private readonly authenticators: AuthenticatorsRepository,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
  ) {}

  /** The account's confirmed ones, the oldest first. */
  list(userId: string): Promise<Authenticator[]> {
    return this.authenticators.findConfirmed(userId);
  }

  /** @throws AuthenticatorNotFoundError, also for another account's */
  async get(userId: string, id: string): Promise<Authenticator> {
    const found = await this.authenticators.findOne(userId, id);
    if (found === null) throw new AuthenticatorNotFoundError();
    return found;
  }

  /**
   * Adds one; with `isConfirmed` it counts from now on. Unconfirmed ones are no factor, and are forgotten after 15 min.
   * @returns its id
   */
  async add(
    { account, actorId }: FactorChange,
    { type, name, secret = null, isConfirmed }: { type: AuthenticatorType; name: string; secret?: string | null; isConfirmed: boolean },
    caller: Caller,
  ): Promise<string> {
    const id = newId();
    await this.authenticators.removeUnconfirmed(account.id, CONFIRM_SECONDS);
    await this.authenticators.insert({ id, userId: account.id, type, name, secret, confirmedAt: isConfirmed ? new Date() : null });
    if (isConfirmed) await this.record('authenticator.added', account.id, actorId, { type, authenticatorId: id }, caller);
    return id;
  }

  /**
   * Lets one count that its owner showed to work. Other sessions keep their level.
   * @throws AuthenticatorNotFoundError; AuthenticatorUnconfirmedError when its time is over, or it is confirmed already
   */
  async confirm({ account, actorId }: FactorChange, id: string, caller: Caller): Promise<Authenticator> {
    const found = await this.get(account.id, id);
    const isLate = found.createdAt.getTime() < Date.now() - CONFIRM_SECONDS * 1_000;
    if (isLate || !(await this.authenticators.confirm(account.id, id))) {
      throw new AuthenticatorUnconfirmedError('It cannot be confirmed any more. Add it again.');
    }
    await this.record('authenticator.added', account.id, actorId, { type: found.type, authenticatorId: id }, caller);
    return found;
  }

  /** @throws AuthenticatorNotFoundError */
  async rename({ account, actorId }: FactorChange, id: string, name: string, caller: Caller): Promise<void> {
    if (!(await this.authenticators.rename(account.id, id, name))) throw new AuthenticatorNotFoundError();
    await this.record('authenticator.renamed', account.id, actorId, { authenticatorId: id }, caller);
  }

  /**
   * Removes one. Every other session of the account ends: it may have been opened by it.
   * @param keep the session that stays
   * @throws AuthenticatorNotFoundError
   */
  async remove({ account, actorId }: FactorChange, id: string, keep: string | null, caller: Caller): Promise<Authenticator> {
    const found = await this.get(account.id, id);
    await this.authenticators.remove(account.id, id);
    await this.record('authenticator.removed', account.id, actorId, { type: found.type, authenticatorId: id }, caller);
    if (found.confirmedAt !== null) await this.sessions.endAll(account.id, 'factor-removed', { caller, keep, actorId });
    return found;
  }

  /** Removes all of an account, and its recovery codes: it has another owner, or an administrator helps one who lost them. */
  async removeAll({ account, actorId }: FactorChange, caller: Caller): Promise<number> {
    const removed = await this.authenticators.remove(account.id);
    await this.authenticators.removeRecoveryCodes(account.id);
    if (removed > 0) await this.record('authenticators.removed', account.id, actorId, { count: removed }, caller);
    return removed;
  }

  private async record(
    action: 'authenticator.added' | 'authenticator.renamed' | 'authenticator.removed' | 'authenticators.removed',
    subjectId: string,
    actorId: string,
    details: Readonly<Record<string, string | number>>,
    caller: Caller,
  ): Promise<void> {
    await this.audit.record({ action, outcome: 'success', actorId, subjectId, caller, details });
  }
}
