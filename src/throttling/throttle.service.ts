import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { BusyError, ThrottledError } from '../common/errors.js';
import type { Caller } from '../common/caller.js';
import { type Limiter, LimiterFactory, type Standing } from './limiter.factory.js';
import { type LimitName, Limits } from './limits.js';

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
  private readonly tries = new Map<LimitName, Limiter>();
  private readonly failures = new Map<LimitName, Limiter>();

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
    const { tries } = this.limitersOf(bucket.limit);
    const standing = await tries.consume(keyOf(bucket));
    this.report(bucket, standing, caller);
    if (!standing.allowed) throw new ThrottledError(standing.secondsLeft);
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
    const key = keyOf(bucket);
    const { tries, failures } = this.limitersOf(bucket.limit);
    await this.reserve(bucket, key, caller);
    try {
      const result = await work();
      await tries.give(key);
      return result;
    } catch (error) {
      // A failure keeps its place until the window ends.
      if (isFailure(error)) {
        const failed = await failures.add(key);
        this.report(bucket, failed, caller);
      } else {
        await tries.give(key);
      }
      throw error;
    }
  }

  /** Forgets the failures of a bucket. Without Redis other nodes still count theirs. */
  async forgive(bucket: Bucket): Promise<void> {
    if (this.factory.isOff) return;
    const { tries, failures } = this.limitersOf(bucket.limit);
    await Promise.all([tries.clear(keyOf(bucket)), failures.clear(keyOf(bucket))]);
  }

  private async reserve(bucket: Bucket, key: string, caller?: Caller): Promise<void> {
    const { tries, failures } = this.limitersOf(bucket.limit);
    const { points } = this.limits.of(bucket.limit);
    for (const deadline = performance.now() + MAX_WAIT_MS; ; ) {
      const place = await tries.consume(key);
      if (place.allowed) return;
      await tries.give(key);
      const failed = await failures.peek(key);
      if (failed.consumed >= points) {
        this.report(bucket, failed, caller);
        throw new ThrottledError(failed.secondsLeft);
      }
      if (performance.now() > deadline) throw new BusyError();
      await wait(WAIT_STEP_MS);
    }
  }

  /** Notes for the answer's `RateLimit` header how much is left. */
  private report({ limit }: Bucket, { consumed, secondsLeft }: Standing, caller?: Caller): void {
    const { points, seconds } = this.limits.of(limit);
    caller?.limits.push({ name: limit, limit: points, windowSeconds: seconds, remaining: Math.max(0, points - consumed), resetSeconds: secondsLeft });
  }

  private limitersOf(limit: LimitName): { tries: Limiter; failures: Limiter } {
    return { tries: this.limiter(this.tries, limit, 'tries'), failures: this.limiter(this.failures, limit, 'failures') };
  }

  private limiter(made: Map<LimitName, Limiter>, limit: LimitName, kind: string): Limiter {
    let limiter = made.get(limit);
    if (limiter === undefined) {
      limiter = this.factory.create(`${limit}:${kind}`, this.limits.of(limit));
      made.set(limit, limiter);
    }
    return limiter;
  }
}

/** Addresses and names are not kept in clear where they are only counted. */
function keyOf({ of }: Bucket): string {
  return createHash('sha256').update(of).digest('base64url').slice(0, 22);
}
