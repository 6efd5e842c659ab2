// What running a subject costs before any work: its install, its start, its memory.
import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from './statistics.mjs';

/** Starts it so many times, one after the other. @returns median from the start of the process to its first 200, ms, and its memory then, bytes */
export async function measureStart(subject, times) {
  const starts = [];
  for (let i = 0; i < times; i += 1) {
    const server = await subject.start();
    starts.push({ ms: server.readyAfterMs, rss: (await server.usage()).rss });
    await server.stop();
  }
  return { ms: median(starts.map(({ ms }) => ms)), rss: median(starts.map(({ rss }) => rss)) };
}

/** Bytes of the packages below `folder` that `selector` finds (the selectors of `npm query`). */
export async function installedBytes(folder, selector) {
  const { stdout } = await promisify(execFile)('npm', ['query', selector], { cwd: folder, maxBuffer: 1e9 });
  const paths = new Set(JSON.parse(stdout).map(({ path }) => path));
  return [...paths].reduce((sum, path) => sum + bytesOf(path), 0);
}

/** Without nested packages, which are found by themselves. */
function bytesOf(folder) {
  let sum = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) sum += statSync(path).size;
    else if (entry.isDirectory() && entry.name !== 'node_modules') sum += bytesOf(path);
  }
  return sum;
}
