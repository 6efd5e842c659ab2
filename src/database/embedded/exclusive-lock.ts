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
 * Runs `work` while no other process, and no other call in this one, runs under the lock file `path`.
 * Whoever was killed while holding the lock does not keep it.
 * @throws EmbeddedPostgresError when a live holder does not let go
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
 * Of several processes that see the same abandoned lock, one may remove it; a late one must not remove what has taken its
 * place. So the right to remove is itself a lock, named after the abandoned one, and the look is repeated under it: the holder
 * is gone and nobody else may remove, so what is then seen stays.
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

/** Id of the ended holder of `path`; undefined when the lock is free or held. */
function abandonedHolder(path: string): string | undefined {
  const holder = readJson<Holder>(path);
  // Power loss can leave the file empty: a lock is never written in place, so nobody is writing it now.
  if (holder === undefined) return existsSync(path) && readJson<Holder>(path) === undefined ? 'damaged' : undefined;
  return isRunning(holder) ? undefined : holder.id;
}
