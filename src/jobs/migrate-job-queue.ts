import { Logger, runMigrations } from 'graphile-worker';
import { Pool } from 'pg';
import { MIGRATION_LOCK_MS } from '../database/migrate.js';
import { connectionTo } from '../database/servers.js';

/**
 * Brings graphile-worker's own schema up to date; passed to `migrate()` as one of the library schemas.
 * @throws PostgreSQL's error if a lock is not free within 0.4 s
 */
export async function migrateJobQueue(url: string): Promise<void> {
  const pool = new Pool({ ...connectionTo(url), max: 2, lock_timeout: MIGRATION_LOCK_MS });
  // Without listeners a connection that breaks would end the process; the statement that needs it reports the failure.
  const ignore = (): void => {};
  pool.on('error', ignore).on('connect', (client) => client.on('error', ignore));
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) });
  } finally {
    await pool.end();
  }
}
