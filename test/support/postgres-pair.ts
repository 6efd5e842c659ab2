import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type Binaries, findBinaryPackage, prepareBinaries } from '../../src/database/embedded/binaries.js';
import { programEnvironment, runProgram } from '../../src/database/embedded/cluster.js';
import { type Place, choosePlace, giveToOwner, sharedFolder } from '../../src/database/embedded/place.js';
import { poll } from './poll.js';

const USER = 'latchkey';

/** One PostgreSQL server of a pair. */
export class PostgresServer {
  private process: ChildProcess | undefined;

  constructor(
    readonly port: number,
    readonly data: string,
    private readonly place: Place,
    private readonly binaries: Binaries,
  ) {}

  /** URL of the database `name`. */
  url(name = 'postgres'): string {
    return `postgres://${USER}@127.0.0.1:${this.port}/${name}`;
  }

  /** Starts the server and waits until it answers. */
  async start(): Promise<void> {
    const settings = {
      port: this.port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      wal_level: 'replica',
      shared_preload_libraries: 'pg_stat_statements',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.process = spawn(this.binaries.postgres, ['-D', this.data, ...args], {
      ...this.place.user,
      cwd: this.place.folder,
      env: programEnvironment(),
      stdio: 'ignore',
    });
    await poll('PostgreSQL to answer', () => this.ask('SELECT 1').catch(() => undefined));
  }

  /** Ends the server at once, as a crash does. */
  async kill(): Promise<void> {
    if (this.process === undefined || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, 'exit');
    // At once, but without leaving shared memory behind.
    this.process.kill('SIGQUIT');
    await exit;
  }

  /** Rows of a statement on a connection of its own. */
  async ask<Row extends object>(sql: string, database = 'postgres'): Promise<Row[]> {
    const client = new Client({ connectionString: this.url(database) });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}

/** A primary and a standby that replays its log, made from the programs of the embedded PostgreSQL. */
export class PostgresPair {
  private constructor(
    private readonly folder: string,
    readonly primary: PostgresServer,
    readonly standby: PostgresServer,
  ) {}

  static async start(): Promise<PostgresPair> {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-pair-'));
    const place = choosePlace(folder, () => {});
    const binaries = prepareBinaries(findBinaryPackage(), place.user, () =>
      place.user === undefined ? place.folder : sharedFolder(place.user),
    );
    if (place.user !== undefined) chownSync(place.folder, place.user.uid, place.user.gid);
    const server = async (name: string): Promise<PostgresServer> =>
      new PostgresServer(await freePort(), join(place.folder, name), place, binaries);
    const pair = new PostgresPair(place.folder, await server('primary'), await server('standby'));
    const { primary, standby } = pair;
    const options = [
      '--username',
      USER,
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ];
    await runProgram({ place, binaries }, 'initdb', ['--pgdata', primary.data, '--no-sync', ...options]);
    await primary.start();
    await copyData(primary, standby, place);
    await standby.start();
    return pair;
  }

  /** Ends both servers and deletes their data. */
  async stop(): Promise<void> {
    await Promise.all([this.primary.kill(), this.standby.kill()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Makes a standby of a running primary by PostgreSQL's low-level backup, because the embedded package has no pg_basebackup. */
async function copyData(primary: PostgresServer, standby: PostgresServer, place: Place): Promise<void> {
  const client = new Client({ connectionString: primary.url() });
  await client.connect();
  await client.query(`SELECT pg_backup_start('standby', true)`);
  await promisify(execFile)('cp', ['-a', primary.data, standby.data], { ...place.user });
  const { rows } = await client.query<{ label: string }>('SELECT labelfile AS label FROM pg_backup_stop(false)');
  await client.end();
  rmSync(join(standby.data, 'postmaster.pid'), { force: true });
  for (const [name, text] of [
    ['backup_label', rows[0]?.label ?? ''],
    ['standby.signal', ''],
  ] as const) {
    writeFileSync(join(standby.data, name), text);
    giveToOwner(join(standby.data, name), place);
  }
  appendFileSync(join(standby.data, 'postgresql.auto.conf'), `\nprimary_conninfo = 'host=127.0.0.1 port=${primary.port} user=${USER}'\n`);
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
