import { Logger } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import { connectionsOf, openRedis } from './redis-servers.js';

/** Maximum wait for an answer of Redis, ms; after that this node counts for itself. */
const ANSWER_MS = 40;

/** Redis does not answer, or not in time. */
export class StoreLostError extends Error {}

/**
 * The Redis in which nodes count together. It may fail at any time: a request notices within 40 ms, and after the first failure no request
 * waits for Redis until it is connected again.
 */
export class SharedStore {
  private readonly logger = new Logger('Redis');
  private readonly redis: Redis | Cluster;
  private lost = false;

  constructor(url: string) {
    this.redis = openRedis(url);
    this.redis.on('error', (error: Error) => this.noteLoss(error.message));
    this.redis.on('ready', () => {
      if (this.lost) this.logger.log('Redis is back');
      this.lost = false;
    });
  }

  /** The connection, for libraries; use it inside `ask` only. */
  get client(): Redis | Cluster {
    return this.redis;
  }

  /**
   * Returns the answer of Redis to `work`.
   * @throws StoreLostError at once if Redis is disconnected, or if it does not answer in time
   */
  async ask<T>(work: (redis: Redis | Cluster) => Promise<T>): Promise<T> {
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
    for (const { status, stream } of connectionsOf(this.redis)) if (status === 'ready') stream.destroy();
  }

  private noteLoss(reason: string): void {
    if (!this.lost) this.logger.warn(`Redis does not answer, throttles count on this node alone: ${reason}`);
    this.lost = true;
  }
}
