import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, programEnvironment, runProgram } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { replaceFile } from './files.js';
import { isRunning, startOf } from './processes.js';
import { giveToOwner } from './place.js';
import { type ServerState, forgetServer, readPostmaster, stateFile } from './server-state.js';

/** Maximum time for a start, ms: after a crash PostgreSQL replays its log first. */
const START_MS = 60_000;
/** How long a fast shutdown may take before an immediate one, ms; then how long that may take. */
const FAST_STOP_MS = 15_000;
const IMMEDIATE_STOP_MS = 5_000;
const POLL_MS = 10;
const PORT_TRIES = 5;

/** A failed start that may succeed on another attempt. */
const PORT_TAKEN = /could not bind|could not create any TCP\/IP sockets/;
const OLD_SERVER_ENDING = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

/**
 * Starts the server in a process group of its own, so that Ctrl-C in a terminal does not end it before the application.
 * @param formerPort reused if it is free, so that connected tools find the server after a restart
 */
export async function launchServer(cluster: Cluster, durable: boolean, formerPort?: number): Promise<ServerState> {
  const deadline = Date.now() + START_MS;
  let preferred = formerPort ?? 0;
  for (let tries = 1; ;) {
    const port = await freePort(preferred);
    const failure = await tryLaunch(cluster, durable, port, deadline);
    if (typeof failure !== 'string') return failure;
    if (PORT_TAKEN.test(failure) && tries < PORT_TRIES) {
      preferred = 0;
      tries += 1;
    } else if (OLD_SERVER_ENDING.test(failure) && Date.now() < deadline) {
      await sleep(POLL_MS * 10);
    } else {
      throw new EmbeddedPostgresError(`PostgreSQL did not start: ${lastWords(failure)} (${logFile(cluster)})`);
    }
  }
}

/** Stops the server and waits until it has ended. Closes connections and keeps the data. */
export async function stopServer(cluster: Cluster, server: ServerState): Promise<void> {
  if (isRunning(server)) {
    if (process.platform === 'win32') await runProgram(cluster, 'pgCtl', ['stop', '-D', cluster.pgData, '-m', 'fast', '-w']);
    else signal(server.pid, 'SIGINT');
    if (!(await ends(server, FAST_STOP_MS))) {
      signal(server.pid, 'SIGQUIT');
      if (!(await ends(server, IMMEDIATE_STOP_MS))) throw new EmbeddedPostgresError(`PostgreSQL (process ${server.pid}) does not stop`);
    }
  }
  forgetServer(cluster, server);
}

/** @returns the running server, or the reason from its log why it does not run */
async function tryLaunch(cluster: Cluster, durable: boolean, port: number, deadline: number): Promise<ServerState | string> {
  const log = openLog(cluster);
  const child = spawn(cluster.binaries.postgres, ['-D', cluster.pgData, ...settings(durable, port)], {
    ...cluster.place.user,
    cwd: cluster.place.folder,
    env: programEnvironment(),
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, name) => (ended = `it ended with ${name ?? code}`));
  // At once, so that the next start finds the server if this process is killed now.
  const state: ServerState = { pid: child.pid ?? 0, start: startOf(child.pid ?? 0) ?? '', port, durable };
  if (state.pid !== 0) replaceFile(stateFile(cluster), JSON.stringify(state));
  while (Date.now() < deadline) {
    if (ended !== undefined) return readFileSync(logFile(cluster), 'utf8').trim() || ended;
    const postmaster = readPostmaster(cluster);
    if (postmaster?.pid === child.pid && postmaster?.ready === true) {
      child.unref();
      return state;
    }
    await sleep(POLL_MS);
  }
  child.kill('SIGKILL');
  return `it was not ready after ${START_MS / 1000} s`;
}

function settings(durable: boolean, port: number): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    // The path of a socket would be too long in many project folders, and TCP works anyway.
    unix_socket_directories: '',
    // Test files run in parallel, each with its own pools.
    max_connections: durable ? 100 : 300,
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    // There is no replication; each of these settings saves work or a process.
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    io_method: 'sync',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Logs starts, stops and crashes, but no failed statements: they contain addresses, and the caller gets the error anyway.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    log_autovacuum_min_duration: -1,
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** A free port of 127.0.0.1: `preferred` if possible. Another process may still take it first. */
async function freePort(preferred: number): Promise<number> {
  const port = await new Promise<number | null>((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(null));
    probe.listen(preferred, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : null));
    });
  });
  if (port !== null) return port;
  if (preferred === 0) throw new EmbeddedPostgresError('No TCP port is free on 127.0.0.1');
  return freePort(0);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function ends(server: ServerState, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(server)) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Starts a new log for each start and keeps the previous one, which matters after a crash. */
function openLog(cluster: Cluster): number {
  const file = logFile(cluster);
  rmSync(`${file}.old`, { force: true });
  try {
    renameSync(file, `${file}.old`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const log = openSync(file, 'a', 0o600);
  giveToOwner(file, cluster.place);
  return log;
}

function logFile(cluster: Cluster): string {
  return join(cluster.place.folder, 'postgres.log');
}

function lastWords(log: string): string {
  const lines = log.split('\n');
  return (lines.findLast((line) => line.includes('FATAL')) ?? lines.at(-1) ?? '').replace(/^.*FATAL: */, '');
}
