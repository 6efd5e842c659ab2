import { SETTINGS } from '../../src/capabilities.js';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../src/config/load-settings.js';
import { JobWorker } from '../../src/jobs/job-worker.js';
import { startServer } from '../../src/server.js';
import { createDatabase } from '../support/databases.js';

/** The console as libraries have it. */
const theirs = console;

describe('a server', () => {
  afterEach(() => void vi.restoreAllMocks());

  const settings = (databaseUrl: string, more: Record<string, string> = {}) =>
    loadSettings(SETTINGS, {
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrl,
      APP_SECRET: 'only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz',
      PORT: '0',
      PUBLIC_URL: 'http://localhost:3000',
      LOG_LEVEL: 'silent',
      ...more,
    });

  it('has the console while it runs, and gives it back although a part of it fails to stop', async () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const { trace } = theirs;
    const server = await startServer(settings(await createDatabase()));
    expect(theirs.trace).not.toBe(trace);
    const stop = Reflect.get(JobWorker.prototype, 'stop');
    vi.spyOn(JobWorker.prototype, 'stop').mockImplementation(async function (this: JobWorker) {
      await Reflect.apply(stop, this, []);
      throw new Error('the mail worker is stuck');
    });
    await expect(server.stop()).rejects.toThrow('the mail worker is stuck');
    expect(theirs.trace).toBe(trace);
  });

  it('that cannot start says why, and gives the console back', async () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const { trace } = theirs;
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const started = startServer(settings(await createDatabase(), { PORT: String(port) }));
    await expect(started).rejects.toMatchObject({ code: 'EADDRINUSE' });
    other.close();
    expect(theirs.trace).toBe(trace);
  });
});
