import { createRequire } from 'node:module';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';

/** Maximum wait for an answer of Redis, ms; after that this node counts for itself. */
const ANSWER_MS = 40;
/** Maximum wait for the handshake of a new connection, ms; no request waits for it. */
const HANDSHAKE_MS = 1_000;
/** Maximum pause between two attempts to reconnect to Redis, ms. */
const MAX_RECONNECT_MS = 2_000;

/** Redis does not answer, or not in time. */
export class StoreLostError extends Error {}

/**
 * The Redis in which nodes count together. It may fail at any time: a request notices within 40 ms, and after the first failure no request
 * waits for Redis until it is connected again.
 */
export class SharedStore {
  private readonly logger = new Logger('Redis');
  private readonly redis: Redis;
  private lost = false;

  constructor(url: string) {
    // Loaded only if Redis is configured.
    const library = createRequire(import.meta.url)('ioredis') as typeof import('ioredis');
    this.redis = new library.Redis(url, {
      // A request never waits for Redis to come back: the local count takes over at once.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: HANDSHAKE_MS,
      connectTimeout: HANDSHAKE_MS,
      retryStrategy: (attempt) => Math.min(attempt * 100, MAX_RECONNECT_MS),
    });
    this.redis.on('error', (error: Error) => this.noteLoss(error.message));
    this.redis.on('ready', () => {
      if (this.lost) this.logger.log('Redis is back');
      this.lost = false;
    });
  }

  /** The connection, for libraries; use it inside `ask` only. */
  get client(): Redis {
    return this.redis;
  }

  /**
   * Returns the answer of Redis to `work`.
   * @throws StoreLostError at once if Redis is disconnected, or if it does not answer in time
   */
  async ask<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.redis.status !== 'ready') throw new StoreLostError('Redis is not connected');
    const answer = work(this.redis);
    return new Promise<T>((resolve, reject) => {
      let settled = false;
      const settle = (): void => {
        settled = true;
        clearTimeout(timer);
      };
      // After the sockets were polled once more: if this process itself was late, the answer has already arrived.
      const timer = setTimeout(
        () =>
          setImmediate(() => {
            if (settled) return;
            this.giveUp();
            reject(new StoreLostError(`Redis did not answer within ${ANSWER_MS} ms`));
          }),
        ANSWER_MS,
      );
      answer.finally(settle).then(resolve, reject);
    });
  }

  /** Closes the connection. */
  close(): void {
    this.redis.disconnect();
  }

  /** Destroys a connection whose answer is overdue, so that the next request does not wait for it as well. */
  private giveUp(): void {
    this.noteLoss(`no answer within ${ANSWER_MS} ms`);
    // Not `disconnect()`, which waits for the other side to close the connection.
    if (this.redis.status === 'ready') this.redis.stream.destroy();
  }

  private noteLoss(reason: string): void {
    if (!this.lost) this.logger.warn(`Redis does not answer, throttles count on this node alone: ${reason}`);
    this.lost = true;
  }
}
