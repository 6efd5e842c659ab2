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

/** One thing that is counted: which limit applies, and whom it counts. */
export interface Bucket {
  limit: LimitName;
  /** Who is counted: an account, a network, both; kept as a hash only. */
  of: string;
}

/** Longest wait for tries of the same bucket that are still being evaluated, ms. */
const MAX_WAIT_MS = 10_000;
/** How often a waiting try looks again, ms. */
const WAIT_STEP_MS = 20;

/**
 * Limits how often something may be tried. What is counted lives in this process, or in Redis for all nodes; without Redis each
 * node goes on counting for itself.
 */
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

  /** Takes back a request that was counted, for what came of it did not happen. */
  async giveBack(bucket: Bucket): Promise<void> {
    if (!this.factory.isOff) await this.limiterOf(bucket.limit).giveBack(keyOf(bucket));
  }

  /**
   * Runs `work`, of which only failures count. Failures and tries under way together never exceed the limit: a try that finds
   * all places taken waits for others to end, so that any number of right passwords at once pass and not one wrong one too many
   * is evaluated.
   * @param isFailure whether an error of `work` is a failed try
   * @throws ThrottledError when the failures have used the limit up; BusyError after a long wait
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

  /** Forgets the failures of a bucket. Without Redis other nodes still count theirs. */
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

  /** Notes for the answer's `RateLimit` header how much is left. */
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

/** What is kept under `name`; made at the first use. */
function made<T>(kept: Map<LimitName, T>, name: LimitName, make: () => T): T {
  let found = kept.get(name);
  if (found === undefined) kept.set(name, (found = make()));
  return found;
}

/** Addresses and names are not kept in clear where they are only counted. */
function keyOf({ of }: Bucket): string {
  return createHash('sha256').update(of).digest('base64url').slice(0, 22);
}
