import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
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
   * Sets the password, lifts a lock, ends all sessions and all open codes and links, and queues a notice. To be called in a
   * transaction, which has to be rolled back when the answer is false.
   * @param sessionEpoch `Credentials.sessionEpoch`, where the old password was what allowed it
   * @returns false when all sessions were ended since that was read: the old password may not be the account's any more
   */
  async replace(account: Account, passwordHash: string, caller: Caller, sessionEpoch: number | null = null): Promise<boolean> {
    if (!(await this.users.setPasswordHash(account.id, passwordHash, sessionEpoch))) return false;
    await this.sessions.endAll(account.id, 'password-changed', { caller });
    await this.challenges.closeAll(account.id);
    await this.notices.send('password-changed', account, caller);
    return true;
  }

  /** Forgets the wrong passwords of the account; to be called once the new one is committed. See `PasswordCheck.forgive`. */
  forgive(userId: string, caller: Caller): Promise<void> {
    return this.passwords.forgive(userId, caller);
  }
}
