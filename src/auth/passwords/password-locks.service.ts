import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ThrottledError } from '../../common/errors.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import type { Account, Credentials } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';
import { OwnerNetworks } from './owner-networks.service.js';
import { PasswordTries, laterOf } from './password-tries.service.js';
import { ResetChannels } from './reset-channels.service.js';

class WrongPasswordError extends Error {}

/**
 * What too many wrong passwords in a row bring about: the password is locked until a reset, unless nothing can reset it. Such an account
 * would be lost to its owner, so that its password is tried slowly instead (`sign-in-slow`).
 */
@Injectable()
export class PasswordLocks {
  constructor(
    private readonly users: UsersService,
    private readonly channels: ResetChannels,
    private readonly networks: OwnerNetworks,
    private readonly throttle: ThrottleService,
    private readonly tries: PasswordTries,
    private readonly notices: OwnerNotices,
    private readonly audit: AuditService,
  ) {}

  /**
   * Compares a password where a lock allows it.
   * @param verify compares; called once at least, since a refusal has to cost as much as a comparison
   * @returns whether the password is right and may open something
   */
  async compare(credentials: Credentials | null, caller: Caller, verify: () => Promise<boolean>): Promise<boolean> {
    if (credentials === null) return verify();
    const { account, passwordLocked, passwordWorn } = credentials;
    if (!passwordLocked && !passwordWorn) return verify();
    // A lock on purpose stays. One for wrong passwords gives way where the account has lost its reset channel since.
    if (passwordLocked && (!passwordWorn || (await this.channels.hasAny(account)))) return refuse(verify);
    const isRight = await this.slowly(account.id, caller, verify);
    if (isRight) await this.users.liftPasswordWear(account.id);
    return isRight;
  }

  /** Counts a wrong password, in the caller's transaction; the account is null where nobody has what was typed. */
  async countFailure(account: Account | null, caller: Caller): Promise<void> {
    const isWorn = await this.users.recordPasswordFailure(account?.id ?? null);
    if (!isWorn || account === null) return;
    const event = { outcome: 'success', subjectId: account.id, caller } as const;
    if (!(await this.channels.hasAny(account))) return this.audit.record({ action: 'password.slowed', ...event });
    await this.users.lockWornPassword(account.id);
    await this.notices.send('password-locked', account, caller, { undo: null });
    await this.audit.record({ action: 'password.locked', ...event });
  }

  /** Until when the rate limits of an account refuse every password, also the right one; null where they do not. */
  async throttledUntil(userId: string): Promise<Date | null> {
    return laterOf(await this.tries.exhaustedUntil(userId), await this.throttle.exhaustedUntil({ limit: 'sign-in-slow', of: userId }));
  }

  /** Forgets the wrong passwords in the rate limits of an account. Those of single networks end by themselves. */
  async forgive(userId: string): Promise<void> {
    await this.tries.forgiveFromEverywhere(userId);
    await this.throttle.forgive({ limit: 'sign-in-slow', of: userId });
  }

  private async slowly(userId: string, caller: Caller, verify: () => Promise<boolean>): Promise<boolean> {
    const tryOnce = async (): Promise<void> => {
      if (!(await verify())) throw new WrongPasswordError();
    };
    try {
      await this.throttle.attempt(
        { limit: 'sign-in-slow', of: await this.shareOf(userId, caller) },
        tryOnce,
        (error) => error instanceof WrongPasswordError,
      );
      return true;
    } catch (error) {
      if (error instanceof WrongPasswordError) return false;
      if (!(error instanceof ThrottledError)) throw error;
      // Refused like a wrong password, at the same cost: a 429 would tell that there is such an account.
      return refuse(verify);
    }
  }

  /** All strangers share the tries; a network in which the account is signed in has its own, so that they do not keep the owner out. */
  private async shareOf(userId: string, caller: Caller): Promise<string> {
    return (await this.networks.include(caller, userId)) ? `${userId} ${networkOf(caller.ip)}` : userId;
  }
}

/** A refusal, at the cost of a comparison. */
async function refuse(verify: () => Promise<boolean>): Promise<false> {
  await verify();
  return false;
}
