import type { Client } from 'pg';
import type { Settings } from '../../config/settings.js';
import { CAPACITY, type Capacity, tooManyNodes } from '../../database/capacity.js';
import { EXPECTED_INDEXES } from '../../database/expected-indexes.js';
import { clientFor } from '../../database/servers.js';
import { MIGRATIONS } from '../../capabilities.js';
import { lookAtAddresses } from './doctor-addresses.js';
import type { Check } from './doctor-check.js';

/** How long the database may take to answer, ms. */
const ANSWER_MS = 5_000;

/** Oldest supported PostgreSQL, as a `server_version_num`. */
const MIN_VERSION = 150_000;

/** A longer round trip, ms, is slow for a nearby database: every request makes a few of them. */
const SLOW_MS = 20;

/** A larger difference of clocks, s, makes displayed times confusing; tokens use the database's clock. */
const WARN_SECONDS = 2;
/** With a larger difference other systems may refuse tokens, s. */
const FAIL_SECONDS = 60;

/** Checks the database, its schema and its clock; the first check is whether it is reachable. */
export async function lookAtDatabase(settings: Settings): Promise<Check[]> {
  const { DATABASE_URL, DATABASE_DIRECT_URL } = settings;
  if (DATABASE_URL === undefined) {
    const advice = 'set DATABASE_URL to have a database looked at';
    return [{ name: 'database', state: 'ok', finding: 'the embedded one of a development machine', advice }];
  }
  const client = clientFor(DATABASE_DIRECT_URL ?? DATABASE_URL, {
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    application_name: 'latchkey-doctor',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const clock = await lookAtClock(client);
    const migrations = await lookAtMigrations(client);
    const server = await lookAtServer(client);
    const capacity = await lookAtCapacity(client, settings);
    if (migrations.state === 'fail') return [server, ...capacity, clock, migrations];
    return [server, ...capacity, clock, migrations, await lookAtIndexes(client), await lookAtAddresses(client)];
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    return [
      {
        name: 'database',
        state: 'fail',
        finding: `does not answer: ${message || code}`,
        advice: 'check DATABASE_URL, and that the server may be reached from here',
      },
    ];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function lookAtServer(client: Client): Promise<Check> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    await client.query('SELECT 1');
    times.push(performance.now() - start);
  }
  const ms = Math.min(...times);
  const { rows } = await client.query<{ number: number; name: string; standby: boolean }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name, pg_is_in_recovery() AS standby`,
  );
  const { number, name, standby } = rows[0] ?? { number: 0, name: '', standby: false };
  const finding = `PostgreSQL ${name}, ${ms.toFixed(1)} ms away`;
  if (number < MIN_VERSION) return { name: 'database', state: 'fail', finding, advice: 'PostgreSQL 15 or newer is needed' };
  if (standby)
    return { name: 'database', state: 'fail', finding: `${finding}, a standby`, advice: 'DATABASE_URL must lead to the primary' };
  if (ms > SLOW_MS) return { name: 'database', state: 'warn', finding, advice: 'move the server and its database closer together' };
  return { name: 'database', state: 'ok', finding };
}

async function lookAtCapacity(client: Client, settings: Settings): Promise<Check[]> {
  const { rows } = await client.query<Capacity>(CAPACITY);
  return rows
    .flatMap((capacity) => tooManyNodes(capacity, settings))
    .map(({ finding, advice }) => ({ name: 'capacity', state: 'warn', finding, advice }));
}

async function lookAtClock(client: Client): Promise<Check> {
  const sent = Date.now();
  const { rows } = await client.query<{ now: number }>('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now');
  const seconds = Math.abs(Number(rows[0]?.now) - (sent + Date.now()) / 2) / 1_000;
  const finding = `${seconds.toFixed(1)} s apart from the database's`;
  const advice = 'synchronise both machines by NTP';
  if (seconds > FAIL_SECONDS) return { name: 'clock', state: 'fail', finding, advice };
  return seconds > WARN_SECONDS ? { name: 'clock', state: 'warn', finding, advice } : { name: 'clock', state: 'ok', finding };
}

async function lookAtMigrations(client: Client): Promise<Check> {
  const { rows } = await client.query<{ found: boolean }>(`SELECT to_regclass('migrations') IS NOT NULL AS found`);
  const applied =
    rows[0]?.found === true ? (await client.query<{ name: string }>('SELECT name FROM migrations')).rows.map(({ name }) => name) : [];
  const missing = MIGRATIONS.filter(({ name }) => !applied.includes(name));
  const foreign = applied.filter((name) => !MIGRATIONS.some((known) => known.name === name));
  if (missing.length > 0)
    return {
      name: 'migrations',
      state: 'fail',
      finding: `${missing.length} of ${MIGRATIONS.length} are missing`,
      advice: 'latchkey migrate',
    };
  if (foreign.length > 0)
    return { name: 'migrations', state: 'warn', finding: `${foreign.join(', ')}: of a newer version`, advice: 'update this node, too' };
  return { name: 'migrations', state: 'ok', finding: `all ${MIGRATIONS.length} applied` };
}

async function lookAtIndexes(client: Client): Promise<Check> {
  const { rows } = await client.query<{ name: string; valid: boolean }>(
    `SELECT c.relname AS name, i.indisvalid AND i.indisready AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relnamespace = current_schema()::regnamespace`,
  );
  const missing = EXPECTED_INDEXES.filter((name) => !rows.some((row) => row.name === name));
  const broken = rows.filter(({ valid }) => !valid).map(({ name }) => name);
  if (missing.length > 0)
    return {
      name: 'indexes',
      state: 'fail',
      finding: `missing: ${missing.join(', ')}`,
      advice: 'somebody dropped them: make them anew as in src/database/migrations',
    };
  if (broken.length > 0)
    return {
      name: 'indexes',
      state: 'fail',
      finding: `not valid: ${broken.join(', ')}`,
      advice: 'REINDEX INDEX CONCURRENTLY each of them',
    };
  return { name: 'indexes', state: 'ok', finding: `all ${EXPECTED_INDEXES.length} are there` };
}
