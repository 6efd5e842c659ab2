// The footprint of a subject at idle: its install, its start, its memory.
import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { isUnread } from '../../scripts/prune-modules.mjs';
import { median } from '../statistics.mjs';

/**
 * Starts the subject `times` times in sequence.
 * @returns median time from the start of the process to its first 200, ms, and its memory at that moment, bytes
 */
export async function measureStart(subject, times) {
  const starts = [];
  for (let i = 0; i < times; i += 1) {
    const server = await subject.start();
    starts.push({ ms: server.readyAfterMs, rss: (await server.usage()).rss });
    await server.stop();
  }
  return { ms: median(starts.map(({ ms }) => ms)), rss: median(starts.map(({ rss }) => rss)) };
}

/**
 * Size of the packages below `folder` that match `selector` (a selector of `npm query`), bytes: of all files, and of those that remain when
 * all files that no server reads are removed.
 */
export async function installedBytes(folder, selector) {
  const { stdout } = await promisify(execFile)('npm', ['query', selector], { cwd: folder, maxBuffer: 1e9 });
  const modules = join(folder, 'node_modules');
  const files = [...new Set(JSON.parse(stdout).map(({ path }) => path))].flatMap(filesOf);
  const bytes = (some) => some.reduce((sum, file) => sum + statSync(file).size, 0);
  return { all: bytes(files), read: bytes(files.filter((file) => !isUnread(relative(modules, file)))) };
}

/** The files of a package, without nested packages, which `npm query` lists separately. */
function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    return entry.isDirectory() && entry.name !== 'node_modules' ? filesOf(path) : [];
  });
}
