import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { isId, newId } from '../../common/ids.js';
import type { About } from '../../mail/writing/about.js';
import { ChallengeClosing } from '../../tokens/challenges/challenge-closing.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { type AuthenticatorType, cleanName } from '../../users/field-values.js';
import { DevicesService } from '../devices/devices.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';
import type { Authenticator } from './authenticator.entity.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';
import { AuthenticatorNotFoundError, AuthenticatorUnconfirmedError, TooManyAuthenticatorsError } from './errors.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';

/** How long an authenticator can be confirmed after it was added, seconds. */
export const CONFIRM_SECONDS = 15 * 60;

/** How many of one type an account may have: each TOTP makes a guess likelier to be right. */
const MAX_OF_TYPE = 20;

const DEFAULT_NAMES: Readonly<Record<AuthenticatorType, string>> = { totp: 'Authenticator app', passkey: 'Passkey' };

/** What notices to owners call them. */
const IN_WORDS = {
  totp: { key: 'about.authenticator-app' },
  passkey: { key: 'about.passkey' },
} as const satisfies Record<AuthenticatorType, About>;

type FactorChange = ConfirmedChange<'factors' | 'takeover' | 'deletion'>;

/** The authenticators that accounts have. Every change belongs into the transaction in which the gate confirmed it. */
@Injectable()
export class AuthenticatorsService {
  constructor(
    private readonly authenticators: AuthenticatorsRepository,
    private readonly recoveryCodes: RecoveryCodesRepository,
    private readonly sessions: SessionsService,
    private readonly devices: DevicesService,
    private readonly notices: OwnerNotices,
    private readonly closing: ChallengeClosing,
    private readonly audit: AuditService,
  ) {}

  /** The account's confirmed ones, the oldest first. */
  list(userId: string): Promise<Authenticator[]> {
    return this.authenticators.findConfirmed(userId);
  }

  /** All of the account's, also those that nobody confirmed. */
  listAll(userId: string): Promise<Authenticator[]> {
    return this.authenticators.findAll(userId);
  }

  /** @throws AuthenticatorNotFoundError, also for another account's */
  async get(userId: string, id: string): Promise<Authenticator> {
    if (!isId(id)) throw new AuthenticatorNotFoundError();
    const found = await this.authenticators.findOne(userId, id);
    if (found === null) throw new AuthenticatorNotFoundError();
    return found;
  }

  /**
   * Adds one; with `isConfirmed` it counts from now on, and its owner is told. Unconfirmed ones are no factor, and are forgotten after
   * 15 min.
   * @param name the owner's word for it. Default: what it is
   * @returns its id
   * @throws InvalidRequestError, TooManyAuthenticatorsError
   */
  async add(
    { account, actorId }: FactorChange,
    {
      type,
      name,
      secret = null,
      isConfirmed,
    }: { type: AuthenticatorType; name?: string | undefined; secret?: string | null; isConfirmed: boolean },
    caller: Caller,
  ): Promise<string> {
    const id = newId();
    await this.authenticators.removeUnconfirmed(account.id, CONFIRM_SECONDS);
    if ((await this.authenticators.findAll(account.id)).filter((each) => each.type === type).length >= MAX_OF_TYPE) {
      throw new TooManyAuthenticatorsError();
    }
    const written = cleanName(name, 'name') ?? DEFAULT_NAMES[type];
    await this.authenticators.insert({ id, userId: account.id, type, name: written, secret, confirmedAt: isConfirmed ? new Date() : null });
    if (isConfirmed) await this.noteAdded(account, actorId, { id, type }, caller);
    return id;
  }

