import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { ThrottledError } from '../../common/errors.js';
import { networkOf, networkTiers } from '../../throttling/client-network.js';
import { type Bucket, ThrottleService } from '../../throttling/throttle.service.js';
import type { Account } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { BadCredentialsError } from './errors.js';
import { NOBODY, OwnerNetworks } from './owner-networks.service.js';

/** Whom tries of a password are counted for. */
export type Subject =
  /** What somebody typed: everything about it depends on the text alone, never on who exists. */
  | { typed: string }
  /** The account of a session or link, whose holder knows that it exists. */
  | { accountId: string };

/** A try of a password, as the limits see it. */
interface Tried<T> {
  caller: Caller;
  /** The account that it is for, if there is one. */
  find: () => Promise<Account | null>;
  /** Compares the password. */
  work: () => Promise<T>;
  /** Where refusals are told: to whom the limits are reported, and what a refusal costs, so that it takes as long as a comparison. */
  told?: { to: Caller; refuse: () => Promise<never> };
}

/**
 * Limits of wrong passwords. Each try is counted twice: by what was typed, where a refusal is told (429, `RateLimit` headers), and by
 * the account behind it, whose count holds for all its identifiers and is never told. Where an account is signed in, and nothing but the
 * password opens it, only the tries of that network count: strangers cannot keep its owner out from everywhere.
 */
@Injectable()
export class PasswordTries {
  constructor(
    private readonly throttle: ThrottleService,
    private readonly users: UsersService,
    private readonly networks: OwnerNetworks,
  ) {}

  /**
   * Runs `work` unless the caller's network, or what was typed, has had too many wrong passwords.
   * @param refuse what runs in place of `work` where what was typed has had too many from everywhere: as slow, and a wrong password
   * @throws ThrottledError; BusyError after a long wait; what `work` throws
   */
  counted<T>(subject: Subject, caller: Caller, work: () => Promise<T>, refuse: () => Promise<never>): Promise<T> {
    const [site, ...narrower] = networkTiers(caller.ip);
    const networks: Bucket[] = [{ limit: 'sign-in-network', of: networkOf(caller.ip) }];
    if (narrower.length > 0) networks.unshift({ limit: 'sign-in-site', of: site });
    const find = (): Promise<Account | null> =>
      'typed' in subject ? this.users.findByIdentifier(subject.typed) : this.users.findById(subject.accountId);
    return this.within([...networks, ...bucketsOf(this.keyOf(subject), caller)], { caller, find, work, told: { to: caller, refuse } });
  }

  /**
   * The same by the account, for all its identifiers together; reports nothing to the caller. An identifier without an account is counted
   * as if it had one, so that both take the same steps.
   * @throws ThrottledError, which must not be told; BusyError after a long wait; what `work` throws
   */
  countedUntold<T>(accountId: string | null, subject: Subject, caller: Caller, work: () => Promise<T>): Promise<T> {
    const key = accountId === null ? `nobody ${this.keyOf(subject)}` : `all of ${accountId}`;
    const find = (): Promise<Account | null> => this.users.findById(accountId ?? NOBODY);
    return this.within(bucketsOf(key, caller), { caller, find, work });
  }

  /** Forgets the wrong passwords of an account, from everywhere and from the caller's network. */
  async forgive(accountId: string, caller: Caller): Promise<void> {
    for (const key of await this.keysOf(accountId)) for (const bucket of bucketsOf(key, caller)) await this.throttle.forgive(bucket);
  }

  /** The same without those of any one network, which end by themselves. */
  async forgiveFromEverywhere(accountId: string): Promise<void> {
    for (const of of await this.keysOf(accountId)) await this.throttle.forgive({ limit: 'sign-in-account', of });
  }

  /** Until when an account takes no password from anywhere; null if it does. */
  async exhaustedUntil(accountId: string): Promise<Date | null> {
    const keys = await this.keysOf(accountId);
    const ends = await Promise.all(keys.map((of) => this.throttle.exhaustedUntil({ limit: 'sign-in-account', of })));
    return ends.reduce(laterOf, null);
  }

  private async keysOf(accountId: string): Promise<string[]> {
    const account = await this.users.findById(accountId);
    const names = [account?.email, account?.username, account?.mobile].filter((name) => typeof name === 'string');
    return [`all of ${accountId}`, this.keyOf({ accountId }), ...names.map((typed) => this.keyOf({ typed }))];
  }

  private within<T>([bucket, ...inner]: Bucket[], tried: Tried<T>): Promise<T> {
    if (bucket === undefined) return tried.work();
    const further = (): Promise<T> => this.within(inner, tried);
    return bucket.limit === 'sign-in-account' ? this.unlessLastWayIn(bucket, tried, further) : this.attempt(bucket, tried, further);
  }

  /**
   * Where the limit from everywhere refuses, the password is compared nevertheless if the account is signed in here and nothing else opens
   * it. Only a right one is told. A wrong one is answered as where nobody looks at it: with the same refusal, as late, and counted for the
   * network, so that the neighbours of somebody do not find out that there is an account.
   */
  private async unlessLastWayIn<T>(bucket: Bucket, tried: Tried<T>, further: () => Promise<T>): Promise<T> {
    const progress = { isIn: false };
    const reported = tried.told?.to.limits.length;
    try {
      return await this.attempt(bucket, tried, () => {
        progress.isIn = true;
        return further();
      });
    } catch (refusal) {
      if (progress.isIn || !(refusal instanceof ThrottledError)) throw refusal;
      // The account is looked up whether or not there is one.
      const isLastWayIn = await this.networks.areLastWayIn(tried.caller, await tried.find());
      if (tried.told === undefined) {
        if (isLastWayIn) return further();
        throw refusal;
      }
      const opened = await orRefused(isLastWayIn ? further() : tried.told.refuse(), refusal);
      // The answer must not report a limit that does not hold here.
      tried.told.to.limits.splice(reported ?? 0);
      return opened;
    }
  }

  private attempt<T>(bucket: Bucket, { told }: Tried<T>, work: () => Promise<T>): Promise<T> {
    return this.throttle.attempt(bucket, work, isWrong, told?.to);
  }

  private keyOf(subject: Subject): string {
    return 'typed' in subject ? this.users.typedKey(subject.typed) : `account ${subject.accountId}`;
  }
}

/** Wrong passwords that are refused for their number. They count like others for the network that they come from. */
class RefusedPasswordError extends ThrottledError {}

/** Whether an attempt counts as a wrong password. */
function isWrong(error: unknown): boolean {
  return error instanceof BadCredentialsError || error instanceof RefusedPasswordError;
}

/** What `attempt` gives; where the password is wrong, the refusal. */
async function orRefused<T>(attempt: Promise<T>, { retryAfterSeconds }: ThrottledError): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    throw error instanceof BadCredentialsError ? new RefusedPasswordError(retryAfterSeconds) : error;
  }
}

/** The later of two times, where there are any. */
export function laterOf(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}

/** The limits of one key: from the caller's network, and from everywhere. */
function bucketsOf(key: string, caller: Caller): Bucket[] {
  return [
    // First: tries of one network that wait for each other must not hold the places of all.
    { limit: 'sign-in', of: `${key} ${networkOf(caller.ip)}` },
    { limit: 'sign-in-account', of: key },
  ];
}
