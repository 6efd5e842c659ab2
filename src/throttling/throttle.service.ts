import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { BusyError, ThrottledError } from '../common/errors.js';
import type { Caller } from '../common/caller.js';
import { type Limiter, LimiterFactory } from './limiter.factory.js';
import type { LimitName } from '../common/declared.js';
import { Limits } from './limits.js';
import type { Place, Places } from './places.js';
import type { Standing } from './standing.js';

/** One counted subject: the limit that applies, and whom it counts. */
export interface Bucket {
  limit: LimitName;
  /** Whom the limit counts: an account, a network, or both; stored only as a hash. */
  of: string;
}

/** Maximum wait for attempts of the same bucket that are still in progress, ms. */
const MAX_WAIT_MS = 10_000;
/** How often a waiting attempt checks again, ms. */
const WAIT_STEP_MS = 20;

/** Rate limits. The counts are in this process, or in Redis for all nodes; without Redis each node counts for itself. */
@Injectable()
export class ThrottleService {
  private readonly limiters = new Map<LimitName, Limiter>();
  private readonly places = new Map<LimitName, Places>();

  constructor(
    private readonly factory: LimiterFactory,
    private readonly limits: Limits,
  ) {}

  /**
   * Counts one request.
   * @throws ThrottledError
   */
  async take(bucket: Bucket, caller?: Caller): Promise<void> {
    if (this.factory.isOff) return;
    const standing = await this.limiterOf(bucket.limit).consume(keyOf(bucket));
    this.report(bucket, standing, caller);
    if (!standing.allowed) throw new ThrottledError(standing.secondsLeft);
  }

  /** Takes back the count of a request whose effect did not happen. */
  async giveBack(bucket: Bucket): Promise<void> {
    if (!this.factory.isOff) await this.limiterOf(bucket.limit).giveBack(keyOf(bucket));
  }

  /**
   * Runs `work` and counts only its failures. Failures and attempts in progress together never exceed the limit: an attempt that finds all
   * places taken waits for others to end. So any number of right passwords at once pass, and the server never evaluates more wrong ones
   * than the limit allows.
   * @param isFailure whether an error of `work` counts as a failed attempt
   * @throws ThrottledError if the failures have exhausted the limit; BusyError after a long wait
   */
  async attempt<T>(bucket: Bucket, work: () => Promise<T>, isFailure: (error: unknown) => boolean, caller?: Caller): Promise<T> {
    if (this.factory.isOff) return work();
    const place = await this.reserve(bucket, caller);
    try {
      const result = await work();
      await place.free();
      return result;
    } catch (error) {
      if (isFailure(error)) this.report(bucket, await place.fail(), caller);
      else await place.free();
      throw error;
    }
  }

  /** Clears the failures of a bucket. Without Redis other nodes keep theirs. */
  async forgive(bucket: Bucket): Promise<void> {
    if (this.factory.isOff) return;
    await this.placesOf(bucket.limit).clear(keyOf(bucket));
  }

  private async reserve(bucket: Bucket, caller?: Caller): Promise<Place> {
    const places = this.placesOf(bucket.limit);
    for (const deadline = performance.now() + MAX_WAIT_MS; ;) {
      const found = await places.reserve(keyOf(bucket));
      if (found.place !== null) return found.place;
      const { failures } = found;
      if (failures.consumed >= this.limits.of(bucket.limit).points) {
        this.report(bucket, failures, caller);
        throw new ThrottledError(failures.secondsLeft);
      }
      if (performance.now() > deadline) throw new BusyError();
      await wait(WAIT_STEP_MS);
    }
  }

  /** Records for the answer's `RateLimit` header how much is left. */
  private report({ limit }: Bucket, { consumed, secondsLeft }: Standing, caller?: Caller): void {
    const { points, seconds } = this.limits.of(limit);
    caller?.limits.push({
      name: limit,
      limit: points,
      windowSeconds: seconds,
      remaining: Math.max(0, points - consumed),
      resetSeconds: secondsLeft,
    });
  }

  private limiterOf(name: LimitName): Limiter {
    return made(this.limiters, name, () => this.factory.limiter(name, this.limits.of(name)));
  }

  private placesOf(name: LimitName): Places {
    return made(this.places, name, () => this.factory.places(name, this.limits.of(name)));
  }
}

/** The counter of `name`; created at the first use. */
function made<T>(kept: Map<LimitName, T>, name: LimitName, make: () => T): T {
  let found = kept.get(name);
  if (found === undefined) kept.set(name, (found = make()));
  return found;
}

/** Hashes addresses and names, because counting does not need them in clear text. */
function keyOf({ of }: Bucket): string {
  return createHash('sha256').update(of).digest('base64url').slice(0, 22);
}
