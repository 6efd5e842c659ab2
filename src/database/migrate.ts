import { setTimeout as wait } from 'node:timers/promises';
import { DataSource, type MigrationInterface, MigrationExecutor, type QueryRunner } from 'typeorm';
import type { Settings } from '../config/settings.js';
import { isCrowdedOut } from './database-errors.js';
import { dataSourceOptions } from './data-source.js';
import { connectionTo } from './servers.js';

/** How long a migration waits for its connection, ms; longer than in requests, because no caller waits for an answer. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * How long a migration waits for each of its locks, ms. Requests queue up behind that wait, so it is shorter than their own limit of half a
 * second: they are late, but not refused. A transaction that keeps the lock longer is waited for between the tries, when nobody queues.
 */
export const MIGRATION_LOCK_MS = 400;

/** Advisory lock for changes of the schema: if several nodes start at once, one migrates and the others wait. */
const MIGRATION_LOCK = 'latchkey:migrations';

/** How long a migration may be kept waiting, for its locks or for another node, and how long it rests after a try. */
export interface MigrationPatience {
  /** Milliseconds, over all tries. */
  totalMs: number;
  /** Milliseconds: long enough for the requests that queued up. */
  restMs: number;
}

const PATIENCE: MigrationPatience = { totalMs: 600_000, restMs: 2_000 };

/** How often a node looks whether another one has finished, ms. */
const LOOK_EVERY_MS = 500;

type MigrationSettings = Pick<Settings, 'DATABASE_URL' | 'DATABASE_POOL_SIZE'> & Partial<Pick<Settings, 'DATABASE_DIRECT_URL'>>;

/** What other transactions keep from being migrated; nothing is half done, and a later try goes on from here. */
export class MigrationBlockedError extends Error {}

/**
 * Runs the migrations on a direct connection: a pooler would keep the lock after the connection is closed.
 * @param migrations of all capabilities, oldest first
 * @param alsoMigrate migrate the schemas of libraries in the same database
 * @param note told, a line each, whenever the migration is kept waiting
 * @returns the names of the migrations that were applied
 * @throws MigrationBlockedError after ten minutes in which other transactions kept the locks, or another node migrated
 */
export async function migrate(
  settings: MigrationSettings,
  migrations: readonly (new () => object)[],
  alsoMigrate: (url: string) => Promise<void>,
  note: (line: string) => void = () => {},
  patience = PATIENCE,
): Promise<string[]> {
  const url = settings.DATABASE_DIRECT_URL ?? settings.DATABASE_URL;
  const options = dataSourceOptions({ ...settings, DATABASE_URL: url });
  const source = await new DataSource({
    ...options,
    migrations: [...migrations] as (new () => MigrationInterface)[],
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { Client: connectionTo(url).Client, statement_timeout: 0, lock_timeout: MIGRATION_LOCK_MS },
  }).initialize();
  const lock = source.createQueryRunner();
  const untilMs = performance.now() + patience.totalMs;
  try {
    await takeLock(lock, note, untilMs);
    const pending = (await new MigrationExecutor(source).getPendingMigrations()).map(({ name }) => name);
    for (let tries = 1; ; tries += 1) {
      try {
        await source.runMigrations({ transaction: 'each' });
        await alsoMigrate(String(url));
        return pending;
      } catch (error) {
        if (!isCrowdedOut(error)) throw error;
        const [next] = await new MigrationExecutor(source).getPendingMigrations();
        const state = `${next?.name ?? 'The job queue'} did not get its lock (try ${tries}); ${await openTransactions(lock)}`;
        if (performance.now() + patience.restMs > untilMs)
          throw new MigrationBlockedError(`${state}. Start it again later.`, { cause: error });
        note(`${state}. It tries again.`);
        await wait(patience.restMs);
      }
    }
  } finally {
    // Closing the connection releases the lock in any case.
    await lock.release();
    await source.destroy();
  }
}

/**
 * Asks again and again instead of waiting in the database: a statement that waits counts as an open transaction, for which
 * `CREATE INDEX CONCURRENTLY` of the node that migrates would wait, in turn.
 */
async function takeLock(runner: QueryRunner, note: (line: string) => void, untilMs: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const [row] = (await runner.query('SELECT pg_try_advisory_lock(hashtext($1)) AS got', [MIGRATION_LOCK])) as { got: boolean }[];
    if (row?.got === true) return;
    if (performance.now() > untilMs) throw new MigrationBlockedError('Another node has been migrating the database all the time.');
    if (tries === 1) note('Another node migrates the database. Waiting for it.');
    await wait(LOOK_EVERY_MS);
  }
}

/** The transactions that have been open for longest, in words. */
async function openTransactions(runner: QueryRunner): Promise<string> {
  const rows = (await runner.query(
    `SELECT pid, coalesce(nullif(application_name, ''), usename, '') AS name, extract(epoch FROM clock_timestamp() - xact_start)::int AS seconds
     FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
     ORDER BY xact_start LIMIT 3`,
  )) as { pid: number; name: string; seconds: number }[];
  if (rows.length === 0) return 'no transaction is open now';
  return `open transactions: ${rows.map(({ pid, name, seconds }) => `${name} (pid ${pid}) for ${seconds} s`).join(', ')}`;
}
