import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/capabilities.js';
import { migrate } from '../../src/database/migrate.js';
import { migrateJobQueue } from '../../src/jobs/migrate-job-queue.js';
import { type TestUser, register } from '../support/accounts.js';
import { signedInAdmin } from '../support/administrators.js';
import { poll } from '../support/poll.js';
import { PostgresPair, type PostgresServer } from '../support/postgres-pair.js';
import { type TestApp, startApp } from '../support/start-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const DATABASE = 'latchkey';

describe('DATABASE_REPLICA_URL', () => {
  let pair: PostgresPair;
  let proxy: TcpProxy;
  let app: TestApp;
  let admin: TestUser;
  beforeAll(async () => {
    pair = await PostgresPair.start();
    await pair.primary.ask(`CREATE DATABASE ${DATABASE}`);
    await pair.primary.ask('CREATE EXTENSION pg_stat_statements', DATABASE);
    await migrate({ DATABASE_URL: pair.primary.url(DATABASE), DATABASE_POOL_SIZE: 2 }, MIGRATIONS, migrateJobQueue);
  });
  afterAll(() => pair.stop());
  beforeEach(async () => {
    proxy = await TcpProxy.start(pair.standby.url(DATABASE));
    app = await startApp({ DATABASE_REPLICA_URL: proxy.url }, pair.primary.url(DATABASE));
    admin = await signedInAdmin(app);
  });
  afterEach(async () => {
    await pair.standby.ask('SELECT pg_wal_replay_resume()');
    await app.stop();
    await proxy.stop();
  });

  const as = (path: string) => app.get(path, { token: admin.accessToken });
  /** How often the server has run statements like `pattern`. */
  const calls = async (server: PostgresServer, pattern: string): Promise<number> => {
    const [row] = await server.ask<{ calls: number }>(
      `SELECT coalesce(sum(calls), 0)::int AS calls FROM pg_stat_statements WHERE query LIKE '${pattern}'`,
      DATABASE,
    );
    return row?.calls ?? 0;
  };

  it.each([
    ['a list of accounts', '/v1/users', '%FROM users u LEFT JOIN user_activity%LIMIT%'],
    ['a search for accounts', '/v1/users?email=ada', '%FROM users u LEFT JOIN user_activity%LIMIT%'],
    ['the audit log', '/v1/audit', '%FROM "audit_events"%LIMIT%'],
  ])('has the replica answer %s, and not the primary', async (_, path, statement) => {
    const onPrimary = await poll('the replica to answer', async () => {
      const before = [await calls(pair.primary, statement), await calls(pair.standby, statement)] as const;
      const answer = await as(path);
      expect(answer.status).toBe(200);
      expect(answer.body.data.length).toBeGreaterThan(0);
      // It may lag behind now and then, and the primary answers.
      if ((await calls(pair.standby, statement)) === before[1]) return undefined;
      return (await calls(pair.primary, statement)) - before[0];
    });
    expect(onPrimary).toBe(0);
  });

  it('shows administrators what they have just changed, however far the replica lags behind', async () => {
    expect((await as('/v1/users')).status).toBe(200);
    await pair.standby.ask('SELECT pg_wal_replay_pause()');
    const { id } = await register(app);
    expect((await as('/v1/users')).body.data[0].id).toBe(id);
    expect((await as(`/v1/audit?subjectId=${id}`)).body.data).toEqual([expect.objectContaining({ action: 'account.registered' })]);
  });

  it('never asks the replica who may do what', async () => {
    expect((await as('/v1/users')).status).toBe(200);
    await pair.standby.ask('SELECT pg_wal_replay_pause()');
    await app.post('/v1/auth/logout-all', undefined, { token: admin.accessToken });
    expect((await as('/v1/users')).status).toBe(401);
    expect((await app.post('/v1/auth/login', { identifier: admin.email, password: admin.password })).status).toBe(200);
  });

  it.each([
    ['is down', () => proxy.refuse()],
    ['does not answer', () => proxy.swallow()],
  ])('lets the primary answer while the replica %s, and says so', async (_, fail) => {
    expect((await as('/v1/users')).status).toBe(200);
    fail();
    for (const path of ['/v1/users', '/v1/users?search=example', '/v1/audit']) expect((await as(path)).status).toBe(200);
    expect(app.logs.filter((line) => line.includes('The replica does not answer'))).toHaveLength(1);
  });

  it('starts without a replica', async () => {
    proxy.refuse();
    const alone = await startApp({ DATABASE_REPLICA_URL: proxy.url }, pair.primary.url(DATABASE));
    expect((await alone.get('/v1/users', { token: admin.accessToken })).status).toBe(200);
    await alone.stop();
  });

  it('reads no server that is a primary itself, which may be another one after a failover', async () => {
    const other = await startApp({ DATABASE_REPLICA_URL: pair.primary.url('postgres') }, pair.primary.url(DATABASE));
    expect((await other.get('/v1/users', { token: admin.accessToken })).body.data.length).toBeGreaterThan(0);
    await other.stop();
  });
});
