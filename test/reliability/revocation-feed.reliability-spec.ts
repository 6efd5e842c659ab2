import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DatabaseFeed } from '../../src/database/feed/database-feed.service.js';
import { AccessTokensService } from '../../src/tokens/access-tokens/access-tokens.service.js';
import { RevocationsService } from '../../src/tokens/access-tokens/revocations.service.js';
import { signIn, signedIn } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { TOLD_MS, poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { claimsOf, sidOf } from '../support/tokens.js';

const verify = async (app: TestApp, token: string): Promise<number> => (await app.get('/v1/auth/verify', { token })).status;
const isHealthy = (app: TestApp): boolean => app.nest.get(DatabaseFeed).healthy;
const until = (what: string, test: () => boolean, deadlineMs?: number): Promise<true> => poll(what, () => test() || undefined, deadlineMs);

/** Counts the statements that a node's pool runs. */
function countQueries(app: TestApp): { readonly count: number } {
  const { master } = app.nest.get(DataSource).driver as unknown as { master: { connect(): unknown } };
  const spy = vi.spyOn(master, 'connect');
  return {
    get count() {
      return spy.mock.calls.length;
    },
  };
}

describe('the feed of revocations between two nodes', () => {
  let a: TestApp;
  let b: TestApp;
  /** Between B's feed and the database; B's pool does not go through it. */
  let cable: TcpProxy;

  beforeAll(async () => {
    const databaseUrl = await createDatabase();
    cable = await TcpProxy.start(databaseUrl);
    a = await startApp({}, databaseUrl);
    b = await startApp({ DATABASE_DIRECT_URL: cable.url }, databaseUrl);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    cable.heal();
    await until('a healthy feed', () => isHealthy(b));
  });
  afterAll(async () => {
    await b.stop();
    await a.stop();
    await cable.stop();
  });

  it('refuses on B what was signed out on A, and at once on A', async () => {
    const { accessToken } = await signedIn(a);
    expect(await verify(b, accessToken)).toBe(204);
    await a.post('/v1/auth/logout', undefined, { token: accessToken });
    const refused = await a.get('/v1/auth/verify', { token: accessToken });
    expect(refused.status).toBe(401);
    expect(refused.body.code).toBe('token.revoked');
    await poll('refusal on B', async () => (await verify(b, accessToken)) === 401 || undefined, TOLD_MS);
  });

  it('tells all nodes about every session of an account, however many', async () => {
    const user = await signedIn(a);
    const other = await signIn(a, user.email);
    await a.db.query(
      `INSERT INTO sessions (id, user_id, client_id, idle_expires_at, expires_at)
       SELECT gen_random_uuid(), $1, 'latchkey', now() + interval '1 day', now() + interval '1 day' FROM generate_series(1, 450)`,
      [user.id],
    );
    await a.post('/v1/auth/logout-all', undefined, { token: user.accessToken });
    await poll('refusal on B', async () => (await verify(b, other.accessToken)) === 401 || undefined, TOLD_MS);
    const sessions = await a.rows<{ id: string }>('SELECT id FROM sessions WHERE user_id = $1', [user.id]);
    expect(sessions).toHaveLength(452);
    await until('all on B', () => sessions.every(({ id }) => b.nest.get(RevocationsService).isRevoked(id)), TOLD_MS);
  });

  it('checks tokens without a query while it is healthy', async () => {
    const { accessToken } = await signedIn(a);
    const queries = countQueries(b);
    for (let i = 0; i < 20; i += 1) expect(await verify(b, accessToken)).toBe(204);
    // At most the note, once a second and outside of requests, that the token came into use.
    expect(queries.count).toBeLessThanOrEqual(1);
  });

  it('asks the database when the feed falls silent, and stops asking when it is back', async () => {
    const [revoked, kept] = [await signedIn(a), await signedIn(a)];
    for (const { accessToken } of [revoked, kept]) expect(await verify(b, accessToken)).toBe(204);
    cable.swallow();
    await a.post('/v1/auth/logout', undefined, { token: revoked.accessToken });
    await poll('refusal on B', async () => (await verify(b, revoked.accessToken)) === 401 || undefined, TOLD_MS);

    expect(isHealthy(b)).toBe(false);
    const asking = countQueries(b);
    for (let i = 0; i < 5; i += 1) expect(await verify(b, kept.accessToken)).toBe(204);
    expect(asking.count).toBeGreaterThanOrEqual(5);
    vi.restoreAllMocks();

    cable.heal();
    await until('a healthy feed', () => isHealthy(b));
    const silent = countQueries(b);
    for (let i = 0; i < 5; i += 1) expect(await verify(b, kept.accessToken)).toBe(204);
    expect(silent.count).toBeLessThanOrEqual(1);
    expect(await verify(b, revoked.accessToken)).toBe(401);
  });

  it('catches up on what it missed when its connection comes back', async () => {
    const user = await signedIn(a);
    const sid = sidOf(user.accessToken);
    cable.refuse();
    await until('silence', () => !isHealthy(b));
    await a.post('/v1/auth/logout', undefined, { token: user.accessToken });
    expect(b.nest.get(RevocationsService).isRevoked(sid)).toBe(false);
    expect(await verify(b, user.accessToken)).toBe(401);
    cable.heal();
    await until('a healthy feed', () => isHealthy(b));
    expect(b.nest.get(RevocationsService).isRevoked(sid)).toBe(true);
  });

  it('goes by the clock of the database, whatever the one of the node says', async () => {
    const { email, accessToken } = await signedIn(a);
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      for (const skewMs of [-300_000, 300_000]) {
        vi.setSystemTime(Date.now() + skewMs);
        const fresh = await signIn(a, email);
        expect(Math.abs(claimsOf(fresh.accessToken).iat - claimsOf(accessToken).iat)).toBeLessThan(100);
        for (const node of [a, b]) for (const token of [accessToken, fresh.accessToken]) expect(await verify(node, token)).toBe(204);
        vi.setSystemTime(Date.now() - skewMs);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not let tokens outlive what is remembered, when their lifetime is lowered', async () => {
    const { accessToken } = await signedIn(a);
    const c = await startApp({ ACCESS_TOKEN_TTL_SECONDS: '60' }, a.settings.DATABASE_URL);
    const claims = claimsOf(accessToken);
    expect(claims.exp - claims.iat).toBe(900);
    expect(c.nest.get(AccessTokensService).toPrincipal(claims).expiresAt).toBe(claims.iat + 60);
    await c.stop();
  });

  it('knows on start what was revoked before', async () => {
    const { accessToken } = await signedIn(a);
    await a.post('/v1/auth/logout', undefined, { token: accessToken });
    const c = await startApp({}, a.settings.DATABASE_URL);
    expect(isHealthy(c)).toBe(true);
    expect(await verify(c, accessToken)).toBe(401);
    await c.stop();
  });
});

describe('a node that has lost the database altogether', () => {
  it.each(['swallow', 'refuse'] as const)('answers 503 and never accepts a token on old knowledge (%s)', async (failure) => {
    const databaseUrl = await createDatabase();
    const cable = await TcpProxy.start(databaseUrl);
    const app = await startApp({ DATABASE_URL: cable.url }, databaseUrl, { isHurried: true });
    const { accessToken } = await signedIn(app);
    expect(await verify(app, accessToken)).toBe(204);
    // This is about tokens: the mail of the registration is out of the way first.
    await poll('the mail worker', async () => (await app.rows('SELECT id FROM graphile_worker.jobs')).length === 0 || undefined);
    cable[failure]();
    await until('silence', () => !isHealthy(app));
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.get('/v1/auth/verify', { token: accessToken })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 503));
    expect(answers[0]?.body.code).toBe('server.unavailable');
    expect(answers[0]?.headers['retry-after']).toBeDefined();
    cable.refuse();
    await app.stop();
    await cable.stop();
  });

  it('goes on by itself when the database is back', async () => {
    const databaseUrl = await createDatabase();
    const cable = await TcpProxy.start(databaseUrl);
    const app = await startApp({ DATABASE_URL: cable.url }, databaseUrl, { isHurried: true });
    const { accessToken } = await signedIn(app);
    await poll('the mail worker', async () => (await app.rows('SELECT id FROM graphile_worker.jobs')).length === 0 || undefined);
    cable.refuse();
    await until('silence', () => !isHealthy(app));
    cable.heal();
    await until('a healthy feed', () => isHealthy(app));
    expect(await verify(app, accessToken)).toBe(204);
    await app.stop();
    await cable.stop();
  });
});
