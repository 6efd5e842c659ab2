import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { DatabaseService } from '../../database/database.service.js';
import type { KeyAge } from './signing-key-plan.js';
import { SigningKey } from './signing-key.entity.js';

/** A published key with its ages by the database's clock. */
export type StoredKey = Pick<SigningKey, 'id' | 'publicJwk' | 'privateKey'> & KeyAge;

/** A key without its private half, for display. */
export type KeyRecord = Pick<SigningKey, 'id' | 'createdAt' | 'activatedAt' | 'retiredAt'>;

/** Channel that tells nodes to read the keys again. */
export const SIGNING_KEYS_CHANNEL = 'latchkey_signing_keys';

/** Advisory lock for creating and promoting keys, so that only one node does it at a time. */
const SIGNING_KEYS_LOCK = 'latchkey:signing-keys';

/** The database's current time, not that of the transaction, which began before it waited for the lock. */
const CLOCK = (): string => 'clock_timestamp()';

@Injectable()
export class SigningKeysRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Every published key, oldest first. */
  findPublished(): Promise<StoredKey[]> {
    return this.keys
      .createQueryBuilder('key')
      .select('key.id', 'id')
      .addSelect('key.publicJwk', 'publicJwk')
      .addSelect('key.privateKey', 'privateKey')
      .addSelect('extract(epoch FROM clock_timestamp() - key.createdAt)::float8', 'publishedSeconds')
      .addSelect('extract(epoch FROM clock_timestamp() - key.activatedAt)::float8', 'activeSeconds')
      .where('key.retiredAt IS NULL')
      .orderBy({ 'key.createdAt': 'ASC', 'key.id': 'ASC' })
      .getRawMany<StoredKey>();
  }

  /** Every stored key, the newest first. */
  findAll(): Promise<KeyRecord[]> {
    return this.keys.find({
      select: { id: true, createdAt: true, activatedAt: true, retiredAt: true },
      order: { createdAt: 'DESC', id: 'ASC' },
    });
  }

  /** Runs `work` while no other node changes the keys. All nodes read them again at commit. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      // No request waits here, and many nodes may start at once.
      await this.database.query(`SET LOCAL lock_timeout = '5s'`);
      await this.database.query('SELECT pg_advisory_xact_lock(hashtext($1))', [SIGNING_KEYS_LOCK]);
      const result = await work();
      await this.database.query(`SELECT pg_notify($1, '')`, [SIGNING_KEYS_CHANNEL]);
      return result;
    });
  }

  async insert(key: Pick<SigningKey, 'id' | 'publicJwk' | 'privateKey'>): Promise<void> {
    await this.keys.insert(key);
  }

  async activate(id: string): Promise<void> {
    await this.keys.update({ id, activatedAt: IsNull() }, { activatedAt: CLOCK });
  }

  /** Replaces the ciphertext of a private key. */
  async reseal(id: string, privateKey: string): Promise<void> {
    await this.keys.update({ id, retiredAt: IsNull() }, { privateKey });
  }

  /** Withdraws a key and deletes its private half; false if it was not published. */
  async retire(id: string): Promise<boolean> {
    const { affected } = await this.keys.update({ id, retiredAt: IsNull() }, { retiredAt: CLOCK, privateKey: '' });
    return affected === 1;
  }

  private get keys() {
    return this.database.repo(SigningKey);
  }
}
