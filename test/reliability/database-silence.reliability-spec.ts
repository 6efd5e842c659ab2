import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PatientPool } from '../../src/database/silence.js';
import { JobWorker } from '../../src/jobs/job-worker.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { startApp } from '../support/start-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** How long the pool waits for an answer, ms. */
const SILENCE_MS = 300;
/** What a busy machine may add, ms. */
const SLACK_MS = 8_000;

/** How long `work` takes, however it ends, ms. */
async function timeOf(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work.catch(() => {});
  return performance.now() - startedAt;
}

describe('a database that falls silent', () => {
  let databaseUrl: string;
  let proxy: TcpProxy;
  beforeAll(async () => {
    databaseUrl = await createDatabase();
  });
  beforeEach(async () => {
    proxy = await TcpProxy.start(databaseUrl);
  });
  afterEach(() => proxy.stop());

  describe('under a patient pool', () => {
    let pool: PatientPool;
    const open = (silenceMs: number): void => {
      pool = new PatientPool({ connectionString: proxy.url, max: 1, connectionTimeoutMillis: 5_000 }, silenceMs);
      pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
    };
    afterEach(() => pool.close().catch(() => {}));

    it('costs a statement its connection, and the next one gets another', async () => {
      open(SILENCE_MS);
      await pool.query('SELECT 1');
      proxy.swallow();
      const statement = pool.query('SELECT 1');
      await expect(statement).rejects.toThrow(/does not answer/);
      proxy.heal();
      expect((await pool.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
    });

    it('breaks no connection that only has nothing to do', async () => {
      open(SILENCE_MS);
      const { rows: before } = await pool.query('SELECT pg_backend_pid()');
      await new Promise((resolve) => setTimeout(resolve, 2 * SILENCE_MS));
      expect((await pool.query('SELECT pg_backend_pid()')).rows).toEqual(before);
    });

    it('does not hold up its end, with a statement under way or a connection in hand', async () => {
      open(60_000);
      const client = await pool.connect();
      proxy.swallow();
      const statement = client.query('SELECT 1');
      statement.catch(() => {});
      expect(await timeOf(pool.close())).toBeLessThan(500 + SLACK_MS);
      await expect(statement).rejects.toThrow(/terminated/);
      await poll('the proxy to be left', () => (proxy.ports.length === 0 ? true : undefined));
    });

    it('lets go of what waits for an answer when it is cut', async () => {
      open(60_000);
      await pool.query('SELECT 1');
      proxy.swallow();
      const statement = pool.query('SELECT 1');
      statement.catch(() => {});
      pool.cut();
      expect(await timeOf(statement)).toBeLessThan(SLACK_MS);
    });
  });

  it('does not hold up the mail worker when the server stops', async () => {
    const app = await startApp({ DATABASE_DIRECT_URL: proxy.url }, databaseUrl);
    const listening = (): Promise<object[]> =>
      app.rows(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = 'latchkey-mail' AND query LIKE 'LISTEN%' AND client_port = ANY($1)`,
        [proxy.ports],
      );
    await poll('the mail worker to listen', async () => ((await listening()).length > 0 ? true : undefined));
    proxy.swallow();
    // Six seconds by its own timers; it would notice the silence by itself after twelve.
    expect(await timeOf(app.nest.get(JobWorker).stop())).toBeLessThan(11_000);
    await app.stop();
  });
});
