import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The user that runs the server if the current user is root: PostgreSQL refuses root. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/** Unprivileged users, in the order of preference. */
const UNPRIVILEGED = ['nobody', 'daemon'];

/** Permission bits of a path. */
export const READ = 4;
export const EXECUTE = 1;

/**
 * The user for a server whose files are in or below the existing folder `anchor`: its owner, so that the same data can be used without root
 * later; an unprivileged user if root owns it.
 */
export function serverUserFor(anchor: string): ServerUser {
  const accounts = readAccounts();
  const owner = statSync(anchor).uid;
  const found =
    [...accounts.values()].find(({ uid }) => uid === owner && uid !== 0) ??
    UNPRIVILEGED.map((name) => accounts.get(name)).find((user) => user !== undefined);
  if (found === undefined) {
    throw new EmbeddedPostgresError(
      'PostgreSQL does not run as root, and there is no account "nobody" to run it as: start as another user or set DATABASE_URL',
    );
  }
  return found;
}

/** Whether `user` can reach the existing `path` and has `bits` on it. Checks only modes, not access lists. */
export function reaches(user: ServerUser, path: string, bits: number): boolean {
  let step = realpathSync(path);
  if (!permits(user, step, bits)) return false;
  while (step !== dirname(step)) {
    step = dirname(step);
    if (!permits(user, step, EXECUTE)) return false;
  }
  return true;
}

function permits({ uid, gid }: ServerUser, path: string, bits: number): boolean {
  const file = statSync(path);
  const shift = file.uid === uid ? 6 : file.gid === gid ? 3 : 0;
  return ((file.mode >> shift) & bits) === bits;
}

/** The machine's users by name. Omits negative ids (`nobody` on macOS), because Node.js cannot start a process under them. */
function readAccounts(): Map<string, ServerUser> {
  const accounts = new Map<string, ServerUser>();
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name !== undefined && /^\d+$/.test(uid ?? '') && /^\d+$/.test(gid ?? ''))
      accounts.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}
