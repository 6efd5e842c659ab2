import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findBinaryPackage, prepareBinaries } from '../../src/database/embedded/binaries.js';
import { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { isRunning, startOf } from '../../src/database/embedded/processes.js';
import type { ServerState } from '../../src/database/embedded/server-state.js';

const asRoot = process.getuid?.() === 0;

/** Everything made by a test, undone after it: uses of servers, other applications, folders. */
const uses: EmbeddedPostgres[] = [];
const apps: ChildProcess[] = [];
const servers: ServerState[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const app of apps.splice(0)) if (app.exitCode === null && app.signalCode === null) await kill(app);
  for (const use of uses.splice(0)) await use.stop();
  // Only what is still the very process that was started here.
  for (const server of servers.splice(0)) if (isRunning(server)) process.kill(server.pid, 'SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
});

describe('embedded PostgreSQL', () => {
  it('makes a database at the first start and keeps its data over a restart', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir, { durable: true });
    await query(first.url, 'CREATE TABLE notes (body text)');
    await query(first.url, `INSERT INTO notes VALUES ('Žluťoučký kůň')`);
    await first.stop();
    expect(isRunning(lastServer(dataDir))).toBe(false);
    const second = await start(dataDir, { durable: true });
    expect(await query(second.url, 'SELECT upper(body) AS body FROM notes')).toEqual([{ body: 'ŽLUŤOUČKÝ KŮŇ' }]);
    expect(await query(second.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(new URL(second.url).port).toBe(new URL(first.url).port);
  });

  it('listens on the loopback interface only, and for nobody without the password', async () => {
    const { url, dataDir } = await start(newFolder());
    expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const guess = new URL(url);
    guess.password = 'guess';
    await expect(query(guess.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect(statSync(join(dataDir, 'password')).mode & 0o077).toBe(process.platform === 'win32' ? 0o066 : 0);
  });

  it('stops the server with its last use, in whichever order the uses end', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir);
    const second = await start(dataDir);
    expect(second.url).toBe(first.url);
    await first.stop();
    await first.stop();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.stop();
    expect(isRunning(lastServer(dataDir))).toBe(false);
  });

  it('is shared by two applications, and survives the one that started it', async () => {
    const dataDir = newFolder();
    const app = await startApp(dataDir);
    const use = await start(dataDir);
    expect(use.url).toBe(app.url);
    await app.end();
    expect(await query(use.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const server = lastServer(dataDir);
    await use.stop();
    expect(isRunning(server)).toBe(false);
  });

  it('lets two applications make the data at the same time', async () => {
    const dataDir = newFolder();
    const [one, other] = await Promise.all([startApp(dataDir), startApp(dataDir)]);
    expect(one.url).toBe(other.url);
    await one.end();
    expect(await query(other.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await other.end();
    expect(isRunning(lastServer(dataDir))).toBe(false);
  });

  it('takes over the server of an application that was killed, and stops it in the end', async () => {
    const dataDir = newFolder();
    const app = await startApp(dataDir);
    await query(app.url, 'CREATE TABLE notes (body text)');
    const server = lastServer(dataDir);
    await kill(app.process);
    expect(isRunning(server)).toBe(true);
    const use = await start(dataDir);
    expect(lastServer(dataDir).pid).toBe(server.pid);
    expect(await query(use.url, 'SELECT * FROM notes')).toEqual([]);
    await use.stop();
    expect(isRunning(server)).toBe(false);
  });

  it('recovers from a killed server under a live application', async () => {
    const dataDir = newFolder();
    const use = await start(dataDir, { durable: true });
    await query(use.url, 'CREATE TABLE notes (body text)');
    const server = lastServer(dataDir);
    process.kill(server.pid, 'SIGKILL');
    await until(() => !isRunning(server));
    const again = await start(dataDir, { durable: true });
    expect(await query(again.url, 'SELECT * FROM notes')).toEqual([]);
    // At the same port, so that the application's pool finds it too.
    expect(again.url).toBe(use.url);
    await use.stop();
    expect(isRunning(lastServer(dataDir))).toBe(true);
    await again.stop();
    expect(isRunning(lastServer(dataDir))).toBe(false);
  });

  it('is not kept from starting by files that name another, live process', async () => {
    const dataDir = newFolder();
    await (await start(dataDir)).stop();
    const other = idleProcess();
    const { port } = lastServer(dataDir);
    const pgData = join(dataDir, 'pgdata');
    // After a reboot small numbers are given again; here to a process that started at another time than the server.
    writeFileSync(join(dataDir, 'server.json'), JSON.stringify({ pid: other.pid, start: 'earlier', port, durable: false }));
    writeFileSync(join(pgData, 'postmaster.pid'), `${other.pid}\n${pgData}\n1\n${port}\n\n127.0.0.1\n\nready\n`);
    writeFileSync(join(dataDir, 'lock'), JSON.stringify({ pid: other.pid, start: 'earlier', id: 'x' }));
    const use = await start(dataDir);
    expect(await query(use.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(other.exitCode ?? other.signalCode).toBe(null);
  });

  it('starts afresh where a first start was cut off', async () => {
    const dataDir = newFolder();
    mkdirSync(join(dataDir, 'pgdata.new-abc', 'data', 'base'), { recursive: true });
    writeFileSync(join(dataDir, 'lock'), '');
    const use = await start(dataDir);
    expect(await query(use.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('pgdata'))).toEqual(['pgdata']);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('lock.'))).toEqual([]);
  });

  it('takes another port when the former one is in use', async () => {
    const dataDir = newFolder();
    const former = await start(dataDir);
    await former.stop();
    const { createServer } = await import('node:net');
    const squatter = createServer().listen(Number(new URL(former.url).port), '127.0.0.1');
    await once(squatter, 'listening');
    try {
      const use = await start(dataDir);
      expect(new URL(use.url).port).not.toBe(new URL(former.url).port);
      expect(await query(use.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      squatter.close();
    }
  });

  it('says in one line what is wrong with data of another version', async () => {
    const dataDir = newFolder();
    await (await start(dataDir)).stop();
    writeFileSync(join(dataDir, 'pgdata', 'PG_VERSION'), '12\n');
    const error: unknown = await startEmbeddedPostgres({ dataDir }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EmbeddedPostgresError);
    expect((error as Error).message).toMatch(/^.*made by PostgreSQL 12, the installed one is \d+.*$/);
  });

  it.runIf(asRoot)('keeps the data elsewhere when the account of the server cannot get to them', async () => {
    const closed = newFolder();
    chmodSync(closed, 0o700);
    const wanted = join(closed, 'project', '.data', 'postgres');
    const lines: string[] = [];
    const use = await start(wanted, { log: (line) => lines.push(line) });
    folders.push(use.dataDir);
    expect(use.dataDir).not.toBe(wanted);
    expect(lines).toEqual([expect.stringContaining(use.dataDir)]);
    await query(use.url, 'CREATE TABLE notes (body text)');
    await use.stop();
    const again = await start(wanted);
    expect(again.dataDir).toBe(use.dataDir);
    expect(await query(again.url, 'SELECT * FROM notes')).toEqual([]);
    await again.stop();
    // Who deletes the project's data expects an empty database, as its secrets are gone too.
    rmSync(wanted, { recursive: true });
    const afresh = await start(wanted);
    folders.push(afresh.dataDir);
    expect(afresh.dataDir).not.toBe(use.dataDir);
  });

  it.runIf(asRoot)('copies programs that the account of the server cannot get to, and links their libraries', () => {
    const closed = newFolder();
    chmodSync(closed, 0o700);
    const { root, version } = findBinaryPackage();
    // As npm leaves the package when install scripts are not allowed.
    cpSync(root, join(closed, 'package'), { recursive: true, filter: (path) => !/\.so(\.\d+)?$/.test(path) || !isLink(path, root) });
    const copies = newFolder();
    const binaries = prepareBinaries({ root: join(closed, 'package'), version }, { uid: 65_534, gid: 65_534 }, () => copies);
    expect(binaries.postgres.startsWith(copies)).toBe(true);
    expect(readdirSync(join(dirname(dirname(binaries.postgres)), 'lib')).sort()).toEqual(readdirSync(join(root, 'native', 'lib')).sort());
    expect(prepareBinaries({ root: join(closed, 'package'), version }, { uid: 65_534, gid: 65_534 }, () => copies)).toEqual(binaries);
    expect(readdirSync(copies)).toHaveLength(1);
  });
});

async function start(dataDir: string, options: { durable?: boolean; log?: (line: string) => void } = {}): Promise<EmbeddedPostgres> {
  const use = await startEmbeddedPostgres({ dataDir, durable: false, ...options });
  uses.push(use);
  servers.push(lastServer(use.dataDir));
  return use;
}

/** Another application with the same data. `end()` lets it stop in order. */
async function startApp(dataDir: string): Promise<{ url: string; process: ChildProcess; end(): Promise<void> }> {
  const app = spawn(process.execPath, ['--enable-source-maps', join(compiled, 'app.mjs'), dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  apps.push(app);
  const [line] = (await once(app.stdout, 'data')) as [Buffer];
  servers.push(lastServer(dataDir));
  return {
    url: line.toString().trim(),
    process: app,
    end: async () => {
      app.stdin.end();
      expect(await once(app, 'exit')).toEqual([0, null]);
    },
  };
}

/** The subject as plain JavaScript, for the other applications: Node 20 runs no TypeScript. */
let compiled: string;

beforeAll(() => {
  const sources = fileURLToPath(new URL('../../src/database/embedded', import.meta.url));
  // Inside the project, so that its packages are found.
  compiled = mkdtempSync(fileURLToPath(new URL('../../node_modules/.embedded-postgres-', import.meta.url)));
  for (const name of readdirSync(sources)) {
    const { outputText } = ts.transpileModule(readFileSync(join(sources, name), 'utf8'), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    writeFileSync(join(compiled, name.replace(/\.ts$/, '.js')), outputText);
  }
  writeFileSync(join(compiled, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(compiled, 'app.mjs'),
    `import { startEmbeddedPostgres } from './embedded-postgres.js';
     const use = await startEmbeddedPostgres({ dataDir: process.argv[2], durable: false });
     process.stdin.resume().on('end', () => use.stop());
     console.log(use.url);`,
  );
});

afterAll(() => rmSync(compiled, { recursive: true, force: true }));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

function lastServer(dataDir: string): ServerState {
  return JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8')) as ServerState;
}

function idleProcess(): ChildProcess {
  const idle = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  apps.push(idle);
  expect(startOf(idle.pid!)).not.toBe(null);
  return idle;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

async function kill(app: ChildProcess): Promise<void> {
  const gone = once(app, 'exit');
  app.kill('SIGKILL');
  await gone;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('It did not happen in time');
    await sleep(10);
  }
}

function isLink(path: string, root: string): boolean {
  const links = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  return links.some(({ target }) => path === join(root, target));
}
