import { Logger, runMigrations } from 'graphile-worker';

/** Brings graphile-worker's own schema up to date; goes to `migrate()` as one of the schemas of libraries. */
export async function migrateJobQueue(url: string): Promise<void> {
  await runMigrations({ connectionString: url, maxPoolSize: 2, logger: new Logger(() => () => {}) });
}
