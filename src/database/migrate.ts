import { DataSource, type MigrationInterface } from 'typeorm';
import type { Settings } from '../config/settings.js';
import { dataSourceOptions } from './data-source.js';

/** How long a migration waits for its connection, ms; longer than in requests, because no caller waits for an answer. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Advisory lock for changes of the schema: if several nodes start at once, one migrates and the others wait. */
const MIGRATION_LOCK = 'latchkey:migrations';

type MigrationSettings = Pick<Settings, 'DATABASE_URL' | 'DATABASE_POOL_SIZE'> & Partial<Pick<Settings, 'DATABASE_DIRECT_URL'>>;

/**
 * Runs the migrations on a direct connection: a pooler would keep the lock after the connection is closed.
 * @param migrations of all capabilities, oldest first
 * @param alsoMigrate migrate the schemas of libraries in the same database
 * @returns the names of the migrations that were applied
 */
export async function migrate(
  settings: MigrationSettings,
  migrations: readonly (new () => object)[],
  alsoMigrate: (url: string) => Promise<void>,
): Promise<string[]> {
  const url = settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL;
  const options = dataSourceOptions({ ...settings, DATABASE_URL: url });
  const source = await new DataSource({
    ...options,
    migrations: [...migrations] as (new () => MigrationInterface)[],
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { statement_timeout: 0 },
  }).initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock(hashtext($1))', [MIGRATION_LOCK]);
    const applied = await source.runMigrations({ transaction: 'each' });
    await alsoMigrate(String(url));
    return applied.map(({ name }) => name);
  } finally {
    // Closing the connection releases the lock in any case.
    await lock.release();
    await source.destroy();
  }
}
