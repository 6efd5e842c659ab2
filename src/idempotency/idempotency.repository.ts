import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { DatabaseService } from '../database/database.service.js';
import { type DeletedBatch, IN_ORDER_OF_INDEX, deleteBatchSql } from '../database/old-rows.js';
import { IdempotencyKey } from './idempotency-key.entity.js';

/** Lease of a claim, seconds: longer than any request takes. After it, another attempt may take over the key of a crashed server. */
const LEASE_SECONDS = 60;

/** How long an answer is stored and repeated, hours. */
const KEEP_HOURS = 24;

/** A request with a key, to be claimed. */
export interface KeyedRequest {
  /** SHA-256 of the route, the caller and the key. */
  id: Buffer;
  /** Id of this attempt. */
  claim: string;
  userId: string | null;
  /** Id of the root secret that made `mac`. */
  secretId: string;
  mac: Buffer;
}

/** A stored answer. */
export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  /** JSON; null for an answer without a body. */
  body: string | null;
}

/** The stored state of an earlier attempt. */
export interface EarlierTry {
  secretId: string;
  mac: Buffer;
  /** Null while the attempt is running. */
  answer: StoredAnswer | null;
}

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: DatabaseService) {}

  /**
   * Claims the key for this attempt in one statement. This succeeds if the key is free, its answer has expired, or the lease of its
   * unfinished attempt has ended.
   */
  async claim({ id, claim, userId, secretId, mac }: KeyedRequest): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO idempotency_keys AS k (id, claim, user_id, secret_id, request_mac, leased_until, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => ${LEASE_SECONDS}), now() + make_interval(hours => ${KEEP_HOURS}))
       ON CONFLICT (id) DO UPDATE
         SET claim = excluded.claim, user_id = excluded.user_id, secret_id = excluded.secret_id, request_mac = excluded.request_mac,
             leased_until = excluded.leased_until, expires_at = excluded.expires_at, status = NULL, headers = NULL, body = NULL
         WHERE k.expires_at <= now() OR (k.status IS NULL AND k.leased_until <= now())
       RETURNING k.id`,
      [id, claim, userId, secretId, mac],
    );
    return rows.length > 0;
  }

  async find(id: Buffer): Promise<EarlierTry | null> {
    const row = await this.keys.findOneBy({ id });
    if (row === null) return null;
    const { secretId, mac, status, headers, body } = row;
    return { secretId, mac, answer: status === null ? null : { status, headers: headers ?? {}, body } };
  }

  /**
   * Stores the answer; joins the caller's transaction.
   * @param ownerId the account with which the answer is deleted, if not the caller's
   * @returns false if another attempt has taken over the key: the caller must then roll back
   */
  async keep({ id, claim }: KeyedRequest, { status, headers, body }: StoredAnswer, ownerId: string | null): Promise<boolean> {
    const { affected } = await this.keys.update({ id, claim }, { status, headers, body, ...(ownerId !== null && { userId: ownerId }) });
    return affected === 1;
  }

  /** Frees the key after a failure, so that the client can repeat the request. */
  async release({ id, claim }: KeyedRequest): Promise<void> {
    await this.keys.delete({ id, claim, status: IsNull() });
  }

  /** Deletes a batch of expired answers, beginning at the time `from`. */
  purgeBatch(from: string): Promise<DeletedBatch> {
    return this.database.transaction(async () => {
      await this.database.query(`SELECT ${IN_ORDER_OF_INDEX}`);
      const [deleted] = await this.database.query<DeletedBatch>(deleteBatchSql('idempotency_keys', 'expires_at', 'now()'), [from]);
      return deleted ?? { rows: 0, last: null };
    });
  }

  private get keys() {
    return this.database.repo(IdempotencyKey);
  }
}
