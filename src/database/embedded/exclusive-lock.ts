import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { createOnce, readJson } from './files.js';
import { type ProcessIdentity, isRunning, ownIdentity } from './processes.js';

/** Longest wait for the lock, ms: longer than a start with crash recovery or a stop may take. */
const LOCK_WAIT_MS = 120_000;
const POLL_MS = 20;

interface Holder extends ProcessIdentity {
  id: string;
}

/**
 * Runs `work` while no other process, and no other call in this one, runs under the lock file `path`. A process that was killed while
 * holding the lock loses it.
 * @throws EmbeddedPostgresError if a live holder does not release the lock
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + LOCK_WAIT_MS;
  while (!tryLock(path)) {
    const holder = readJson<Holder>(path);
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresError(
        `Process ${holder?.pid} has been starting or stopping the embedded PostgreSQL for over ${LOCK_WAIT_MS / 1000} s (${path})`,
      );
    }
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    unlock(path);
  }
}

function tryLock(path: string): boolean {
  const me: Holder = { ...ownIdentity(), id: randomUUID() };
  if (createOnce(path, JSON.stringify(me))) return true;
  return breakIfAbandoned(path) && createOnce(path, JSON.stringify(me));
}

function unlock(path: string): void {
  rmSync(path, { force: true });
}

/**
 * Removes the lock of a holder that has ended.
 *
 * If several processes see the same abandoned lock, one may remove it; a late process must not remove the new lock in its place. So the
 * right to remove is itself a lock, named after the abandoned one, and the process checks again under it: the holder has ended and no other
 * process may remove the lock, so the result of the check stays valid.
 */
function breakIfAbandoned(path: string): boolean {
  const holder = abandonedHolder(path);
  if (holder === undefined) return false;
  const right = `${path}.broken-${holder}`;
  if (!tryLock(right)) return false;
  try {
    if (abandonedHolder(path) === holder) unlock(path);
    return true;
  } finally {
    unlock(right);
  }
}

/** Id of the ended holder of `path`; undefined if the lock is free or its holder is alive. */
function abandonedHolder(path: string): string | undefined {
  const holder = readJson<Holder>(path);
  // A power loss can leave the file empty. Locks are never written in place, so no process is writing it now.
  if (holder === undefined) return existsSync(path) && readJson<Holder>(path) === undefined ? 'damaged' : undefined;
  return isRunning(holder) ? undefined : holder.id;
}
