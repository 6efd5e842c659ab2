import type { DataSourceOptions } from 'typeorm';
import type { Settings } from '../config/settings.js';
import { breakWhenSilent } from './silence.js';

/** TypeORM's options for PostgreSQL. */
type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** How long a request waits for a free connection, or for a new one, before it is answered 503, ms. */
const POOL_WAIT_MS = 1_200;

/**
 * How long a statement waits for a lock before the request is answered 503, ms. Together with the wait for a connection it stays
 * below two seconds: nobody is held longer because somebody else is. The shorter one of the two, since only requests that have a
 * connection queue for a lock.
 */
const LOCK_TIMEOUT_MS = 500;

/** Longest statement of a request, ms; migrations and maintenance lift it for themselves. */
const STATEMENT_TIMEOUT_MS = 10_000;

/**
 * A server that sends nothing for this long although it owes an answer is gone, ms; a live one would have cancelled the statement.
 * The operating system would go on waiting for a dead machine for a quarter of an hour.
 */
const SILENCE_MS = STATEMENT_TIMEOUT_MS + 2_000;

/** TypeORM's options for the configured database, without entities. */
export function dataSourceOptions(settings: Pick<Settings, 'DATABASE_URL' | 'DATABASE_POOL_SIZE'>): PostgresOptions {
  return {
    type: 'postgres',
    url: settings.DATABASE_URL,
    migrationsTableName: 'migrations',
    poolSize: settings.DATABASE_POOL_SIZE,
    connectTimeoutMS: POOL_WAIT_MS,
    applicationName: 'latchkey',
    extra: {
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      keepAlive: true,
      onConnect: (client: object) => breakWhenSilent(client, SILENCE_MS),
    },
    // Columns and constraints are named in the entities; nothing is derived and nothing synchronised.
    synchronize: false,
    logging: false,
  };
}
