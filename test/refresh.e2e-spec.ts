import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SessionsService } from '../src/tokens/sessions/sessions.service.js';
import { type TestUser, signedIn } from './support/accounts.js';
import { TOLD_MS, poll } from './support/poll.js';
import { type TestApp, startApp } from './support/start-app.js';
import { claimsOf, sidOf } from './support/tokens.js';

/** Names of attempts. */
const KEY = 'an-attempt-of-the-client-1';
const OTHER_KEY = 'an-attempt-of-the-client-2';

describe('refreshing', () => {
  let app: TestApp;
  let second: TestApp;
  let user: TestUser;
  beforeAll(async () => {
    app = await startApp();
    second = await startApp({}, app.settings.DATABASE_URL);
  });
  afterAll(async () => {
    await second.stop();
    await app.stop();
  });
  beforeEach(async () => {
    user = await signedIn(app);
  });

  const refresh = (refreshToken: string, node = app, attemptKey?: string) => node.post('/v1/auth/refresh', { refreshToken, attemptKey });
  /** As if the latest exchange had been made so long ago. */
  const age = (accessToken: string, interval: string) =>
    app.rows('UPDATE sessions SET rotated_at = rotated_at - $2::interval WHERE id = $1', [sidOf(accessToken), interval]);
  const isAlive = async (accessToken: string, node = app) => (await node.get('/v1/auth/verify', { token: accessToken })).status === 204;
  const rowOf = async (accessToken: string) => {
    const [row] = await app.rows<{ counter: number; revoked_at: Date | null; revoke_reason: string | null; attempt_mac: Buffer | null }>(
      'SELECT counter, revoked_at, revoke_reason, attempt_mac FROM sessions WHERE id = $1',
      [sidOf(accessToken)],
    );
    if (row === undefined) throw new Error('There is no such session');
    return row;
  };

  it('gives new tokens of the same session, not to be cached', async () => {
    const answer = await refresh(user.refreshToken);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.stringMatching(/^lkr_[\w-]{78}$/),
      tokenType: 'Bearer',
      expiresIn: 900,
    });
    expect(answer.body.refreshToken).not.toBe(user.refreshToken);
    expect(sidOf(answer.body.accessToken)).toBe(sidOf(user.accessToken));
    expect(await isAlive(answer.body.accessToken)).toBe(true);
  });

  it('ends the whole family, the newest tokens too, when an older one comes back', async () => {
    const first = (await refresh(user.refreshToken)).body;
    const newest = (await refresh(first.refreshToken)).body;
    const reuse = await refresh(user.refreshToken);
    expect(reuse.status).toBe(401);
    expect(reuse.body.code).toBe('refresh_token.reused');

    expect((await refresh(newest.refreshToken)).status).toBe(401);
    expect((await refresh(first.refreshToken)).status).toBe(401);
    for (const { accessToken } of [user, first, newest]) expect(await isAlive(accessToken)).toBe(false);
    expect((await rowOf(user.accessToken)).revoke_reason).toBe('reuse');
    const [event] = await app.rows("SELECT details FROM audit_events WHERE action = 'session.refresh_refused' AND subject_id = $1", [
      user.id,
    ]);
    expect(event).toEqual({ details: { reason: 'reuse' } });
    // It may have been the thief's session: its end is not on record as the owner's act.
    const [end] = await app.rows("SELECT actor_id, details FROM audit_events WHERE action = 'session.ended' AND subject_id = $1", [
      user.id,
    ]);
    expect(end).toEqual({ actor_id: null, details: { reason: 'reuse' } });
  });

  it('is told to every node when a family ends', async () => {
    const newest = (await refresh((await refresh(user.refreshToken)).body.refreshToken)).body;
    expect(await isAlive(newest.accessToken, second)).toBe(true);
    await refresh(user.refreshToken);
    await poll('the other node to know', async () => ((await isAlive(newest.accessToken, second)) ? undefined : true), TOLD_MS);
  });

  it('gives 50 parallel requests on two nodes one and the same successor', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => refresh(user.refreshToken, i % 2 === 0 ? app : second)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect(await rowOf(user.accessToken)).toMatchObject({ counter: 1, revoked_at: null });
    const next = await refresh(answers.at(-1)?.body.refreshToken, second);
    expect(next.status).toBe(200);
    expect((await rowOf(user.accessToken)).counter).toBe(2);
  });

  describe('with the token exchanged just before', () => {
    it('gives the same successor again for 60 s after the exchange, also when that is in use, then ends the family', async () => {
      const first = (await refresh(user.refreshToken)).body;
      expect(await isAlive(first.accessToken)).toBe(true);
      for (let i = 0; i < 3; i += 1) expect((await refresh(user.refreshToken, second)).body.refreshToken).toBe(first.refreshToken);
      await age(user.accessToken, '58 seconds');
      const again = await refresh(user.refreshToken);
      expect(again.body.refreshToken).toBe(first.refreshToken);
      expect(await isAlive(again.body.accessToken)).toBe(true);
      expect((await rowOf(user.accessToken)).counter).toBe(1);

      await age(user.accessToken, '3 seconds');
      expect((await refresh(user.refreshToken)).body.code).toBe('refresh_token.reused');
      expect((await refresh(first.refreshToken)).status).toBe(401);
      expect(await isAlive(first.accessToken)).toBe(false);
    });

    it('finds out a thief in step with the client, although no new token is ever used here', async () => {
      // Both have a copy, and each refreshes in turn, some minutes apart.
      expect((await refresh(user.refreshToken)).status).toBe(200);
      await age(user.accessToken, '10 minutes');
      expect((await refresh(user.refreshToken, second, KEY)).body.code).toBe('refresh_token.reused');
      expect((await rowOf(user.accessToken)).revoke_reason).toBe('reuse');
    });

    it('goes by the last use of a session that a server of the version before has exchanged', async () => {
      const first = (await refresh(user.refreshToken)).body;
      await app.rows('UPDATE sessions SET rotated_at = NULL WHERE id = $1', [sidOf(user.accessToken)]);
      expect((await refresh(user.refreshToken)).body.refreshToken).toBe(first.refreshToken);
      await age(user.accessToken, '61 seconds');
      expect((await refresh(user.refreshToken)).body.code).toBe('refresh_token.reused');
    });

    it('ends the family once the successor was exchanged', async () => {
      const first = (await refresh(user.refreshToken)).body;
      await refresh(first.refreshToken);
      expect((await refresh(user.refreshToken)).body.code).toBe('refresh_token.reused');
    });

    it('works when a node died between commit and answer', async () => {
      const lost = await app.nest
        .get(SessionsService)
        .refresh(user.refreshToken, { ip: '127.0.0.1', userAgent: null, requestId: 'lost', limits: [] });
      const again = await refresh(user.refreshToken, second);
      expect(again.status).toBe(200);
      expect(again.body.refreshToken).toBe(lost.refreshToken);
      expect((await refresh(again.body.refreshToken)).status).toBe(200);
    });
  });

  describe('with the key of the attempt', () => {
    it('gives the same successor until that was exchanged, however late', async () => {
      const first = (await refresh(user.refreshToken, app, KEY)).body;
      await age(user.accessToken, '20 days');
      expect((await refresh(user.refreshToken, second, KEY)).body.refreshToken).toBe(first.refreshToken);
      expect((await refresh(user.refreshToken, app, KEY)).body.refreshToken).toBe(first.refreshToken);
      expect((await refresh(first.refreshToken, app, OTHER_KEY)).status).toBe(200);
      expect((await refresh(user.refreshToken, app, KEY)).body.code).toBe('refresh_token.reused');
    });

    it.each([
      ['another key', 'b'.repeat(22)],
      ['no key', undefined],
    ])('ends the family after 60 s with %s', async (_, key) => {
      await refresh(user.refreshToken, app, KEY);
      await age(user.accessToken, '61 seconds');
      expect((await refresh(user.refreshToken, app, key)).body.code).toBe('refresh_token.reused');
    });

    it('takes none for an exchange that had none, and none of an earlier exchange', async () => {
      const first = (await refresh(user.refreshToken, app, KEY)).body;
      await refresh(first.refreshToken);
      await age(user.accessToken, '61 seconds');
      expect((await refresh(first.refreshToken, app, KEY)).body.code).toBe('refresh_token.reused');
    });

    it('keeps the first of two keys that arrive together', async () => {
      const keys = [KEY, OTHER_KEY];
      const answers = await Promise.all(keys.map((key) => refresh(user.refreshToken, app, key)));
      expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
      await age(user.accessToken, '61 seconds');
      const late: string[] = [];
      for (const key of keys) late.push((await refresh(user.refreshToken, app, key)).body.code ?? 'answered');
      // Whichever won: the other ends the family.
      expect(late).toContain('refresh_token.reused');
    });

    it('stores the key as an HMAC under APP_SECRET', async () => {
      await refresh(user.refreshToken, app, KEY);
      const { attempt_mac: mac } = await rowOf(user.accessToken);
      expect(mac).toHaveLength(32);
      expect(mac?.includes(KEY)).toBe(false);
    });

    it.each([['too short'], ['a'.repeat(129)], [`${'a'.repeat(30)}.`], [''], [null], [7], [['a'.repeat(22)]]])(
      'refuses %j as malformed, and nothing happens',
      async (attemptKey) => {
        const answer = await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken, attemptKey });
        expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([422, '/attemptKey']);
        expect((await rowOf(user.accessToken)).counter).toBe(0);
      },
    );
  });

  it('goes on with genuine tokens that a restored backup does not know', async () => {
    const newest = (await refresh((await refresh(user.refreshToken)).body.refreshToken)).body;
    await app.rows('UPDATE sessions SET counter = 0, rotated_at = NULL WHERE id = $1', [sidOf(user.accessToken)]);
    const next = (await refresh(newest.refreshToken)).body;
    expect((await rowOf(user.accessToken)).counter).toBe(3);
    expect((await refresh(newest.refreshToken)).body.refreshToken).toBe(next.refreshToken);
    expect((await refresh(user.refreshToken)).body.code).toBe('refresh_token.reused');
  });

  describe('with a forged token', () => {
    const PARTS = { 'session id': [0, 16], counter: [16, 20], 'secret id': [20, 26], signature: [26, 58] } as const;

    it.each(Object.entries(PARTS))('changes nothing when a bit of the %s is flipped', async (_, [from, to]) => {
      const bytes = Buffer.from(user.refreshToken.slice(4), 'base64url');
      for (let at = from; at < to; at += 1) {
        const forged = Buffer.from(bytes);
        forged.writeUInt8(forged.readUInt8(at) ^ (1 << (at % 8)), at);
        const answer = await refresh(`lkr_${forged.toString('base64url')}`);
        expect([at, answer.status, answer.body.code]).toEqual([at, 401, 'refresh_token.invalid']);
      }
      expect(await rowOf(user.accessToken)).toMatchObject({ counter: 0, revoked_at: null });
      expect((await refresh(user.refreshToken)).status).toBe(200);
    });

    it('refuses garbage, tokens of other kinds and those of another server', async () => {
      const foreign = await startApp({ APP_SECRET: 'another-root-secret-0123456789abcdefghijklmnop' });
      const stranger = await signedIn(foreign);
      await foreign.stop();
      const { refreshToken } = user;
      for (const token of [
        stranger.refreshToken,
        user.accessToken,
        refreshToken.slice(0, -1),
        `${refreshToken}A`,
        ` ${refreshToken}`,
        refreshToken.slice(4),
        `LKR_${refreshToken.slice(4)}`,
        'x'.repeat(200),
      ]) {
        expect((await refresh(token)).status).toBe(token.length > 200 ? 422 : 401);
      }
      expect(await rowOf(user.accessToken)).toMatchObject({ counter: 0, revoked_at: null });
    });

    it.each([
      ['an array', ['lkr_x']],
      ['an object', { a: 1 }],
      ['null', null],
      ['nothing', ''],
      ['a number', 7],
      ['10 kB', 'x'.repeat(10_000)],
    ])('refuses %s as malformed', async (_, refreshToken) => {
      expect((await app.post('/v1/auth/refresh', { refreshToken })).status).toBe(422);
    });

    it.each([
      ['no body', undefined],
      ['an empty body', {}],
    ])('refuses %s, without a cookie', async (_, body) => {
      const answer = await app.post('/v1/auth/refresh', body);
      expect([answer.status, answer.body.code]).toEqual([401, 'refresh_token.invalid']);
    });
  });

  describe('after a restart', () => {
    const nodes: TestApp[] = [];
    const restart = async (environment: Record<string, string> = {}) => {
      const node = await startApp(environment, app.settings.DATABASE_URL);
      nodes.push(node);
      return node;
    };
    afterEach(async () => {
      await Promise.all(nodes.splice(0).map((node) => node.stop()));
    });

    it('keeps live tokens alive and dead ones dead', async () => {
      const first = (await refresh(user.refreshToken)).body;
      const newest = (await refresh(first.refreshToken)).body;
      const node = await restart();
      const next = (await refresh(newest.refreshToken, node)).body;
      expect(next.refreshToken).toMatch(/^lkr_/);
      expect((await refresh(user.refreshToken, node)).body.code).toBe('refresh_token.reused');
      expect((await refresh(next.refreshToken, node)).status).toBe(401);
    });

    it('goes on with the former APP_SECRET named as previous', async () => {
      const former = String(app.settings.APP_SECRET);
      const node = await restart({ APP_SECRET: 'a-new-root-secret-0123456789abcdefghijklmnopq', APP_SECRET_PREVIOUS: former });
      const next = await refresh(user.refreshToken, node);
      expect(next.status).toBe(200);
      expect((await refresh(next.body.refreshToken, node)).status).toBe(200);
    });

    it('knows an attempt that was named under the former APP_SECRET', async () => {
      const first = (await refresh(user.refreshToken, app, KEY)).body;
      await age(user.accessToken, '1 day');
      const former = String(app.settings.APP_SECRET);
      const node = await restart({ APP_SECRET: 'a-new-root-secret-0123456789abcdefghijklmnopq', APP_SECRET_PREVIOUS: former });
      const again = await refresh(user.refreshToken, node, KEY);
      expect(again.status).toBe(200);
      expect((await refresh(again.body.refreshToken, node)).status).toBe(200);
      expect((await refresh(first.refreshToken, node)).body.refreshToken).toMatch(/^lkr_/);
    });
  });

  it('stores no token, and the newest only as a number', async () => {
    const next = (await refresh(user.refreshToken)).body;
    const [stored] = await app.rows<{ row: string }>('SELECT row_to_json(s)::text AS row FROM sessions s WHERE id = $1', [
      sidOf(user.accessToken),
    ]);
    const row = stored?.row ?? '';
    expect(row).toContain(sidOf(user.accessToken));
    for (const { refreshToken, accessToken } of [user, next]) {
      expect(row).not.toContain(refreshToken.slice(40));
      expect(row).not.toContain(accessToken.slice(-40));
    }
  });

  it('carries changed roles over', async () => {
    await app.rows("UPDATE users SET roles = '{user,librarian}' WHERE id = $1", [user.id]);
    const { accessToken } = (await refresh(user.refreshToken)).body;
    expect(claimsOf(accessToken).roles).toEqual(['user', 'librarian']);
  });

  it('refuses the session of a disabled account', async () => {
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]);
    expect((await refresh(user.refreshToken)).body.code).toBe('refresh_token.invalid');
  });
});
