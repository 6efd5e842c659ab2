import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { BusyError, ThrottledError } from '../common/errors.js';
import type { Caller } from '../common/caller.js';
import { type Limiter, LimiterFactory } from './limiter.factory.js';
import type { LimitName } from '../common/declared.js';
import { networkOf, networkTiers } from './client-network.js';
import { Limits } from './limits.js';
import type { Place, Places } from './places.js';
import type { Standing } from './standing.js';

/** One counted subject: the limit that applies, and whom it counts. */
export interface Bucket {
  limit: LimitName;
  /** Whom the limit counts: an account, a network, or both; stored only as a hash. */
  of: string;
}

/** How many networks of its own a site may use as much as, at one limit. */
const SITE_NETWORKS = 16;

/** Maximum wait for attempts of the same bucket that are still in progress, ms. */
const MAX_WAIT_MS = 10_000;
/** How soon a waiting attempt checks again, ms, and how much longer it waits each time, up to the longest pause. */
const WAIT_STEP_MS = 20;
const WAIT_GROWTH = 1.25;
const MAX_WAIT_STEP_MS = 160;

/** Rate limits. The counts are in this process, or in Redis for all nodes; without Redis each node counts for itself. */
@Injectable()
export class ThrottleService {
  private readonly limiters = new Map<LimitName, Limiter>();
  private readonly siteLimiters = new Map<LimitName, Limiter>();
  private readonly places = new Map<LimitName, Places>();

  constructor(
    private readonly factory: LimiterFactory,
    private readonly limits: Limits,
  ) {}

  /**
   * Counts one request.
   * @param keptShare share of the limit that others may still use, from 0 to 1
   * @throws ThrottledError
   */
  async take(bucket: Bucket, caller?: Caller, keptShare = 0): Promise<void> {
    if (this.factory.isOff) return;
    const standing = await this.limiterOf(bucket.limit).consume(keyOf(bucket));
    this.report(bucket, standing, caller);
    if (!standing.allowed) throw new ThrottledError(standing.secondsLeft);
    if (standing.consumed <= Math.ceil(this.limits.of(bucket.limit).points * (1 - keptShare))) return;
    await this.giveBack(bucket);
    throw new ThrottledError(standing.secondsLeft);
  }

  /**
   * Counts one request of the caller's network, and of the site (a /48) that an IPv6 network is part of: whoever has one can use a fresh
   * network for each request. A site has as much as `SITE_NETWORKS` networks.
   * @throws ThrottledError
   */
  async takeFrom(limit: LimitName, caller: Caller): Promise<void> {
    const [site, ...narrower] = networkTiers(caller.ip);
    await this.take({ limit, of: networkOf(caller.ip) }, caller);
    if (this.factory.isOff || narrower.length === 0) return;
    const { allowed, secondsLeft } = await this.siteLimiterOf(limit).consume(keyOf({ limit, of: site }));
    if (!allowed) throw new ThrottledError(secondsLeft);
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

  /** When the window of a bucket ends whose failures have exhausted the limit; null for others. Without Redis, as this node counts. */
  async exhaustedUntil(bucket: Bucket): Promise<Date | null> {
    if (this.factory.isOff) return null;
    const { consumed, secondsLeft } = await this.placesOf(bucket.limit).standingOf(keyOf(bucket));
    return consumed < this.limits.of(bucket.limit).points ? null : new Date(Date.now() + secondsLeft * 1_000);
  }

  /** How many failures a bucket has counted within its window. Without Redis, as this node counts. */
  async failuresOf(bucket: Bucket): Promise<number> {
    return this.factory.isOff ? 0 : (await this.placesOf(bucket.limit).standingOf(keyOf(bucket))).consumed;
  }

  private async reserve(bucket: Bucket, caller?: Caller): Promise<Place> {
    const places = this.placesOf(bucket.limit);
    const key = keyOf(bucket);
    const deadline = performance.now() + MAX_WAIT_MS;
    for (let step = WAIT_STEP_MS; ; step = Math.min(step * WAIT_GROWTH, MAX_WAIT_STEP_MS)) {
      const found = await places.reserve(key);
      if (found.place !== null) return found.place;
      const { failures } = found;
      if (failures.consumed >= this.limits.of(bucket.limit).points) {
        this.report(bucket, failures, caller);
        throw new ThrottledError(failures.secondsLeft);
      }
      if (performance.now() > deadline) throw new BusyError();
      await wait(step);
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

  private siteLimiterOf(name: LimitName): Limiter {
    const { points, seconds } = this.limits.of(name);
    return made(this.siteLimiters, name, () => this.factory.limiter(`${name}:site`, { points: points * SITE_NETWORKS, seconds }));
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
