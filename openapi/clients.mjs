// Generates clients of all six documents, compiles them as strictly as TypeScript can, and calls a server with them (after `npm run build`);
// checks that the SDK's generated part is what the generator makes of the committed document.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
// Below this folder, where the compiler and the types are found.
const work = mkdtempSync(join(here, '.clients-'));
// Not below `work`: its operations need the SDK around them, whose own type check covers them.
const sdk = mkdtempSync(join(tmpdir(), 'latchkey-sdk-'));
const run = (tool, ...args) =>
  execFileSync(join(here, 'node_modules', '.bin', tool), args, {
    cwd: here,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SDK_OUTPUT: sdk, CLIENTS_OUTPUT: work },
  });

/** Every file of a folder with its text. */
const readAll = (folder) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .map((file) => [file.slice(folder.length), readFileSync(file, 'utf8')]),
  );

const STRICT = {
  compilerOptions: {
    ...{ strict: true, noUncheckedIndexedAccess: true, noImplicitReturns: true, noFallthroughCasesInSwitch: true, isolatedModules: true },
    ...{ target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], types: [], module: 'nodenext', rootDir: '.', outDir: 'built' },
  },
};

/** Calls that compile only if paths, bodies, answers and error codes have the types they should have. */
const USE_PATHS = `import type { components, paths } from './openapi-typescript.js';
type Login = paths['/v1/auth/login']['post'];
export const body: Login['requestBody']['content']['application/json'] = { identifier: 'ada@example.com', password: 'x' };
export const id = (answer: Login['responses']['200']['content']['application/json']): string => answer.user.id;
// @ts-expect-error -- no such code
export const code: components['schemas']['Problem']['code'] = 'no.such_code';
`;

/** How long the server may take to start with a new database, ms. */
const START_PATIENCE_MS = 120_000;

const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Runs `act` with the origin of a server that has its own database and ends afterwards. */
async function withServer(act) {
  const main = join(here, '..', 'dist', 'main.js');
  if (!existsSync(main)) throw new Error('There is no dist/main.js: run `npm run build` first.');
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-clients-'));
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  // Settings of the shell stay outside: its database is not for this. So does a file `.env`, which the server reads in its folder.
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, NODE_ENV: 'test', HOST: '127.0.0.1', PORT: String(port), DATA_DIR: join(folder, 'data'), RATE_LIMIT: 'off' };
  const settings = { ...env, CONTRACTS: 'all', CONTRACTS_OPEN: 'true', CONTRACT_LINKS: 'user-spec=https://app.example/reset?token=' };
  const server = spawn(process.execPath, [main], { cwd: folder, env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const ended = once(server, 'exit');
  try {
    const deadline = Date.now() + START_PATIENCE_MS;
    while (!(await fetch(`${origin}/health/ready`).then(({ ok }) => ok, () => false))) {
      if (server.exitCode !== null || Date.now() > deadline) throw new Error(`The server did not start:\n${Buffer.concat(said)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await act(origin);
  } finally {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Installs the SDK and the verifier that the server hands out, and loads every entry of them that needs no framework. */
async function installFrom(origin) {
  const app = join(work, 'app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{"private":true,"type":"module"}');
  const urls = ['client', 'verifier'].map((name) => `${origin}/sdk/${name}.tgz`);
  // npm is told to be silent where it runs this script; what it has to say about a failure is wanted all the same.
  const options = ['--no-audit', '--no-fund', '--no-progress', '--prefer-offline', '--fetch-retries=5', '--loglevel=error'];
  execFileSync('npm', ['install', ...options, ...urls], { cwd: app, stdio: ['ignore', 'pipe', 'inherit'] });
  const names = ['client', 'client/operations', 'verifier', 'verifier/node', 'verifier/fetch'];
  const script = names.map((name) => `await import('@latchkey/${name}');`).join('\n');
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: app, stdio: ['ignore', 'pipe', 'inherit'] });
}

try {
  run('openapi-typescript', 'latchkey.json', '--default-non-nullable', 'false', '--output', join(work, 'openapi-typescript.d.ts'));
  run('openapi-ts', '-f', 'openapi-ts.config.mjs');
  execFileSync(process.execPath, ['operations.mjs'], { cwd: here, stdio: 'inherit', env: { ...process.env, SDK_OUTPUT: sdk } });
  run('openapi-ts', '-f', 'clients.config.mjs');
  writeFileSync(join(work, 'package.json'), '{"type":"module"}');
  copyFileSync(join(here, 'calls.ts'), join(work, 'calls.ts'));
  writeFileSync(join(work, 'use-paths.ts'), USE_PATHS);
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(STRICT));
  run('tsc', '-p', work);
  const made = readAll(sdk);
  const committed = readAll(join(here, '..', 'packages', 'client', 'src', 'generated'));
  const differing = [...new Set([...Object.keys(made), ...Object.keys(committed)])].filter((name) => made[name] !== committed[name]);
  if (differing.length > 0) throw new Error(`packages/client/src/generated is out of date (npm --prefix openapi run generate): ${differing.join(', ')}`);
  const { callAll } = await import(join(work, 'built', 'calls.js'));
  await withServer(async (origin) => {
    await callAll(origin, new Blob([PICTURE], { type: 'image/png' }));
    await installFrom(origin);
  });
  console.log('Generated clients of all documents compile and work, and the SDK is up to date and can be installed from the server.');
} catch (error) {
  console.error(error.stdout?.toString() || error.message);
  process.exitCode = 1;
} finally {
  for (const folder of [work, sdk]) rmSync(folder, { recursive: true, force: true });
}
