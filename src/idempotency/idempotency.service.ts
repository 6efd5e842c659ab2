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

/** Identifies a request and its content. */
export interface RequestIdentity {
  /** Method and path of the route; the same key on another route is a different request. */
  route: string;
  /** The caller's account; null for an anonymous caller. */
  userId: string | null;
  /** The `Idempotency-Key`. */
  key: string;
  /** Everything that determines the answer, as text. */
  content: string;
}

/** Runs a request with an `Idempotency-Key` once, and repeats the stored answer for later requests with the same key. */
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
      // Skipped while the previous run is still working.
      this.working ??= this.purge().finally(() => (this.working = undefined));
    }, PURGE_EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await this.working;
  }

  /**
   * Returns the stored answer of an earlier request with the same key. Without one it runs `work` and stores the answer: in the transaction
   * of the act that `work` passes to `conclude`, or afterwards if `work` does not call it. A failure frees the key.
   * @param toAnswer the answer to store for a body, and the account with which it is deleted, if not the caller's
   * @returns the result of `work`, or the stored answer
   * @throws IdempotencyKeyReusedError, RequestInProgressError, and all errors of `work`
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
      // If the database is unreachable, the lease of the claim ends by itself.
      await this.keys.release(request).catch(() => {});
      throw error;
    }
  }

  /** Deletes expired answers in batches. Never fails. */
  async purge(): Promise<void> {
    try {
      await deleteInBatches((from) => this.keys.purgeBatch(from), this.stopping.signal);
    } catch (error) {
      this.logger.warn(`Old idempotency keys could not be deleted: ${(error as Error).message}`);
    }
  }

  private async answerTo({ id }: KeyedRequest, { content }: RequestIdentity): Promise<StoredAnswer> {
    const earlier = await this.keys.find(id);
    // The earlier request failed between the two statements and freed its key.
    if (earlier === null) throw new RequestInProgressError();
    // Without the root secret that made the MAC, the contents cannot be compared.
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
