import type { DataSourceOptions } from 'typeorm';
import type { Settings } from '../config/settings.js';
import { connectionTo } from './servers.js';
import { breakWhenSilent } from './silence.js';

/** TypeORM's options for PostgreSQL. */
type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** How long a request waits for a free or new connection before the answer is 503, ms. */
export const POOL_WAIT_MS = 1_200;

/**
 * How long a statement waits for a lock before the answer is 503, ms. Together with the wait for a connection it stays below two seconds,
 * so that one blocked request does not block others for longer. It is the shorter of the two waits, because only requests that have a
 * connection wait for locks.
 */
const LOCK_TIMEOUT_MS = 500;

/** Longest statement of a request, ms; migrations and maintenance disable it for themselves. */
const STATEMENT_TIMEOUT_MS = 10_000;

/**
 * A server that does not answer for this long is considered dead, ms; a live one would have cancelled the statement. The operating system
 * would wait for a dead machine for a quarter of an hour.
 */
const SILENCE_MS = STATEMENT_TIMEOUT_MS + 2_000;

/** TypeORM's options for the configured database, without entities. */
export function dataSourceOptions(settings: Pick<Settings, 'DATABASE_URL' | 'DATABASE_POOL_SIZE'>): PostgresOptions {
  const { connectionString, Client } = connectionTo(settings.DATABASE_URL);
  return {
    type: 'postgres',
    url: connectionString,
    migrationsTableName: 'migrations',
    poolSize: settings.DATABASE_POOL_SIZE,
    connectTimeoutMS: POOL_WAIT_MS,
    applicationName: 'latchkey',
    extra: {
      Client,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      keepAlive: true,
      onConnect: (client: object) => breakWhenSilent(client, SILENCE_MS),
    },
    // The entities name columns and constraints; TypeORM derives no names and synchronises no schema.
    synchronize: false,
    logging: false,
  };
}
