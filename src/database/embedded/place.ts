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

/** Where a server keeps its files, and as whom it runs. */
export interface Place {
  folder: string;
  /** Absent when the server runs as ourselves. */
  user?: ServerUser;
}

/** Tells in an unreachable folder which data elsewhere are its own: who deletes the folder starts afresh. */
const ELSEWHERE_FILE = 'postgres-elsewhere';

/** Makes the folder for the server, at `dataDir` or, where the server's account cannot get there, at a place that it reaches. */
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
  // A temporary folder of root's is closed to others; being the data folder itself, it may be opened for passing through.
  if (anchor === wanted && statSync(wanted).uid === 0) chmodSync(wanted, statSync(wanted).mode | 0o011);
  if (reaches(user, anchor, EXECUTE)) {
    makeFolders(wanted, anchor, user);
    return { folder: wanted, user };
  }
  const folder = placeElsewhere(wanted, sharedFolder(user));
  log(`PostgreSQL keeps its data in ${folder}: its account cannot get to ${wanted}`);
  return { folder, user };
}

/** A folder of root's that every account reaches, for what cannot stay where it is. */
export function sharedFolder(user: ServerUser): string {
  for (const folder of ['/var/lib/latchkey', join(tmpdir(), 'latchkey-shared')]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      const { uid, mode } = lstatSync(folder);
      // In a temporary folder somebody else may have been there first.
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

/** Lets the folder's owner have what root made there, so that starting without root works later. */
export function giveToOwner(path: string, { folder, user }: Place): void {
  if (user !== undefined && statSync(folder).uid === user.uid) chownSync(path, user.uid, user.gid);
}

function placeElsewhere(wanted: string, shared: string): string {
  mkdirSync(wanted, { recursive: true });
  const marker = join(wanted, ELSEWHERE_FILE);
  createOnce(marker, randomUUID());
  // The path is part of the key, because a copied project takes its marker along.
  const key = createHash('sha256')
    .update(`${realpathSync(wanted)}\0${readFileSync(marker, 'utf8')}`)
    .digest('hex')
    .slice(0, 16);
  const folder = join(shared, `data-${key}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  chmodSync(folder, 0o755);
  return folder;
}

/** Creates `folder` below `anchor`, open for passing through whatever the umask, and owned like `anchor`. */
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
