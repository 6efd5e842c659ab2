import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestUser, signIn, signedIn } from './support/accounts.js';
import { type TestApp, sharedApp } from './support/start-app.js';
import { claimsOf, sidOf } from './support/tokens.js';

const CHROME = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

const SESSIONS = '/v1/users/me/sessions';

describe('my sessions', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const signInWith = async (user: TestUser, userAgent: string) => {
    const answer = await app.post(
      '/v1/auth/login',
      { identifier: user.email, password: user.password },
      { headers: { 'user-agent': userAgent } },
    );
    return answer.body as { accessToken: string; refreshToken: string };
  };
  const isAlive = async (accessToken: string) => (await app.get('/v1/auth/verify', { token: accessToken })).status === 204;

  it('lists them in words, this one first and marked', async () => {
    const user = await signedIn(app);
    const mac = await signInWith(user, CHROME);
    const phone = await signInWith(user, IPHONE);
    await signedIn(app);

    const answer = await app.get(SESSIONS, { token: mac.accessToken });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { data } = answer.body;
    expect(data.map(({ id }: { id: string }) => id)).toEqual([sidOf(mac.accessToken), sidOf(phone.accessToken), sidOf(user.accessToken)]);
    expect(data.map(({ device }: { device: string }) => device)).toEqual(['Chrome on macOS', 'Safari on iPhone', 'Unknown device']);
    expect(data.map(({ current }: { current: boolean }) => current)).toEqual([true, false, false]);
    expect(data[0]).toEqual({
      id: sidOf(mac.accessToken),
      device: 'Chrome on macOS',
      clientId: 'latchkey',
      ip: '127.0.0.1',
      current: true,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      lastUsedAt: expect.stringMatching(/Z$/),
      expiresAt: expect.stringMatching(/Z$/),
    });
    const days = (Date.parse(data[0].expiresAt) - Date.parse(data[0].createdAt)) / 86_400_000;
    expect(days).toBeCloseTo(30, 2);
  });

  it('ends another one at once, and it leaves the list', async () => {
    const user = await signedIn(app);
    const phone = await signInWith(user, IPHONE);
    expect(await isAlive(phone.accessToken)).toBe(true);

    const answer = await app.call('DELETE', `${SESSIONS}/${sidOf(phone.accessToken)}`, { token: user.accessToken });
    expect(answer.status).toBe(204);
    expect((await app.get('/v1/auth/verify', { token: phone.accessToken })).body.code).toBe('token.revoked');
    expect((await app.post('/v1/auth/refresh', { refreshToken: phone.refreshToken })).body.code).toBe('refresh_token.invalid');
    expect((await app.get(SESSIONS, { token: user.accessToken })).body.data).toHaveLength(1);
    expect((await app.call('DELETE', `${SESSIONS}/${sidOf(phone.accessToken)}`, { token: user.accessToken })).status).toBe(404);
  });

  it('ends this one, too', async () => {
    const user = await signedIn(app);
    expect((await app.call('DELETE', `${SESSIONS}/${sidOf(user.accessToken)}`, { token: user.accessToken })).status).toBe(204);
    expect(await isAlive(user.accessToken)).toBe(false);
  });

  it("answers 404 for somebody else's session, an unknown one and what is no id, and ends nothing", async () => {
    const user = await signedIn(app);
    const other = await signedIn(app);
    const ids = [
      sidOf(other.accessToken),
      '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
      'me',
      '1',
      "' OR 1=1 --",
      '..%2f..',
      'x'.repeat(200),
      sidOf(other.accessToken).replaceAll('-', ''),
    ];
    for (const id of ids) {
      const answer = await app.call('DELETE', `${SESSIONS}/${id.includes('%') ? id : encodeURIComponent(id)}`, { token: user.accessToken });
      expect([id, answer.status, answer.body.code]).toEqual([id, 404, 'session.not_found']);
    }
    expect(await isAlive(other.accessToken)).toBe(true);
  });

  it('ends all but this one', async () => {
    const user = await signedIn(app);
    const others = [await signInWith(user, CHROME), await signInWith(user, IPHONE)];
    expect((await app.call('DELETE', SESSIONS, { token: user.accessToken })).status).toBe(204);
    for (const { accessToken, refreshToken } of others) {
      expect(await isAlive(accessToken)).toBe(false);
      expect((await app.post('/v1/auth/refresh', { refreshToken })).status).toBe(401);
    }
    expect(await isAlive(user.accessToken)).toBe(true);
    expect((await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).status).toBe(200);
  });

  it('ends sessions whose last token came from a lost answer long after their last refresh', async () => {
    const user = await signedIn(app);
    const other = await signIn(app, user.email);
    const sid = sidOf(other.accessToken);
    await app.post('/v1/auth/refresh', { refreshToken: other.refreshToken });
    await app.rows("UPDATE sessions SET last_used_at = now() - interval '2 days' WHERE id = $1", [sid]);
    const replayed = await app.post('/v1/auth/refresh', { refreshToken: other.refreshToken });
    expect(replayed.status).toBe(200);
    await app.post('/v1/auth/logout-all', undefined, { token: user.accessToken });
    expect((await app.get('/v1/auth/verify', { token: replayed.body.accessToken })).body.code).toBe('token.revoked');
  });

  it('needs an access token', async () => {
    expect((await app.get(SESSIONS)).status).toBe(401);
    expect((await app.call('DELETE', SESSIONS)).status).toBe(401);
    expect((await app.call('DELETE', `${SESSIONS}/019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11`)).status).toBe(401);
  });

  describe('limits', () => {
    const refresh = (refreshToken: string) => app.post('/v1/auth/refresh', { refreshToken });
    const age = (accessToken: string, column: 'idle_expires_at' | 'expires_at', interval: string) =>
      app.rows(`UPDATE sessions SET ${column} = now() + $2::interval WHERE id = $1`, [sidOf(accessToken), interval]);

    it.each(['idle_expires_at', 'expires_at'] as const)('ends a session at %s', async (column) => {
      const user = await signedIn(app);
      const old = await signIn(app, user.email);
      await age(old.accessToken, column, '-1 second');
      expect((await refresh(old.refreshToken)).body.code).toBe('refresh_token.invalid');
      expect((await app.get(SESSIONS, { token: user.accessToken })).body.data).toHaveLength(1);
    });

    it('moves the idle limit at each refresh and the absolute one never', async () => {
      const user = await signedIn(app);
      const read = () =>
        app.rows<{ idle: Date; end: Date }>('SELECT idle_expires_at AS idle, expires_at AS end FROM sessions WHERE id = $1', [
          sidOf(user.accessToken),
        ]);
      await age(user.accessToken, 'idle_expires_at', '1 minute');
      await age(user.accessToken, 'expires_at', '10 days');
      const [before] = await read();
      const { refreshToken } = (await refresh(user.refreshToken)).body;
      const [after] = await read();
      expect(after?.end).toEqual(before?.end);
      expect(after?.idle).toEqual(before?.end);

      await age(user.accessToken, 'expires_at', '-1 second');
      expect((await refresh(refreshToken)).status).toBe(401);
    });

    it('hands out no access token that outlives the session', async () => {
      const user = await signedIn(app);
      await age(user.accessToken, 'expires_at', '100 seconds');
      const { body } = await refresh(user.refreshToken);
      expect(body.expiresIn).toBeGreaterThan(90);
      expect(body.expiresIn).toBeLessThanOrEqual(100);
      const { iat, exp } = claimsOf(body.accessToken);
      expect(exp - iat).toBe(body.expiresIn);
    });
  });
});
