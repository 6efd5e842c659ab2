import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { newId } from '../common/ids.js';
import { Secrets } from '../config/secrets.js';
import { DatabaseService } from '../database/database.service.js';
import { deleteInBatches } from '../database/old-rows.js';
import type { ConcludeRoute } from './conclude.js';
import { IdempotencyKeyReusedError, RequestInProgressError } from './errors.js';
import { IdempotencyRepository, type KeyedRequest, type StoredAnswer } from './idempotency.repository.js';

const PURPOSE = 'idempotency';

const PURGE_EVERY_MS = 10 * 60_000;

/** What tells a request from others. */
export interface RequestIdentity {
  /** Method and path of the route; the same key elsewhere is another one. */
  route: string;
  /** Whose request it is; null for somebody not signed in. */
  userId: string | null;
  /** The `Idempotency-Key`. */
  key: string;
  /** Everything that the answer depends on, written out. */
  content: string;
}

/** Does requests with an `Idempotency-Key` once, and gives the answer again when they are repeated. */
@Injectable()
export class IdempotencyService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Idempotency');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly database: DatabaseService,
    private readonly secrets: Secrets,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      // A run may take longer than the time until the next one.
      this.working ??= this.purge().finally(() => (this.working = undefined));
    }, PURGE_EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await this.working;
  }

  /**
   * The answer to an earlier request with the same key, or else does `work` and stores its answer: in one transaction with the act
   * that `work` concludes with, or afterwards if it does not say what that is. A failure gives the key back.
   * @param toAnswer what is stored of a body, and the account that goes with it if it is not the caller's
   * @returns the result, or the stored answer
   * @throws IdempotencyKeyReusedError, RequestInProgressError, and whatever `work` throws
   */
  async once<T>(
    identity: RequestIdentity,
    work: (conclude: ConcludeRoute) => Promise<T>,
    toAnswer: (body: unknown) => { answer: StoredAnswer; ownerId: string | null },
  ): Promise<{ result: T } | { stored: StoredAnswer }> {
    const request = this.keyed(identity);
    if (!(await this.keys.claim(request))) return { stored: await this.answerTo(request, identity) };
    let concluded = false;
    const conclude: ConcludeRoute = async (act, toBody) => {
      const result = await this.database.transaction(async () => {
        const done = await act();
        const { answer, ownerId } = toAnswer(toBody?.(done));
        if (!(await this.keys.keep(request, answer, ownerId))) throw new RequestInProgressError();
        return done;
      });
      concluded = true;
      return result;
    };
    try {
      const result = await work(conclude);
      if (!concluded)
        await conclude(
          async () => result,
          (body) => body,
        );
      return { result };
    } catch (error) {
      // Where the database is away the claim runs out by itself.
      await this.keys.release(request).catch(() => {});
      throw error;
    }
  }

  /** Deletes answers past their time, batch by batch. Never fails. */
  async purge(): Promise<void> {
    try {
      await deleteInBatches((from) => this.keys.purgeBatch(from), this.stopping.signal);
    } catch (error) {
      this.logger.warn(`Old idempotency keys could not be deleted: ${(error as Error).message}`);
    }
  }

  private async answerTo({ id }: KeyedRequest, { content }: RequestIdentity): Promise<StoredAnswer> {
    const earlier = await this.keys.find(id);
    // It has failed just now, and given the key back.
    if (earlier === null) throw new RequestInProgressError();
    // Under a secret that is no longer configured nothing can be recognised.
    const same = this.secrets.knows(earlier.secretId) && timingSafeEqual(earlier.mac, this.secrets.mac(PURPOSE, content, earlier.secretId));
    if (!same) throw new IdempotencyKeyReusedError();
    if (earlier.answer === null) throw new RequestInProgressError();
    return earlier.answer;
  }

  private keyed({ route, userId, key, content }: RequestIdentity): KeyedRequest {
    return {
      id: createHash('sha256')
        .update(JSON.stringify([route, userId, key]))
        .digest(),
      claim: newId(),
      userId,
      secretId: this.secrets.currentId,
      mac: this.secrets.mac(PURPOSE, content),
    };
  }
}
