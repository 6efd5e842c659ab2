// Deletes files from node_modules that no server reads: declarations, source maps, and TypeScript. npm installs TypeScript even without
// devDependencies, because two libraries declare it as an optional peer; they use it only during development.
//
//   npm ci --omit=dev && node scripts/prune-modules.mjs
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const UNREAD = /(?:\.map|\.d\.[cm]?ts)$|^typescript\//;

/** Whether no server reads this file of an installed package. @param path of the file below `node_modules`, with `/` as separator */
export function isUnread(path) {
  return UNREAD.test(path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL('../node_modules', import.meta.url));
  // Refuses a development install, which would hardly work afterwards.
  if (existsSync(join(folder, 'vitest'))) throw new Error('These are not the modules of a server: run `npm ci --omit=dev` first.');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && isUnread(path.slice(folder.length + 1).replaceAll('\\', '/'))) rmSync(path);
  }
}
