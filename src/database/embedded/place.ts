import { createHash, randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { createOnce } from './files.js';
import { EXECUTE, type ServerUser, reaches, serverUserFor } from './server-user.js';

/** Folder of a server's files, and the operating system user that runs it. */
export interface Place {
  folder: string;
  /** Absent if the server runs as the current user. */
  user?: ServerUser;
}

/** Marker in an unreachable folder that names its data elsewhere, so that deleting the folder still means a fresh start. */
const ELSEWHERE_FILE = 'postgres-elsewhere';

/** Creates the folder for the server, at `dataDir` or, if the server's user cannot reach that, in a place that it can reach. */
export function choosePlace(dataDir: string, log: (line: string) => void): Place {
  const wanted = resolve(dataDir);
  if (process.getuid?.() !== 0) {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    checkWritable(wanted);
    return { folder: wanted };
  }
  const anchor = nearestExisting(wanted);
  const data = join(wanted, 'pgdata');
  const user = serverUserFor(existsSync(data) ? data : anchor);
  // Other users cannot enter a temporary folder of root; because it is the data folder itself, the server may open it for traversal.
  if (anchor === wanted && statSync(wanted).uid === 0) chmodSync(wanted, statSync(wanted).mode | 0o011);
  if (reaches(user, anchor, EXECUTE)) {
    makeFolders(wanted, anchor, user);
    return { folder: wanted, user };
  }
  const folder = placeElsewhere(wanted, sharedFolder(user));
  log(`PostgreSQL keeps its data in ${folder}: its account cannot get to ${wanted}`);
  return { folder, user };
}

/** A folder of root that every user can reach, for files that cannot stay in place. */
export function sharedFolder(user: ServerUser): string {
  for (const folder of ['/var/lib/latchkey', join(tmpdir(), 'latchkey-shared')]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      const { uid, mode } = lstatSync(folder);
      // In a temporary folder another user may have created it first.
      if (uid !== 0 || !lstatSync(folder).isDirectory() || (mode & 0o022) !== 0) continue;
      chmodSync(folder, 0o755);
      if (reaches(user, folder, EXECUTE)) return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and no folder was found that another account reaches: start as another user or set DATABASE_URL',
  );
}

/** Gives files that root created there to the folder's owner, so that a later start without root works. */
export function giveToOwner(path: string, { folder, user }: Place): void {
  if (user !== undefined && statSync(folder).uid === user.uid) chownSync(path, user.uid, user.gid);
}

function placeElsewhere(wanted: string, shared: string): string {
  mkdirSync(wanted, { recursive: true });
  const marker = join(wanted, ELSEWHERE_FILE);
  createOnce(marker, randomUUID());
  // The path is part of the key, because copying a project also copies its marker.
  const key = createHash('sha256')
    .update(`${realpathSync(wanted)}\0${readFileSync(marker, 'utf8')}`)
    .digest('hex')
    .slice(0, 16);
  const folder = join(shared, `data-${key}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  chmodSync(folder, 0o755);
  return folder;
}

/** Creates `folder` below `anchor`, open for traversal regardless of the umask, and with the owner of `anchor`. */
function makeFolders(folder: string, anchor: string, user: ServerUser): void {
  if (folder === anchor) return;
  makeFolders(dirname(folder), anchor, user);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  if (statSync(anchor).uid === user.uid) chownSync(folder, user.uid, user.gid);
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

function checkWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new EmbeddedPostgresError(`${folder} belongs to another user: start as that user, delete it, or set DATABASE_URL`, {
      cause: error,
    });
  }
}
