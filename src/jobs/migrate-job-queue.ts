import { Logger, runMigrations } from 'graphile-worker';

/** Brings graphile-worker's own schema up to date; passed to `migrate()` as one of the library schemas. */
export async function migrateJobQueue(url: string): Promise<void> {
  await runMigrations({ connectionString: url, maxPoolSize: 2, logger: new Logger(() => () => {}) });
}
