import { DataSource, type MigrationInterface } from 'typeorm';
import type { Settings } from '../config/settings.js';
import { dataSourceOptions } from './data-source.js';

/** Nobody waits for an answer here, so a slow database gets its time, ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Advisory lock under which the schema changes: of several nodes that start at once, one migrates and the others wait. */
const MIGRATION_LOCK = 'latchkey:migrations';

type MigrationSettings = Pick<Settings, 'DATABASE_URL' | 'DATABASE_POOL_SIZE'> & Partial<Pick<Settings, 'DATABASE_DIRECT_URL'>>;

/**
 * Brings the database up to date, past any pooler: it would keep the lock when the connection to it is closed.
 * @param migrations of all capabilities, oldest first
 * @param alsoMigrate schemas of libraries that live in the same database
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
    // Closing the connection gives the lock back, whatever happened.
    await lock.release();
    await source.destroy();
  }
}
