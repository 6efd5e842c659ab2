import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { readJson } from './files.js';
import { EXECUTE, READ, type ServerUser, reaches } from './server-user.js';

/** The npm package with the programs for this platform. */
export interface BinaryPackage {
  root: string;
  version: string;
}

/** Programs that the server's operating system user can run. */
export interface Binaries {
  postgres: string;
  initdb: string;
  pgCtl: string;
  /** PostgreSQL cannot open data of another major version. */
  majorVersion: string;
}

/** Sample files for the check whether a user can reach the programs. */
const PROBES = [
  ['share/postgresql/postgres.bki', READ],
  ['lib', READ | EXECUTE],
] as const;

const EXE = process.platform === 'win32' ? '.exe' : '';

/** @throws EmbeddedPostgresError if the optional dependency is not installed */
export function findBinaryPackage(): BinaryPackage {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    // Resolved from the wrapper package, because npm may nest the platform's package below it. This loads no code of either package.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      'No DATABASE_URL, and the embedded PostgreSQL is not installed (it comes with `npm ci`, not with `npm ci --omit=dev`)',
      {
        cause: error,
      },
    );
  }
}

/**
 * The programs, in place if the user can run them there; otherwise from a complete copy below `copiesIn()`, made once.
 * @param user the server's user; undefined for the current user
 */
export function prepareBinaries({ root, version }: BinaryPackage, user: ServerUser | undefined, copiesIn: () => string): Binaries {
  const installed = join(root, 'native');
  const native =
    linkLibraries(installed, root) && usable(installed, user) ? installed : copyBinaries(root, join(copiesIn(), `postgresql-${version}`));
  const program = (name: string): string => join(native, 'bin', name + EXE);
  return { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl'), majorVersion: version.split('.')[0] ?? '' };
}

/**
 * Creates the symbolic links between libraries. npm packages cannot contain links: this package lists them for its install script, which
 * may not have been allowed to run.
 * @returns whether all exist
 */
function linkLibraries(native: string, root: string): boolean {
  const links = readJson<{ source: string; target: string }[]>(join(root, 'native', 'pg-symlinks.json')) ?? [];
  return links.every(({ source, target }) => {
    const link = join(native, relative('native', target));
    try {
      if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(relative(dirname(target), source), link);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EEXIST'; // another start was faster
    }
  });
}

function usable(native: string, user: ServerUser | undefined): boolean {
  const probes = [[join('bin', `postgres${EXE}`), READ | EXECUTE], [join('bin', `initdb${EXE}`), READ | EXECUTE], ...PROBES] as const;
  return probes.every(([path, bits]) => {
    if (user !== undefined) return reaches(user, join(native, path), bits);
    try {
      accessSync(join(native, path), bits === READ ? constants.R_OK : constants.R_OK | constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function copyBinaries(root: string, target: string): string {
  if (existsSync(target)) return target;
  const draft = mkdtempSync(`${target}.`);
  try {
    cpSync(join(root, 'native'), draft, { recursive: true, verbatimSymlinks: true });
    linkLibraries(draft, root);
    openToAll(draft);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Two first starts at once: either copy works.
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** Lets every user read and run the copy, which may come from an installation under a strict umask. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, folder.endsWith('bin') ? 0o755 : 0o644);
  }
}
