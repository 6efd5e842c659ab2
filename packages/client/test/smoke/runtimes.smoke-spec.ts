import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail } from '../../../../test/support/accounts.js';
import { startSdk } from '../support/sdk.js';

/** Versions that npm fetches; none is a dependency. */
const DENO = ['--yes', '--package=deno@2.9.6', 'deno', 'run', '--quiet', '--allow-all'];
const BUN = ['--yes', '--package=bun@1.4.5', 'bun', 'run'];

const TOLD = 'initial signed-in token-refreshed signed-out';
const WALK = fileURLToPath(new URL('walk.mjs', import.meta.url));

describe('the built package', () => {
  let sdk: Awaited<ReturnType<typeof startSdk>>;
  beforeAll(async () => {
    sdk = await startSdk();
  });
  afterAll(() => sdk.app.stop());

  const wish = (): string => JSON.stringify({ url: sdk.url, email: freshEmail('smoke'), password: PASSWORD });

  it.each([
    ['Node.js', process.execPath, []],
    ['Deno', 'npx', DENO],
    ['Bun', 'npx', BUN],
  ])('signs in, refreshes, signs out and ends in %s', async (_name, command, options) => {
    const { stdout } = await promisify(execFile)(command, [...options, WALK, wish()]);
    expect(stdout.trim()).toBe(TOLD);
  });

  it('does so in a worker thread of Node.js', async () => {
    const worker = new Worker(WALK, { argv: [wish()], stdout: true });
    let told = '';
    worker.stdout.on('data', (text) => (told += String(text)));
    expect(await new Promise((resolve) => worker.on('exit', resolve))).toBe(0);
    expect(told.trim()).toBe(TOLD);
  });
});
