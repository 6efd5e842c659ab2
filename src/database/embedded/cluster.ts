import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { createOnce } from './files.js';
import { type Place, giveToOwner } from './place.js';

/** The superuser and the name of the database. */
export const ROLE = 'latchkey';
export const DATABASE = 'latchkey';

const PASSWORD_BYTES = 24;
const CONNECT_TIMEOUT_MS = 5_000;
const UNKNOWN_DATABASE = '3D000';
const BAD_PASSWORD = '28P01';

/** PostgreSQL's files and the data needed to serve them. */
export interface Cluster {
  place: Place;
  binaries: Binaries;
  pgData: string;
  password: string;
}

/**
 * Opens the data of `place`, or creates them at the first start. Call it under the folder's lock.
 * @param durable whether new data are flushed to disk before this returns
 */
export async function openCluster(place: Place, binaries: Binaries, durable: boolean): Promise<Cluster> {
  const cluster = { place, binaries, pgData: join(place.folder, 'pgdata'), password: readPassword(place) };
  if (!existsSync(cluster.pgData)) await initialise(cluster, durable);
  const version = readFileSync(join(cluster.pgData, 'PG_VERSION'), 'utf8').trim();
  if (version !== binaries.majorVersion) {
    throw new EmbeddedPostgresError(
      `${cluster.pgData} was made by PostgreSQL ${version}, the installed one is ${binaries.majorVersion}: move it away to start afresh, or set DATABASE_URL`,
    );
  }
  return cluster;
}

/** Connects as the superuser. Success also proves that the server at `port` belongs to this cluster: only that one knows the password. */
export async function connect({ password }: Cluster, port: number, database: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: ROLE,
    password,
    database,
    ssl: false,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => undefined); // the statement that needs a lost connection reports it
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/**
 * Creates the database unless it exists.
 * @throws EmbeddedPostgresError if the server refuses the stored password
 */
export async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  try {
    await (await connect(cluster, port, DATABASE)).end();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === BAD_PASSWORD) {
      throw new EmbeddedPostgresError(
        `${join(cluster.place.folder, 'password')} is not the password of ${cluster.pgData}: put it back, or move both away to start afresh`,
        { cause: error },
      );
    }
    if (code !== UNKNOWN_DATABASE) throw error;
    const client = await connect(cluster, port, 'postgres');
    try {
      await client.query(`CREATE DATABASE ${DATABASE}`);
    } finally {
      await client.end();
    }
  }
}

/** Runs one of PostgreSQL's programs to its end, as the server's user. */
export async function runProgram(
  { place, binaries }: Pick<Cluster, 'place' | 'binaries'>,
  name: 'initdb' | 'pgCtl',
  args: readonly string[],
): Promise<void> {
  try {
    await promisify(execFile)(binaries[name], [...args], {
      ...place.user,
      cwd: place.folder,
      env: programEnvironment(),
      windowsHide: true,
    });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const lines = (stderr ?? '').split('\n').filter((line) => line !== '');
    const reason = lines.find((line) => line.includes('error:') || line.includes('FATAL')) ?? lines.at(-1) ?? message;
    throw new EmbeddedPostgresError(`PostgreSQL's ${name} failed (${reason}): set DATABASE_URL to use another server`, { cause: error });
  }
}

/**
 * Passes none of our environment to the server: PG* variables would redirect it, and it must not see secrets. Windows needs a few variables
 * of its own.
 */
export function programEnvironment(): NodeJS.ProcessEnv | undefined {
  return process.platform === 'win32' ? undefined : { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

/** After a crash at most a folder with a temporary name remains: the data appear complete or not at all. */
async function initialise(cluster: Cluster, durable: boolean): Promise<void> {
  const { place, pgData, password } = cluster;
  for (const name of readdirSync(place.folder)) {
    if (!name.startsWith('pgdata.new-')) continue;
    try {
      rmSync(join(place.folder, name), { recursive: true });
    } catch {
      // The initdb of a killed start may still be writing there; the next start tries again.
    }
  }
  const draft = mkdtempSync(`${pgData}.new-`);
  const data = join(draft, 'data');
  const passwordFile = join(draft, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (place.user !== undefined) for (const path of [draft, data, passwordFile]) chownSync(path, place.user.uid, place.user.gid);
  try {
    // Unicode rules that are the same on every machine, ordered by code point.
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = ['--username', ROLE, '--pwfile', passwordFile, '--auth=scram-sha-256'];
    await runProgram(cluster, 'initdb', ['--pgdata', data, '--no-instructions', ...locale, ...access, ...(durable ? [] : ['--no-sync'])]);
    renameSync(data, pgData);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function readPassword(place: Place): string {
  const file = join(place.folder, 'password');
  if (createOnce(file, randomBytes(PASSWORD_BYTES).toString('base64url'), 0o600)) giveToOwner(file, place);
  return readFileSync(file, 'utf8');
}
