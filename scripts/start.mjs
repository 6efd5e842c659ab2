// What `npm start` runs: compiles when the sources have changed since the last time, then becomes the server.
// Plain JavaScript without dependencies, since it must run before anything is installed or built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join(root, 'dist', 'main.js');
const stamp = join(root, 'dist', '.sources');
const compiler = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
const MIN_NODE = [20, 19];

checkNode();
if (!existsSync(join(root, 'node_modules'))) fail('The dependencies are not installed: run `npm ci` first.');
if (existsSync(join(root, 'src'))) buildIfStale();
if (!existsSync(main)) fail('There is no dist/main.js and nothing to build it from.');
// In this process rather than a child: signals and exit codes need no forwarding.
await import(pathToFileURL(main).href);

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
    fail(`Node.js ${MIN_NODE.join('.')} or newer is needed, this is ${process.versions.node}.`);
  }
}

function buildIfStale() {
  // Taken before the build, so that a file saved meanwhile is built the next time.
  const sources = fingerprint();
  if (existsSync(main) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  if (!existsSync(compiler)) fail('The server must be built, but the build tools are not installed: run `npm ci` without --omit=dev.');
  console.error('Building (the first time, and when sources have changed; up to a minute) …');
  const { status } = spawnSync(process.execPath, [compiler, 'build'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, sources);
}

/** Names, sizes and times of all that goes into the build. Compared as a whole, so that deleted and restored files count too. */
function fingerprint() {
  const hash = createHash('sha256');
  const inputs = [
    'package-lock.json',
    'tsconfig.json',
    'nest-cli.json',
    ...readdirSync(join(root, 'src'), { recursive: true }).map((name) => join('src', name)),
  ];
  for (const name of inputs.sort()) {
    const file = statSync(join(root, name), { throwIfNoEntry: false });
    if (file?.isFile()) hash.update(`${name}\0${file.size}\0${file.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function fail(line) {
  console.error(line);
  process.exit(1);
}
