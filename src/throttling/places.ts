import type { Cluster, Redis, Result } from 'ioredis';
import { newId } from '../common/ids.js';
import type { Limit } from './limits.js';
import type { SharedStore } from './shared-store.js';
import { type Standing, standingOf } from './standing.js';

/** An attempt that may go ahead. Call one of the two methods when it has ended. */
export interface Place {
  /** The attempt succeeded or did not happen: frees the place. */
  free(): Promise<void>;
  /** The attempt failed: it counts until the window ends. Returns the state of the failures. */
  fail(): Promise<Standing>;
}

/** Places of a bucket: failures within the window and attempts in progress together never exceed the limit. */
export interface Places {
  /** A place, or the state of the failures if all places are taken. */
  reserve(key: string): Promise<{ place: Place } | { place: null; failures: Standing }>;
  /** Clears the failures. */
  clear(key: string): Promise<void>;
  /** The state of the failures. */
  standingOf(key: string): Promise<Standing>;
}

interface Bucket {
  underWay: number;
  failures: number;
  /** When the failures expire, by `performance.now()`. */
  endsAt: number;
}

/** Places in the memory of this process. */
export class LocalPlaces implements Places {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly limit: Limit) {}

  reserve(key: string): ReturnType<Places['reserve']> {
    const { points } = this.limit;
    const bucket = this.bucket(key);
    if (bucket.failures + bucket.underWay >= points) return Promise.resolve({ place: null, failures: this.standing(bucket) });
    bucket.underWay += 1;
    const leave = (): void => {
      bucket.underWay -= 1;
      this.tidy(key, bucket);
    };
    const free = async (): Promise<void> => leave();
    const fail = async (): Promise<Standing> => {
      const standing = this.countFailure(key);
      leave();
      return standing;
    };
    return Promise.resolve({ place: { free, fail } });
  }

  /** Counts a failure of an attempt that had its place elsewhere. */
  countFailure(key: string): Standing {
    const bucket = this.bucket(key);
    bucket.failures += 1;
    if (bucket.failures === 1) {
      const endsAt = (bucket.endsAt = performance.now() + this.limit.seconds * 1_000);
      setTimeout(() => {
        // Unless the failures were cleared before, and others counted since.
        if (bucket.endsAt === endsAt) this.forget(key, bucket);
      }, this.limit.seconds * 1_000).unref();
    }
    return this.standing(bucket);
  }

  async clear(key: string): Promise<void> {
    const bucket = this.buckets.get(key);
    if (bucket !== undefined) this.forget(key, bucket);
  }

  standingOf(key: string): Promise<Standing> {
    const bucket = this.buckets.get(key);
    return Promise.resolve(bucket === undefined ? standingOf(0, this.limit.points, 0) : this.standing(bucket));
  }

  private bucket(key: string): Bucket {
    let bucket = this.buckets.get(key);
    if (bucket === undefined) this.buckets.set(key, (bucket = { underWay: 0, failures: 0, endsAt: 0 }));
    return bucket;
  }

  private forget(key: string, bucket: Bucket): void {
    bucket.failures = 0;
    this.tidy(key, bucket);
  }

  /** Removes buckets without counts: callers choose their keys. */
  private tidy(key: string, bucket: Bucket): void {
    if (bucket.failures === 0 && bucket.underWay === 0 && this.buckets.get(key) === bucket) this.buckets.delete(key);
  }

  private standing(bucket: Bucket): Standing {
    return standingOf(bucket.failures, this.limit.points, bucket.endsAt - performance.now());
  }
}

/**
 * How long a place in Redis stays taken after its node has died, ms. Longer than an attempt takes: at most two waits for a place,
 * 10 s each, and the hash queue.
 */
const LEASE_MS = 30_000;

/** Takes a free place in one step, so that two nodes cannot take the same one. Does not count places of dead nodes. */
const RESERVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local failures = tonumber(redis.call('GET', KEYS[1]) or '0')
if failures + redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[1]) then return {0, failures, redis.call('PTTL', KEYS[1])} end
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return {1, failures, 0}`;

/** Gives a place back and, after a failure, counts it in the same step. */
const LEAVE = `
redis.call('ZREM', KEYS[2], ARGV[1])
if ARGV[2] == '0' then return {0, 0} end
local failures = redis.call('INCR', KEYS[1])
if failures == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return {failures, redis.call('PTTL', KEYS[1])}`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    latchkeyReserve(
      failures: string,
      places: string,
      points: number,
      leaseMs: number,
      id: string,
    ): Result<[number, number, number], Context>;
    latchkeyLeave(failures: string, places: string, id: string, windowMs: number): Result<[number, number], Context>;
  }
}

/** Registers the scripts on a connection; each is sent once. */
export function definePlaceCommands(redis: Redis | Cluster): void {
  redis.defineCommand('latchkeyReserve', { numberOfKeys: 2, lua: RESERVE });
  redis.defineCommand('latchkeyLeave', { numberOfKeys: 2, lua: LEAVE });
}

/** Places of all nodes in Redis; of this node alone while Redis does not answer. */
export class SharedPlaces implements Places {
  private readonly local: LocalPlaces;

  constructor(
    private readonly name: string,
    private readonly limit: Limit,
    private readonly store: SharedStore,
  ) {
    this.local = new LocalPlaces(limit);
  }

  async reserve(key: string): ReturnType<Places['reserve']> {
    const { points } = this.limit;
    const id = newId();
    const keys = this.keys(key);
    let answer: [number, number, number];
    try {
      answer = await this.store.ask((redis) => redis.latchkeyReserve(...keys, points, LEASE_MS, id));
    } catch {
      return this.local.reserve(key);
    }
    const [taken, failures, msLeft] = answer;
    if (taken === 0) return { place: null, failures: standingOf(failures, points, msLeft) };
    return { place: this.placeOf(key, id) };
  }

  async clear(key: string): Promise<void> {
    await this.local.clear(key);
    const [failures] = this.keys(key);
    await this.store.ask((redis) => redis.del(failures)).catch(() => {});
  }

  async standingOf(key: string): Promise<Standing> {
    const [failures] = this.keys(key);
    try {
      const [counted, msLeft] = await this.store.ask((redis) => Promise.all([redis.get(failures), redis.pttl(failures)]));
      return standingOf(Number(counted ?? 0), this.limit.points, msLeft);
    } catch {
      return this.local.standingOf(key);
    }
  }

  /** Gives a place back where it was taken. */
  private placeOf(key: string, id: string): Place {
    const { points, seconds } = this.limit;
    const leave = (windowMs: number): Promise<[number, number]> =>
      this.store.ask((redis) => redis.latchkeyLeave(...this.keys(key), id, windowMs));
    return {
      free: async () => {
        // Redis was lost meanwhile: the place becomes free when its lease ends.
        await leave(0).catch(() => {});
      },
      fail: async () => {
        try {
          const [failures, msLeft] = await leave(seconds * 1_000);
          return standingOf(failures, points, msLeft);
        } catch {
          return this.local.countFailure(key);
        }
      },
    };
  }

  /** Keys of the failures and of the places; the part in braces puts both on the same server of a cluster. */
  private keys(key: string): [failures: string, places: string] {
    const bucket = `throttle:{${this.name}:${key}}`;
    return [`${bucket}:failures`, `${bucket}:places`];
  }
}
