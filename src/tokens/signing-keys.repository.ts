import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../database/database.service.js';
import { SigningKey } from './signing-key.entity.js';

/** Advisory lock under which keys are made and promoted: of several nodes, one does it. */
const SIGNING_KEYS_LOCK = 'latchkey:signing-keys';

@Injectable()
export class SigningKeysRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Every published key, oldest first. */
  findPublished(): Promise<SigningKey[]> {
    return this.keys.createQueryBuilder('key').where('key.retired_at IS NULL').orderBy('key.created_at').addOrderBy('key.id').getMany();
  }

  /** Runs `work` while no other node changes the keys. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      await this.database.query('SELECT pg_advisory_xact_lock(hashtext($1))', [SIGNING_KEYS_LOCK]);
      return work();
    });
  }

  async insert(key: Pick<SigningKey, 'id' | 'publicJwk' | 'privateKey'>): Promise<void> {
    await this.keys.insert(key);
  }

  async activate(id: string): Promise<void> {
    await this.database.query('UPDATE signing_keys SET activated_at = now() WHERE id = $1 AND activated_at IS NULL', [id]);
  }

  private get keys() {
    return this.database.repo(SigningKey);
  }
}
