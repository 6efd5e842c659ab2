import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { Settings } from '../config/settings.js';
import type { Limit } from './limits.js';

/** Longest wait for Redis, ms; after that this node counts for itself. */
const REDIS_TIMEOUT_MS = 40;
/** Longest pause between two attempts to reach Redis again, ms. */
const MAX_RECONNECT_MS = 2_000;

/** How a bucket stands. */
export interface Standing {
  allowed: boolean;
  consumed: number;
  /** Until the window ends, at least 1. */
  secondsLeft: number;
}

/** Counts within a fixed window. */
export interface Limiter {
  /** Counts one; `allowed` is false beyond the limit. */
  consume(key: string): Promise<Standing>;
  /** Takes one back. */
  give(key: string): Promise<void>;
  /** Counts one without asking. */
  add(key: string): Promise<Standing>;
  peek(key: string): Promise<Standing>;
  /** Starts anew. */
  clear(key: string): Promise<void>;
}

/** Makes limiters that count in Redis if there is one, and in memory while it does not answer. */
@Injectable()
export class LimiterFactory implements OnApplicationShutdown {
  /** Whether throttles are lifted altogether (`RATE_LIMIT=off`). */
  readonly isOff: boolean;
  private readonly redis: Redis | undefined;

  constructor({ RATE_LIMIT: mode, REDIS_URL: url }: Settings) {
    this.isOff = mode === 'off';
    if (url !== undefined && !this.isOff) this.redis = connect(url);
  }

  create(name: string, { points, seconds }: Limit): Limiter {
    const options = { keyPrefix: `throttle:${name}`, points, duration: seconds };
    const memory = new RateLimiterMemory(options);
    if (this.redis === undefined) return toLimiter(memory, points);
    return toLimiter(new RateLimiterRedis({ ...options, storeClient: this.redis, insuranceLimiter: memory, rejectIfRedisNotReady: true }), points);
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }
}

function connect(url: string): Redis {
  const logger = new Logger('Redis');
  const redis = new Redis(url, {
    // A request never waits for Redis to come back: the local count takes over at once.
    enableOfflineQueue: false,
    commandTimeout: REDIS_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, MAX_RECONNECT_MS),
  });
  let lost = false;
  redis.on('error', (error: Error) => {
    if (!lost) logger.warn(`Redis does not answer, throttles count on this node alone: ${error.message}`);
    lost = true;
  });
  redis.on('ready', () => {
    if (lost) logger.log('Redis is back');
    lost = false;
  });
  return redis;
}

function toLimiter(library: RateLimiterMemory | RateLimiterRedis, points: number): Limiter {
  const toStanding = (result: RateLimiterRes | null): Standing => {
    const consumed = result?.consumedPoints ?? 0;
    return { allowed: consumed <= points, consumed, secondsLeft: Math.max(1, Math.ceil((result?.msBeforeNext ?? 0) / 1_000)) };
  };
  return {
    async consume(key) {
      try {
        return toStanding(await library.consume(key));
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return toStanding(refusal);
        throw refusal;
      }
    },
    async give(key) {
      await library.reward(key);
    },
    async add(key) {
      return toStanding(await library.penalty(key));
    },
    async peek(key) {
      return toStanding(await library.get(key));
    },
    async clear(key) {
      await library.delete(key);
    },
  };
}
