// Implements `npm start`: compiles if the sources have changed since the last build, then runs the server in this process. Plain JavaScript
// without dependencies, because it runs before anything is installed or built.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join(root, 'dist', 'main.js');
const stamp = join(root, 'dist', '.sources');
const compiler = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
const bundler = join(root, 'scripts', 'bundle.mjs');
const packer = join(root, 'scripts', 'pack-packages.mjs');
const MIN_NODE = [20, 19];
const PARENT_CHECK_MS = 50;
/** Exit status of a process that a signal stopped, by the convention of shells: 128 + the signal's number. */
const STOPPED = { SIGINT: 130, SIGTERM: 143 };

checkNode();
stopWithParent();
if (!existsSync(join(root, 'node_modules'))) fail('The dependencies are not installed: run `npm ci` first.');
if (existsSync(join(root, 'src'))) await buildIfStale();
if (!existsSync(main)) fail('There is no dist/main.js and nothing to build it from.');
// Imported instead of spawned: a child process would require forwarding signals and exit codes.
await import(pathToFileURL(main).href);

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
    fail(`Node.js ${MIN_NODE.join('.')} or newer is needed, this is ${process.versions.node}.`);
  }
}

/**
 * Ends this process as SIGTERM does when its parent has ended. npm passes a signal on to the shell between, and many shells (dash, ash) die
 * of it without telling their child. On Windows there are no such signals, and a process keeps its parent's number.
 */
function stopWithParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  watch.unref();
}

async function buildIfStale() {
  // Computed before the build, so that a file saved during the build triggers the next one.
  const sources = fingerprint();
  if (existsSync(main) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  if (!existsSync(compiler)) fail('The server must be built, but the build tools are not installed: run `npm ci` without --omit=dev.');
  console.error('Building (the first time, and when sources have changed; up to a minute) …');
  for (const script of [[compiler, 'build'], [bundler], [packer]]) {
    const status = await build(script);
    if (status !== 0) process.exit(status);
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, sources);
}

/** Runs a step of the build; when this process is told to stop meanwhile, the step stops with it. @returns the exit status */
async function build(script) {
  const child = spawn(process.execPath, script, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  let stopped;
  const stop = (signal) => {
    stopped = STOPPED[signal];
    child.kill('SIGKILL');
  };
  for (const signal of Object.keys(STOPPED)) process.on(signal, stop);
  const [status] = await once(child, 'exit');
  for (const signal of Object.keys(STOPPED)) process.off(signal, stop);
  return stopped ?? status ?? 1;
}

/** Names, sizes and times of everything that goes into the build. Compared as a whole, so that deleted and restored files count, too. */
function fingerprint() {
  const hash = createHash('sha256');
  const folders = ['src', ...['client', 'verifier'].map((name) => join('packages', name, 'src'))];
  const inputs = [
    'package-lock.json',
    'tsconfig.json',
    'nest-cli.json',
    join('scripts', 'bundle.mjs'),
    ...['client', 'verifier'].map((name) => join('packages', name, 'package.json')),
    ...folders.flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name))),
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
