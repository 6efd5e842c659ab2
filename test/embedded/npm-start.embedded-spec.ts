import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../../src/database/embedded/processes.js';
import type { ServerState } from '../../src/database/embedded/server-state.js';
import { poll } from '../support/poll.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The first start builds the server and makes the database, ms. */
const HANGING_MS = 240_000;

describe('npm start', () => {
  let dataDir: string;
  let npm: ChildProcess | undefined;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'npm-start-'));
    // For the account of the embedded PostgreSQL.
    chmodSync(dataDir, 0o755);
  });
  afterEach(() => {
    if (npm !== undefined && isGroupRunning(npm)) process.kill(-Number(npm.pid), 'SIGKILL');
    const server = databaseServer();
    if (server !== undefined && isRunning(server)) process.kill(server.pid, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20 });
  });

  function start(): { npm: ChildProcess; said: () => string } {
    const env = {
      ...process.env,
      NODE_ENV: 'development',
      DATA_DIR: dataDir,
      PORT: '0',
      PUBLIC_URL: 'http://localhost:3000',
      DATABASE_URL: '',
    };
    // In a process group of its own, in which everything is found that it starts.
    const child = spawn('npm', ['start', '--silent'], { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    npm = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    return { npm: child, said: () => said };
  }

  function databaseServer(): ServerState | undefined {
    const path = join(dataDir, 'server.json');
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ServerState) : undefined;
  }

  /** Waits for something that `npm start` does, unless it ends before. */
  function reaches<T>(what: string, child: ChildProcess, said: () => string, ask: () => T | undefined): Promise<T> {
    return poll(
      what,
      () => {
        if (child.exitCode !== null) throw new Error(`npm start has ended: ${said()}`);
        return ask();
      },
      HANGING_MS,
    );
  }

  /** Sends SIGTERM as a supervisor does: to npm alone. Expects everything to end. */
  async function expectStop(child: ChildProcess, said: () => string): Promise<void> {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    await poll('the processes of npm to end', () => (isGroupRunning(child) ? undefined : true));
    const server = databaseServer();
    expect([server?.pid, server !== undefined && isRunning(server)]).toEqual([server?.pid, false]);
    expect(said()).not.toMatch(/error|Latchkey stopped/i);
  }

  it('stops the server and its PostgreSQL at SIGTERM', async () => {
    const { npm: child, said } = start();
    await reaches('the server to run', child, said, () => (said().includes('Latchkey is running') ? true : undefined));
    expect(isRunning(databaseServer()!)).toBe(true);
    await expectStop(child, said);
  });

  it('leaves no PostgreSQL behind when SIGTERM comes before the server runs', async () => {
    const { npm: child, said } = start();
    await reaches('the database to run', child, said, databaseServer);
    await expectStop(child, said);
    expect(said()).not.toContain('Latchkey is running');
  });
});

function isGroupRunning({ pid }: ChildProcess): boolean {
  try {
    process.kill(-Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}
