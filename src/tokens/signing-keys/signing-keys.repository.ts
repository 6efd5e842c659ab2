import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../../database/database.service.js';
import type { KeyAge } from './signing-key-plan.js';
import { SigningKey } from './signing-key.entity.js';

/** A published key with its ages by the database's clock. */
export type StoredKey = Pick<SigningKey, 'id' | 'publicJwk' | 'privateKey'> & KeyAge;

/** A key without its private half, for people. */
export type KeyRecord = Pick<SigningKey, 'id' | 'createdAt' | 'activatedAt' | 'retiredAt'>;

/** Channel on which nodes are told to read the keys again. */
export const SIGNING_KEYS_CHANNEL = 'latchkey_signing_keys';

/** Advisory lock under which keys are made and promoted: of several nodes, one does it. */
const SIGNING_KEYS_LOCK = 'latchkey:signing-keys';

@Injectable()
export class SigningKeysRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Every published key, oldest first. */
  findPublished(): Promise<StoredKey[]> {
    return this.database.query<StoredKey>(
      `SELECT id, public_jwk AS "publicJwk", private_key AS "privateKey",
              extract(epoch FROM clock_timestamp() - created_at)::float8 AS "publishedSeconds",
              extract(epoch FROM clock_timestamp() - activated_at)::float8 AS "activeSeconds"
       FROM signing_keys WHERE retired_at IS NULL ORDER BY created_at, id`,
    );
  }

  /** Every key on record, the newest first. */
  findAll(): Promise<KeyRecord[]> {
    return this.database.query<KeyRecord>(
      `SELECT id, created_at AS "createdAt", activated_at AS "activatedAt", retired_at AS "retiredAt" FROM signing_keys ORDER BY created_at DESC, id`,
    );
  }

  /** Runs `work` while no other node changes the keys. All nodes read them again at commit. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      // Nobody's request waits here, and many nodes may start at once.
      await this.database.query(`SET LOCAL lock_timeout = '5s'`);
      await this.database.query('SELECT pg_advisory_xact_lock(hashtext($1))', [SIGNING_KEYS_LOCK]);
      const result = await work();
      await this.database.query(`SELECT pg_notify($1, '')`, [SIGNING_KEYS_CHANNEL]);
      return result;
    });
  }

  async insert(key: Pick<SigningKey, 'id' | 'publicJwk' | 'privateKey'>): Promise<void> {
    await this.database.repo(SigningKey).insert(key);
  }

  async activate(id: string): Promise<void> {
    await this.database.query('UPDATE signing_keys SET activated_at = clock_timestamp() WHERE id = $1 AND activated_at IS NULL', [id]);
  }

  /** Replaces the ciphertext of a private key. */
  async reseal(id: string, privateKey: string): Promise<void> {
    await this.database.query('UPDATE signing_keys SET private_key = $2 WHERE id = $1 AND retired_at IS NULL', [id, privateKey]);
  }

  /** Withdraws a key and forgets its private half; false when it was not published. */
  async retire(id: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE signing_keys SET retired_at = clock_timestamp(), private_key = '' WHERE id = $1 AND retired_at IS NULL RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }
}
