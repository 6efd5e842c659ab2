import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, replaceFile } from './files.js';
import { type ProcessIdentity, isRunning, ownIdentity } from './processes.js';
import { type Place, giveToOwner } from './place.js';

/**
 * The uses of the server: one file per use, which names the process. Read and written under the folder's lock only. A killed process leaves
 * its files behind; they no longer count once it has ended.
 */
export function takeLease(place: Place): string {
  const folder = leaseFolder(place.folder);
  mkdirSync(folder, { recursive: true });
  giveToOwner(folder, place);
  const lease = join(folder, `${process.pid}-${randomUUID()}.json`);
  replaceFile(lease, JSON.stringify(ownIdentity()));
  return lease;
}

export function endLease(lease: string): void {
  rmSync(lease, { force: true });
}

/** Number of uses; removes those of ended processes. */
export function countLeases(place: Place): number {
  let count = 0;
  for (const name of leaseFiles(place.folder)) {
    const lease = join(leaseFolder(place.folder), name);
    const user = readJson<ProcessIdentity>(lease);
    if (user !== undefined && isRunning(user)) count += 1;
    else endLease(lease);
  }
  return count;
}

function leaseFiles(folder: string): string[] {
  try {
    return readdirSync(leaseFolder(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function leaseFolder(folder: string): string {
  return join(folder, 'leases');
}
