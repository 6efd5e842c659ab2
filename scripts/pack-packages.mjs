// Makes the packages that the server hands out at /sdk: builds packages/client and packages/verifier and packs them into dist/packages/.
// `npm publish dist/packages/client.tgz` would publish the same files. The same sources give the same bytes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['client', 'verifier'];
/** What a package says about itself only in this repository. */
const OWN = ['scripts', 'devDependencies'];
/** The condition under which this repository imports sources instead of compiled files. */
const SOURCE = '@latchkey/source';

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** The manifest of a package as it is published: of the server's version. */
function manifestOf(name) {
  const manifest = { ...readJson(root, 'packages', name, 'package.json'), version: readJson(root, 'package.json').version };
  for (const key of OWN) delete manifest[key];
  for (const entry of Object.values(manifest.exports)) delete entry[SOURCE];
  return manifest;
}

/** Runs npm: where npm has started this script, the same one. @returns what it wrote @throws Error unless it succeeds */
async function npm(cwd, ...words) {
  const path = process.env.npm_execpath;
  const [command, ...before] = path?.endsWith('npm-cli.js') ? [process.execPath, path] : ['npm'];
  const child = spawn(command, [...before, ...words], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const written = [];
  child.stdout.on('data', (chunk) => written.push(chunk));
  const [status] = await once(child, 'close');
  const text = Buffer.concat(written).toString();
  if (status !== 0) throw new Error(`npm ${words.join(' ')} failed:\n${text}`);
  return text;
}

async function pack(name, folder) {
  const source = join(root, 'packages', name);
  const stage = mkdtempSync(join(tmpdir(), 'latchkey-pack-'));
  try {
    // Without what is left of sources that are gone.
    rmSync(join(source, 'dist'), { recursive: true, force: true });
    await npm(source, 'run', '--silent', 'build');
    cpSync(join(source, 'dist'), join(stage, 'dist'), { recursive: true });
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifestOf(name), null, 2)}\n`);
    cpSync(join(source, 'README.md'), join(stage, 'README.md'));
    cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
    // The umask of whoever builds is not to change the bytes.
    for (const file of readdirSync(stage, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) chmodSync(join(file.parentPath, file.name), 0o644);
    }
    const [{ filename }] = JSON.parse(await npm(stage, 'pack', '--json', '--ignore-scripts', '--pack-destination', stage));
    mkdirSync(folder, { recursive: true });
    cpSync(join(stage, filename), join(folder, `.${name}.tgz`));
    // At once, so that a server that is starting never reads half a file.
    renameSync(join(folder, `.${name}.tgz`), join(folder, `${name}.tgz`));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** @param folder where `client.tgz` and `verifier.tgz` go */
export async function packPackages(folder) {
  await Promise.all(PACKAGES.map((name) => pack(name, folder)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await packPackages(join(root, 'dist', 'packages'));
