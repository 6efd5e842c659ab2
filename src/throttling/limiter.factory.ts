import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { Settings } from '../config/settings.js';
import type { Limit } from './limits.js';
import { LocalPlaces, type Places, SharedPlaces, definePlaceCommands } from './places.js';
import { SharedStore } from './shared-store.js';
import { type Standing, standingOf } from './standing.js';

/** Counts within a fixed window. */
export interface Limiter {
  /** Counts one; `allowed` is false above the limit. */
  consume(key: string): Promise<Standing>;
  /** Takes back one count. */
  giveBack(key: string): Promise<void>;
}

/** Creates counters: in Redis if it is configured, and in this process while Redis does not answer. */
@Injectable()
export class LimiterFactory implements OnApplicationShutdown {
  /** Whether all rate limits are off (`RATE_LIMIT=off`). */
  readonly isOff: boolean;
  private readonly store: SharedStore | undefined;

  constructor({ RATE_LIMIT: mode, REDIS_URL: url }: Settings) {
    this.isOff = mode === 'off';
    if (url === undefined || this.isOff) return;
    this.store = new SharedStore(url);
    definePlaceCommands(this.store.client);
  }

  /** Counts requests. */
  limiter(name: string, { points, seconds }: Limit): Limiter {
    const options = { keyPrefix: `throttle:${name}:requests`, points, duration: seconds };
    const local = new RateLimiterMemory(options);
    const store = this.store;
    const giveBackHere = async (key: string): Promise<void> => void (await local.reward(key));
    if (store === undefined) return { consume: (key) => consume(local, key, points), giveBack: giveBackHere };
    const shared = new RateLimiterRedis({ ...options, storeClient: store.client });
    return {
      consume: (key) => store.ask(() => consume(shared, key, points)).catch(() => consume(local, key, points)),
      giveBack: async (key) => {
        await store.ask(() => shared.reward(key)).catch(() => giveBackHere(key));
      },
    };
  }

  /** Counts failures and attempts in progress. */
  places(name: string, limit: Limit): Places {
    return this.store === undefined ? new LocalPlaces(limit) : new SharedPlaces(name, limit, this.store);
  }

  onApplicationShutdown(): void {
    this.store?.close();
  }
}

async function consume(library: RateLimiterMemory | RateLimiterRedis, key: string, points: number): Promise<Standing> {
  try {
    const { consumedPoints, msBeforeNext } = await library.consume(key);
    return standingOf(consumedPoints, points, msBeforeNext);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return standingOf(refusal.consumedPoints, points, refusal.msBeforeNext);
    throw refusal;
  }
}
