// A PostgreSQL of the system's packages, as processes that scripts may kill: made, killed, started again, copied and promoted.
import { spawn } from 'node:child_process';
import { chownSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../free-port.mjs';
import { until } from './stage.mjs';

const PACKAGES = '/usr/lib/postgresql';
const DATABASE_USER = 'latchkey';
/** Longer than anything takes on a busy machine. */
const PATIENCE_SECONDS = 120;

/** Folder of PostgreSQL's programs: those of the newest that is installed, unless PG_PROGRAMS names one. */
function findPrograms() {
  if (process.env.PG_PROGRAMS !== undefined) return process.env.PG_PROGRAMS;
  const versions = existsSync(PACKAGES) ? readdirSync(PACKAGES).map(Number) : [];
  const newest = Math.max(...versions.filter((version) => existsSync(join(PACKAGES, String(version), 'bin', 'initdb'))));
  if (!Number.isFinite(newest))
    throw new Error('Install the package postgresql (Debian), or name the folder of its programs in PG_PROGRAMS');
  return join(PACKAGES, String(newest), 'bin');
}

/** PostgreSQL refuses to run as root: then it runs as the user of its package. */
function findUser() {
  if (process.getuid() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith('postgres:'));
  if (line === undefined) throw new Error('There is no user "postgres" to run PostgreSQL as');
  const [, , uid, gid] = line.split(':').map(Number);
  return { uid, gid };
}

export class Cluster {
  programs = findPrograms();
  user = findUser();
  isRemoved = false;
  /** Programs that are running. */
  running = new Set();

  /**
   * Its processes and its folder go when the stage closes, whatever is under way then.
   * @param folder a folder that does not exist yet
   */
  constructor(stage, folder, port) {
    this.stage = stage;
    this.folder = folder;
    this.port = port;
    stage.onClose(() => this.remove());
  }

  /** Makes and starts a new cluster. */
  static async create(stage, folder) {
    const cluster = new Cluster(stage, folder, await freePort());
    await cluster.own();
    await cluster.program('initdb', ['-D', folder, '-U', DATABASE_USER, '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C.UTF-8']);
    await cluster.configure({ port: cluster.port, listen_addresses: "'127.0.0.1'", unix_socket_directories: "''", max_connections: 120 });
    // Small, so that a crash is replayed quickly. Commits wait for the disk as usual.
    await cluster.configure({ max_wal_senders: 10, shared_buffers: '32MB', restart_after_crash: 'on', checkpoint_timeout: '30s' });
    await cluster.start();
    return cluster;
  }

  get url() {
    return this.urlOf('postgres');
  }

  urlOf(database) {
    return `postgres://${DATABASE_USER}@127.0.0.1:${this.port}/${database}`;
  }

  /** One statement on a connection of its own. @returns its rows */
  async ask(sql, { database = 'postgres', values = [] } = {}) {
    const client = new pg.Client({ connectionString: this.urlOf(database), connectionTimeoutMillis: 1_000, query_timeout: 5_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query(sql, values)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Makes a running streaming replica of this cluster, which follows it through `port`. */
  async replicate(folder, port = this.port) {
    const replica = new Cluster(this.stage, folder, await freePort());
    await replica.own();
    const source = `host=127.0.0.1 port=${port} user=${DATABASE_USER} application_name=replica`;
    await replica.program('pg_basebackup', ['-D', folder, '-d', source, '-R', '-X', 'stream', '-c', 'fast', '--no-sync']);
    await replica.configure({ port: replica.port });
    await replica.start();
    return replica;
  }

  async configure(settings) {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
    await appendFile(join(this.folder, 'postgresql.conf'), lines.join(''));
  }

  /** Starts it and waits until it accepts connections, also after a crash, whose last process may hold its memory for a moment. */
  async start() {
    const args = ['start', '-D', this.folder, '-w', '-t', String(PATIENCE_SECONDS), '-l', join(this.folder, 'log')];
    let failure;
    const begin = () =>
      this.program('pg_ctl', args).then(
        () => true,
        (error) => {
          failure = error;
          if (this.isRemoved) throw error;
        },
      );
    await until('PostgreSQL to start', PATIENCE_SECONDS, begin, 200).catch(() => {
      throw failure;
    });
  }

  /** Kills the postmaster, as a lack of memory does, and waits until all its processes are gone. */
  async kill() {
    const pid = this.postmaster;
    const children = childrenOf(pid);
    process.kill(pid, 'SIGKILL');
    const gone = () => ([pid, ...children].every((each) => !isAlive(each)) ? true : undefined);
    await until('the processes of PostgreSQL to end', PATIENCE_SECONDS, gone);
  }

  async promote() {
    await this.program('pg_ctl', ['promote', '-D', this.folder, '-w', '-t', String(PATIENCE_SECONDS)]);
  }

  async remove() {
    // A start that is under way would outlive the script.
    this.isRemoved = true;
    await Promise.allSettled(this.running);
    if (existsSync(join(this.folder, 'postmaster.pid')))
      await this.launch('pg_ctl', ['stop', '-D', this.folder, '-m', 'immediate']).catch(() => {});
    await rm(this.folder, { recursive: true, force: true });
  }

  get postmaster() {
    return Number(readFileSync(join(this.folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  async own() {
    await mkdir(this.folder, { mode: 0o700 });
    if (this.user.uid !== undefined) chownSync(this.folder, this.user.uid, this.user.gid);
  }

  async program(name, args) {
    if (this.isRemoved) throw new Error(`${name}: the cluster is removed`);
    const running = this.launch(name, args);
    this.running.add(running);
    try {
      await running;
    } finally {
      this.running.delete(running);
    }
  }

  launch(name, args) {
    return new Promise((resolve, reject) => {
      const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', HOME: userInfo().homedir };
      const child = spawn(join(this.programs, name), args, {
        ...this.user,
        cwd: '/',
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
        detached: true,
      });
      let words = '';
      child.stderr.on('data', (bytes) => (words += bytes));
      child.once('error', reject);
      // Not "close": the server that pg_ctl starts keeps the pipe.
      child.once('exit', (code) => {
        child.stderr.destroy();
        if (code === 0) resolve();
        else reject(new Error(`${name} ended with ${code}: ${words.trim()}`));
      });
    });
  }
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

/** A zombie, which only waits for its parent, counts as gone. */
function isAlive(pid) {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
