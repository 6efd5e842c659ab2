import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, DATABASE, connect } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { readJson, replaceFile } from './files.js';
import { type ProcessIdentity, isRunning, startOf } from './processes.js';

/** The last started server, running or not. */
export interface ServerState extends ProcessIdentity {
  port: number;
  durable: boolean;
}

/** How long a live server may take to answer, ms: it may be replaying its log or shutting down. */
const ANSWER_MS = 60_000;
/** The same for a process known only from PostgreSQL's pid file, ms. */
const STRANGER_ANSWER_MS = 2_000;
const POLL_MS = 50;

/** Answers that end the wait: a server with the database, without it yet, or with another password. */
const DEFINITE = new Set(['3D000', '28P01']);

export function stateFile({ place }: Pick<Cluster, 'place'>): string {
  return join(place.folder, 'server.json');
}

/** State of the last server; undefined if it was stopped cleanly. */
export function readServer(cluster: Pick<Cluster, 'place'>): ServerState | undefined {
  return readJson<ServerState>(stateFile(cluster));
}

/** Keeps the port, forgets the process. */
export function forgetServer(cluster: Cluster, { port, durable }: ServerState): void {
  if (!existsSync(cluster.place.folder)) return;
  replaceFile(stateFile(cluster), JSON.stringify({ pid: 0, start: '', port, durable } satisfies ServerState));
}

/**
 * The live server of this cluster, if there is one: left behind by a killed application, or in use by another one. Otherwise removes
 * everything that would prevent a new start.
 */
export async function findServer(cluster: Cluster): Promise<ServerState | null> {
  const state = readServer(cluster);
  if (state !== undefined && isRunning(state)) {
    if (await answers(cluster, state, ANSWER_MS)) return state;
    if (isRunning(state)) throw new EmbeddedPostgresError(`PostgreSQL (process ${state.pid}) is running but does not answer`);
  }
  const postmaster = readPostmaster(cluster);
  const start = postmaster === undefined ? null : startOf(postmaster.pid);
  if (postmaster !== undefined && start !== null) {
    const found: ServerState = { pid: postmaster.pid, start, port: postmaster.port, durable: true };
    // Either somebody removed our state file, or the number now belongs to another process, which would make PostgreSQL refuse to start.
    if (state?.pid !== found.pid && (await answers(cluster, found, STRANGER_ANSWER_MS))) {
      replaceFile(stateFile(cluster), JSON.stringify(found));
      return found;
    }
    rmSync(pidFile(cluster), { force: true });
  }
  return null;
}

/** PostgreSQL's own pid file: process, data folder, start, port, socket folder, address, shared memory, status. */
export function readPostmaster(cluster: Pick<Cluster, 'pgData'>): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(pidFile(cluster), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined; // missing, or on Windows being written
  }
}

async function answers(cluster: Cluster, server: ServerState, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(server) && Date.now() < deadline) {
    try {
      await (await connect(cluster, server.port, DATABASE)).end();
      return true;
    } catch (error) {
      if (DEFINITE.has((error as { code?: string }).code ?? '')) return true;
    }
    await sleep(POLL_MS);
  }
  return false;
}

function pidFile({ pgData }: Pick<Cluster, 'pgData'>): string {
  return join(pgData, 'postmaster.pid');
}
