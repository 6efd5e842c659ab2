import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { isForeignKeyViolation, isUniqueViolation } from '../../database/database-errors.js';
import { DatabaseService } from '../../database/database.service.js';
import { ProviderInUseError, ProviderSlugTakenError } from './errors.js';
import { StoredProvider } from './provider.entity.js';

/** The rows of identity providers: a handful. */
@Injectable()
export class ProvidersRepository {
  constructor(private readonly database: DatabaseService) {}

  /** @throws ProviderSlugTakenError, also when two requests race */
  async insert(provider: StoredProvider): Promise<void> {
    try {
      await this.providers.insert(provider);
    } catch (error) {
      throw isUniqueViolation(error, 'uq_providers_slug') ? new ProviderSlugTakenError(error) : error;
    }
  }

  /** All of them, or the enabled ones, in the order in which they were made. */
  findAll({ enabledOnly }: { enabledOnly: boolean }): Promise<StoredProvider[]> {
    return this.providers.find({ where: enabledOnly ? { enabledAt: Not(IsNull()) } : {}, order: { id: 'ASC' } });
  }

  findById(id: string): Promise<StoredProvider | null> {
    return this.providers.findOneBy({ id });
  }

  findBySlug(slug: string): Promise<StoredProvider | null> {
    return this.providers.findOneBy({ slug });
  }

  /** The row, locked against other edits until the caller's transaction ends. */
  lockById(id: string): Promise<StoredProvider | null> {
    return this.providers.findOne({ where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /** Has other starts wait until the caller's transaction ends. Sign-ins read meanwhile. */
  async lockAll(): Promise<void> {
    await this.database.query('LOCK TABLE providers IN SHARE ROW EXCLUSIVE MODE');
  }

  async update(id: string, columns: Partial<Omit<StoredProvider, 'metadata'>>): Promise<void> {
    await this.providers.update({ id }, columns);
  }

  /** Keeps what the provider says of itself, or forgets it; no edit, so the version stays. */
  async setMetadata(id: string, metadata: object | null): Promise<void> {
    await this.database.query(
      `UPDATE providers SET metadata = $2::jsonb, metadata_at = CASE WHEN $2::jsonb IS NOT NULL THEN now() END WHERE id = $1`,
      [id, metadata === null ? null : JSON.stringify(metadata)],
    );
  }

  /** Replaces a secret by the same one, sealed anew; not if it was replaced meanwhile. */
  async reseal(id: string, old: string, sealed: string): Promise<void> {
    await this.database.query('UPDATE providers SET client_secret = $3 WHERE id = $1 AND client_secret = $2', [id, old, sealed]);
  }

  /** @throws ProviderInUseError while accounts have identities at it */
  async delete(id: string): Promise<void> {
    try {
      await this.providers.delete({ id });
    } catch (error) {
      throw isForeignKeyViolation(error, /^fk_identities_provider$/) ? new ProviderInUseError() : error;
    }
  }

  private get providers() {
    return this.database.repo(StoredProvider);
  }
}
