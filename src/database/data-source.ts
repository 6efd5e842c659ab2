import type { DataSourceOptions } from 'typeorm';
import type { Settings } from '../config/settings.js';
import { MIGRATIONS } from './migrations/index.js';

/** TypeORM's options for PostgreSQL. */
type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** How long a request waits for a free connection before it is answered 503, ms. */
const POOL_WAIT_MS = 2_000;

/** Longest statement of a request, ms; migrations and maintenance lift it for themselves. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** TypeORM's options for the configured database, without entities. */
export function dataSourceOptions(settings: Pick<Settings, 'DATABASE_URL' | 'DATABASE_POOL_SIZE'>): PostgresOptions {
  return {
    type: 'postgres',
    url: settings.DATABASE_URL,
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    poolSize: settings.DATABASE_POOL_SIZE,
    connectTimeoutMS: POOL_WAIT_MS,
    applicationName: 'latchkey',
    extra: { statement_timeout: STATEMENT_TIMEOUT_MS, keepAlive: true },
    // Columns and constraints are named in the entities; nothing is derived and nothing synchronised.
    synchronize: false,
    logging: false,
  };
}