  /**
   * Lets one count that its owner showed to work, and tells the owner. Other sessions keep their level.
   * @throws AuthenticatorNotFoundError; AuthenticatorUnconfirmedError when its time is over, or it is confirmed already
   */
  async confirm({ account, actorId }: FactorChange, id: string, caller: Caller): Promise<Authenticator> {
    const found = await this.get(account.id, id);
    const isLate = found.createdAt.getTime() < Date.now() - CONFIRM_SECONDS * 1_000;
    if (isLate || !(await this.authenticators.confirm(account.id, id))) {
      throw new AuthenticatorUnconfirmedError('It cannot be confirmed any more. Add it again.');
    }
    await this.noteAdded(account, actorId, found, caller);
    return found;
  }

  /**
   * Notes that a code of this time step was accepted of a TOTP.
   * @returns false when one of that step, or of a later one, was accepted before
   */
  acceptStep(userId: string, id: string, step: number): Promise<boolean> {
    return this.authenticators.acceptStep(userId, id, step);
  }

  /** @throws InvalidRequestError, AuthenticatorNotFoundError */
  async rename({ account, actorId }: FactorChange, id: string, given: string, caller: Caller): Promise<void> {
    const name = cleanName(given, 'name');
    if (name === null) throw InvalidRequestError.field('name', 'name.invalid', 'Write a name.', { text: 'rule.required' });
    if (!isId(id) || !(await this.authenticators.rename(account.id, id, name))) throw new AuthenticatorNotFoundError();
    await this.record('authenticator.renamed', account.id, actorId, { authenticatorId: id }, caller);
  }

  /**
   * Removes one. Every other session of the account ends: it may have been opened by it. Recovery codes go with the last one, and the owner
   * is told.
   * @param keep the session that stays
   * @throws AuthenticatorNotFoundError
   */
  async remove({ account, actorId }: FactorChange, id: string, keep: string | null, caller: Caller): Promise<Authenticator> {
    const found = await this.get(account.id, id);
    await this.authenticators.remove(account.id, id);
    await this.record('authenticator.removed', account.id, actorId, { type: found.type, authenticatorId: id }, caller);
    if (found.confirmedAt === null) return found;
    if ((await this.authenticators.findConfirmed(account.id)).length === 0) await this.recoveryCodes.removeAll(account.id);
    await this.sessions.endAll(account.id, 'factor-removed', { caller, keep, actorId });
    await this.devices.forgetAll(account.id, actorId, caller);
    await this.notices.send('authenticator-removed', account, caller, { undo: null, about: IN_WORDS[found.type] });
    return found;
  }

  /** Removes all of an account, and its recovery codes: it has another owner, or an administrator helps one who lost them. */
  async removeAll({ account, actorId }: FactorChange, caller: Caller): Promise<number> {
    const removed = await this.authenticators.remove(account.id);
    await this.recoveryCodes.removeAll(account.id);
    await this.devices.forgetAll(account.id, actorId, caller);
    if (removed > 0) await this.record('authenticators.removed', account.id, actorId, { count: removed }, caller);
    return removed;
  }

  private async noteAdded(
    account: Account,
    actorId: string | null,
    { id, type }: Pick<Authenticator, 'id' | 'type'>,
    caller: Caller,
  ): Promise<void> {
    await this.record('authenticator.added', account.id, actorId, { type, authenticatorId: id }, caller);
    // Asked for with the password alone, which is not all that there is any more: the link would still do with that alone.
    if (account.factors.length === 0) await this.closing.close(account.id, 'confirm-new-email');
    // What they were trusted by is not all that there is any more.
    await this.devices.forgetAll(account.id, actorId, caller);
    await this.notices.send('authenticator-added', account, caller, { undo: { of: 'authenticator', id }, about: IN_WORDS[type] });
  }

  private async record(
    action: 'authenticator.added' | 'authenticator.renamed' | 'authenticator.removed' | 'authenticators.removed',
    subjectId: string,
    actorId: string | null,
    details: Readonly<Record<string, string | number>>,
    caller: Caller,
  ): Promise<void> {
    await this.audit.record({ action, outcome: 'success', actorId, subjectId, caller, details });
  }
}
