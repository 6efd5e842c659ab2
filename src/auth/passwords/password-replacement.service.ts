import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { UsersService } from '../../users/users.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';
import { PasswordCheck } from './password-check.service.js';
import { PasswordHasher } from './password-hasher.service.js';
import { type PasswordOwner, PasswordPolicy, type PasswordRules } from './password-policy.service.js';

/** A new password, whatever allowed it: what it has to be, and what it brings along. */
@Injectable()
export class PasswordReplacement {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly challenges: ChallengesService,
    private readonly notices: OwnerNotices,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly passwords: PasswordCheck,
  ) {}

  /**
   * Checks what nobody may have as a password, before anything is known of the account: a refusal then says nothing about it.
   * @throws InvalidRequestError
   */
  check(newPassword: string, rules: PasswordRules): void {
    this.policy.check(newPassword, {}, rules);
  }

  /**
   * Checks a new password with the names of its owner, and hashes it. Slow by design: to be called outside the transaction.
   * @throws InvalidRequestError, BusyError
   */
  async hash(newPassword: string, owner: PasswordOwner, rules: PasswordRules): Promise<string> {
    this.policy.check(newPassword, owner, rules);
    return this.hasher.hash(newPassword);
  }

  /**
   * Sets the password, lifts a lock, ends all sessions and all open codes and links, and queues a notice. Belongs into the transaction
   * that confirmed the change.
   * @param account as it is now: the notice goes to its addresses
   */
  async replace(change: ConfirmedChange<'password' | 'takeover'>, account: Account, passwordHash: string, caller: Caller): Promise<void> {
    await this.users.setPasswordHash(change, passwordHash);
    await this.sessions.endAll(account.id, 'password-changed', { caller });
    await this.challenges.closeAll(account.id);
    await this.notices.send('password-changed', account, caller);
  }

  /** Forgets the wrong passwords of the account; to be called once the new one is committed. See `PasswordCheck.forgive`. */
  forgive(userId: string, caller: Caller): Promise<void> {
    return this.passwords.forgive(userId, caller);
  }
}
