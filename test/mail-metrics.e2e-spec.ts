import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobWorker } from '../src/jobs/job-worker.js';
import { register } from './support/accounts.js';
import { createDatabase } from './support/databases.js';
import { type TestApp, startApp } from './support/start-app.js';
import { TcpProxy } from './support/tcp-proxy.js';

describe('metrics of mail', () => {
  let app: TestApp;
  let proxy: TcpProxy;
  beforeAll(async () => {
    const databaseUrl = await createDatabase();
    proxy = await TcpProxy.start(databaseUrl);
    app = await startApp({ DATABASE_URL: proxy.url }, databaseUrl);
    // Nothing leaves.
    await app.nest.get(JobWorker).stop();
  });
  afterAll(async () => {
    await app.stop();
    await proxy.stop();
  });

  /** A number of the page, `undefined` when it is not there. */
  const scrape = async (name: string): Promise<number | undefined> => {
    const { status, text } = await app.get('/metrics');
    expect(status).toBe(200);
    const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text);
    return found === null ? undefined : Number(found[1]);
  };

  it('say how much waits, and for how long', async () => {
    expect([await scrape('mails_waiting'), await scrape('mails_oldest_waiting_seconds')]).toEqual([0, 0]);
    const { email } = await register(app);
    await register(app);
    await app.rows(`UPDATE mails SET created_at = now() - interval '20 minutes' WHERE recipient = $1`, [email]);
    expect(await scrape('mails_waiting')).toBe(2);
    expect(await scrape('mails_oldest_waiting_seconds')).toBeGreaterThanOrEqual(1_200);
    expect(await scrape('mails_oldest_waiting_seconds')).toBeLessThan(1_260);

    await app.rows(`UPDATE mails SET state = 'failed' WHERE recipient = $1`, [email]);
    expect(await scrape('mails_waiting')).toBe(1);
    expect(await scrape('mails_oldest_waiting_seconds')).toBeLessThan(60);
  });

  it('are left out while the database is away, and the others are there', async () => {
    proxy.refuse();
    expect(await scrape('mails_waiting')).toBeUndefined();
    expect(await scrape('mails_oldest_waiting_seconds')).toBeUndefined();
    expect(await scrape('process_resident_memory_bytes')).toBeGreaterThan(0);
    proxy.heal();
    await expect.poll(() => scrape('mails_waiting')).toBe(1);
  });
});
