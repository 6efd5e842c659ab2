import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BoundedEvents } from '../src/audit/bounded-events.service.js';
import { SigningKeyRotation } from '../src/tokens/signing-keys/signing-key-rotation.service.js';
import { PASSWORD, type TestUser, freshEmail, register, signedIn } from './support/accounts.js';
import { signedInAdmin } from './support/administrators.js';
import { PUBLIC_URL, type TestApp, startApp } from './support/start-app.js';

interface Row {
  action: string;
  outcome: string;
  actor_id: string | null;
  subject_id: string | null;
  ip: string | null;
  details: Record<string, unknown>;
}

const SECRETS = { METRICS_TOKEN: 'm'.repeat(40), MAIL_WEBHOOK_TOKEN: 'w'.repeat(40) };

describe('the audit log of requests', () => {
  let app: TestApp;
  let user: TestUser;
  let last: string;
  beforeAll(async () => {
    app = await startApp({ RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1', CONTRACTS: 'user-auth', CONTRACTS_OPEN: 'false', ...SECRETS });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    user = await signedIn(app);
    await app.nest.get(BoundedEvents).flush();
    [{ last }] = (await app.rows('SELECT coalesce(max(id), 0) AS last FROM audit_events')) as [{ last: string }];
  });

  /** What is on record since the test began, at the end of the minute. */
  const recorded = async (action: string): Promise<Row[]> => {
    await app.nest.get(BoundedEvents).flush();
    return app.rows<Row>('SELECT * FROM audit_events WHERE id > $1 AND action = $2 ORDER BY id', [last, action]);
  };
  const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } });

  it('has refused refresh tokens: unknown ones, and those of ended sessions', async () => {
    await app.post('/v1/auth/refresh', { refreshToken: 'lkr_forged' }, from('198.51.100.1'));
    await app.post('/v1/auth/logout', undefined, { token: user.accessToken });
    await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken }, from('198.51.100.2'));
    const rows = await recorded('session.refresh_refused');
    expect(rows.map(({ outcome, ip, details }) => [outcome, ip, details])).toEqual([
      ['failure', '198.51.100.1', { reason: 'refresh_token.invalid' }],
      ['failure', '198.51.100.2', { reason: 'refresh_token.invalid' }],
    ]);
  });

  it('has refused refresh tokens also of pages that only ask whether anybody is signed in', async () => {
    const ask = (body: object, ip: string) => app.post('/v1/auth/refresh', { ifSignedIn: true, ...body }, from(ip));
    expect((await ask({ refreshToken: 'lkr_forged' }, '198.51.100.4')).status).toBe(204);
    expect((await ask({}, '198.51.100.5')).status).toBe(204);
    const cookie = '__Host-latchkey-refresh=lkr_forged';
    const headers = { 'x-forwarded-for': '198.51.100.6', cookie, origin: PUBLIC_URL };
    expect((await app.post('/v1/auth/refresh', { ifSignedIn: true }, { headers })).status).toBe(204);
    expect((await recorded('session.refresh_refused')).map(({ ip, details }) => [ip, details])).toEqual([
      ['198.51.100.4', { reason: 'refresh_token.invalid' }],
      ['198.51.100.6', { reason: 'refresh_token.invalid' }],
    ]);
  });

  it('has wrong secrets where there are no accounts, and no requests without any', async () => {
    const wrong = (ip: string) => ({ headers: { 'x-forwarded-for': ip, authorization: 'Bearer guessed' } });
    expect((await app.get('/metrics', wrong('198.51.100.7'))).status).toBe(401);
    expect((await app.post('/v1/mail/bounces', [], wrong('198.51.100.8'))).status).toBe(401);
    expect((await app.get('/metrics', from('198.51.100.10'))).status).toBe(401);
    expect((await recorded('token.refused')).map(({ ip, details }) => [ip, details])).toEqual([
      ['198.51.100.7', { reason: 'access.unauthenticated' }],
      ['198.51.100.8', { reason: 'access.unauthenticated' }],
    ]);
  });

  it('has refused bearers, of each network and minute the first and how many followed', async () => {
    for (let i = 0; i < 50; i += 1) await app.get('/v1/users/me', { ...from('2001:db8::1'), token: 'no.good.token' });
    await app.get('/v1/users/me', { headers: { 'x-forwarded-for': '2001:db8::2', authorization: 'Bearer another.bad.token' } });
    await app.get('/v1/users/me', { headers: { 'x-forwarded-for': '198.51.100.9', authorization: 'Bearer no.good.token' } });
    expect((await recorded('token.refused')).map(({ ip, details }) => [ip, details])).toEqual([
      [expect.any(String), { reason: 'token.invalid' }],
      ['198.51.100.9', { reason: 'token.invalid' }],
      [expect.any(String), { reason: 'token.invalid', more: 50 }],
    ]);
  });

  it('has what was forbidden, and to whom', async () => {
    await app.get('/v1/users', { token: user.accessToken });
    await app.get('/v1/audit', { token: user.accessToken });
    const stranger = await signedIn(app);
    await app.get(`/contracts/user-auth/user/${stranger.id}`, { token: user.accessToken });
    const rows = await recorded('access.denied');
    expect(rows).toMatchObject([
      { actor_id: user.id, subject_id: null, ip: '127.0.0.1', details: { reason: 'access.forbidden' } },
      { actor_id: user.id, subject_id: null, ip: null, details: { reason: 'access.forbidden', more: 2 } },
    ]);
  });

  it('has what was throttled', async () => {
    for (let i = 0; i < 7; i += 1)
      await app.post('/v1/auth/login', { identifier: user.email, password: 'wrong wrong' }, from('198.51.100.3'));
    const [first] = await recorded('request.throttled');
    expect(first).toMatchObject({ outcome: 'failure', ip: '198.51.100.3', details: { reason: 'request.throttled' } });
  });

  it('has reads by administrators: which route, and whose account', async () => {
    const admin = await signedInAdmin(app);
    for (const path of [`/v1/users/${user.id}`, `/v1/users/${user.id}`, '/v1/users?limit=1', '/v1/audit?limit=1', '/v1/users/me']) {
      await app.get(path, { token: admin.accessToken });
    }
    await app.get(`/v1/users/${'0'.repeat(8)}-0000-7000-8000-000000000000`, { token: admin.accessToken });
    await app.get(`/contracts/user-auth/user/${user.id}`, { ...from('198.51.100.9'), token: admin.accessToken });
    const rows = await recorded('administration.read');
    expect(rows.every(({ actor_id: actor }) => actor === admin.id)).toBe(true);
    expect(rows.map(({ subject_id: subject, details }) => [subject, details])).toEqual([
      [user.id, { route: '/v1/users/:id' }],
      [null, { route: '/v1/users' }],
      [null, { route: '/v1/audit' }],
      [user.id, { clientId: 'latchkey' }],
      [user.id, { route: '/v1/users/:id', more: 1 }],
    ]);
    expect(rows.find(({ details }) => 'clientId' in details)?.ip).toBe('198.51.100.9');
    // The account itself sees that, too.
    const own = await app.get('/v1/users/me/security-events', { token: user.accessToken });
    expect(own.body.data[0]).toMatchObject({ action: 'administration.read', byYou: false, ip: null });
  });

  it('has changes of signing keys by command', async () => {
    const id = await app.nest.get(SigningKeyRotation).rotate({ evenIfFresh: true });
    expect(await recorded('signing_key.activated')).toMatchObject([{ subject_id: null, details: { key: id, by: 'command' } }]);
    const [old] = (await app.nest.get(SigningKeyRotation).list()).filter(({ state }) => state === 'previous');
    await app.nest.get(SigningKeyRotation).retire(String(old?.id));
    expect(await recorded('signing_key.withdrawn')).toMatchObject([{ details: { key: old?.id, by: 'command' } }]);
  });

  it('cannot be filled by a flood: 20 networks a minute are told apart, the rest is counted', async () => {
    for (let i = 0; i < 300; i += 1) {
      for (let n = 0; n < 2; n += 1)
        await app.get('/v1/users/me', { headers: { 'x-forwarded-for': `203.0.${i}.1`, authorization: 'Bearer a.b.c' } });
    }
    const rows = await recorded('token.refused');
    expect(rows).toHaveLength(41);
    const counted = rows.reduce((sum, { details }) => sum + (details.more === undefined ? 1 : Number(details.more)), 0);
    // Networks beyond 255 are no addresses, and count as the proxy's.
    expect(counted).toBe(600);
    expect(rows.at(-1)).toMatchObject({ ip: null, details: { others: true } });
  });

  it('has no secret, and nothing that somebody typed', async () => {
    const account = await register(app);
    await app.post('/v1/auth/refresh', { refreshToken: 'lkr_canary' });
    await app.get('/v1/users/me', { token: 'canary.canary.canary' });
    await app.get(`/v1/users?email=${freshEmail('canary')}`, { token: user.accessToken });
    for (let i = 0; i < 8; i += 1) await app.post('/v1/auth/login', { identifier: account.email, password: `${PASSWORD} canary` });
    await app.nest.get(BoundedEvents).flush();
    const rows = await app.rows('SELECT * FROM audit_events WHERE id > $1', [last]);
    expect(rows.length).toBeGreaterThan(4);
    expect(JSON.stringify(rows)).not.toMatch(/canary|@/);
  });
});
