import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hostCookieName } from '../src/http/host-cookie.js';
import { PASSWORD, register, signIn } from './support/accounts.js';
import { type Answer, PUBLIC_URL, type TestApp, startApp } from './support/start-app.js';
import { sidOf } from './support/tokens.js';

const NAME = '__Host-latchkey-refresh';
const APP = 'https://app.latchkey.test';
const JSON_TYPE = 'application/json';

describe('cookie mode', () => {
  let app: TestApp;
  let email: string;
  beforeAll(async () => {
    app = await startApp({ CORS_ORIGINS: APP });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    ({ email } = await register(app));
  });

  /** A request as a page sends it; headers set to undefined are left out. */
  const fromPage = (url: string, body: unknown, headers: Record<string, string | undefined> = {}): Promise<Answer> => {
    const sent = { origin: APP, 'content-type': JSON_TYPE, 'sec-fetch-site': 'same-site', ...headers };
    return app.post(url, body, { headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)) });
  };
  const logIn = (headers?: Record<string, string | undefined>) =>
    fromPage('/v1/auth/login', { identifier: email, password: PASSWORD, session: 'cookie' }, headers);
  const refresh = (token: string, headers?: Record<string, string | undefined>, body?: object) =>
    fromPage('/v1/auth/refresh', body, { cookie: `theme=dark; ${NAME}=${token}; a=b`, ...headers });
  const cookieOf = ({ headers }: Answer): string => String(headers['set-cookie'] ?? '');
  const tokenOf = (answer: Answer): string => /^__Host-latchkey-refresh=([^;]*);/.exec(cookieOf(answer))?.[1] ?? '';
  const sessions = () => app.rows('SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1', [email]);

  it('keeps the refresh token in a cookie that no script and no other host can read', async () => {
    const answer = await logIn();
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).toSorted()).toEqual(['accessToken', 'expiresIn', 'tokenType', 'user']);
    expect(cookieOf(answer)).toMatch(
      /^__Host-latchkey-refresh=lkr_[\w-]{78}; Max-Age=(?:7776000|7775999); Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(answer.headers['access-control-allow-origin']).toBe(APP);
    expect(answer.headers['access-control-allow-credentials']).toBe('true');
  });

  it('renews the cookie with each refresh, for as long as the session can last', async () => {
    const first = await logIn();
    await app.rows("UPDATE sessions SET expires_at = now() + interval '1 hour' WHERE id = $1", [sidOf(first.body.accessToken)]);
    const second = await refresh(tokenOf(first));
    expect(second.status).toBe(200);
    expect(Object.keys(second.body).toSorted()).toEqual(['accessToken', 'expiresIn', 'tokenType']);
    expect(tokenOf(second)).not.toBe(tokenOf(first));
    const maxAge = Number(/Max-Age=(\d+)/.exec(cookieOf(second))?.[1]);
    expect(maxAge).toBeGreaterThan(3_590);
    expect(maxAge).toBeLessThanOrEqual(3_600);
    expect((await refresh(tokenOf(second))).status).toBe(200);
  });

  it('answers a page that only asks whether its browser is signed in', async () => {
    const ask = (headers: Record<string, string> = {}) => fromPage('/v1/auth/refresh', { ifSignedIn: true, withUser: true }, headers);
    expect((await ask()).status).toBe(204);
    const dead = await ask({ cookie: `${NAME}=lkr_${'A'.repeat(78)}` });
    expect([dead.status, cookieOf(dead)]).toEqual([204, expect.stringContaining(`${NAME}=; Max-Age=0;`)]);
    const asked = await ask({ cookie: `${NAME}=${tokenOf(await logIn())}` });
    expect([asked.status, asked.body.user.email]).toEqual([200, email]);
    expect(tokenOf(asked)).toMatch(/^lkr_/);
    const evil = await ask({ cookie: `${NAME}=${tokenOf(asked)}`, origin: 'https://evil.test' });
    expect([evil.status, evil.body.code]).toEqual([403, 'request.origin_refused']);
  });

  it('ends the session that the browser had when it signs in again, whoever that is', async () => {
    const former = await logIn();
    const other = await register(app);
    const body = { identifier: other.email, password: PASSWORD, session: 'cookie' };
    const wrong = await fromPage('/v1/auth/login', { ...body, password: 'wrong' }, { cookie: `${NAME}=${tokenOf(former)}` });
    expect(wrong.status).toBe(401);
    expect((await app.get('/v1/auth/verify', { token: former.body.accessToken })).status).toBe(204);
    const latter = await fromPage('/v1/auth/login', body, { cookie: `${NAME}=${tokenOf(former)}` });
    expect((await app.get('/v1/auth/verify', { token: former.body.accessToken })).body.code).toBe('token.revoked');
    expect((await app.get('/v1/auth/verify', { token: latter.body.accessToken })).status).toBe(204);
    const [ended] = await app.rows('SELECT revoke_reason FROM sessions WHERE id = $1', [sidOf(former.body.accessToken)]);
    expect(ended).toEqual({ revoke_reason: 'replaced' });
    expect((await fromPage('/v1/auth/login', body, { cookie: `${NAME}=garbage` })).status).toBe(200);
  });

  it('takes a refresh without any body and an empty JSON object alike', async () => {
    const answer = await refresh(tokenOf(await logIn()), {}, undefined);
    expect(answer.status).toBe(200);
    expect((await refresh(tokenOf(answer), {}, {})).status).toBe(200);
  });

  it('takes the cookie away with a token that is good for nothing', async () => {
    for (const token of ['', 'garbage', `lkr_${'A'.repeat(78)}`]) {
      const answer = await refresh(token);
      expect([answer.status, answer.body.code]).toEqual([401, 'refresh_token.invalid']);
      expect(cookieOf(answer)).toBe(`${NAME}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict`);
    }
    const first = tokenOf(await logIn());
    await refresh(tokenOf(await refresh(first)));
    const reused = await refresh(first);
    expect([reused.status, reused.body.code]).toEqual([401, 'refresh_token.reused']);
    expect(cookieOf(reused)).toContain('Max-Age=0');
  });

  it.each(['/v1/auth/logout', '/v1/auth/logout-all'])('takes the cookie away at %s', async (url) => {
    const answer = await logIn();
    const token = tokenOf(answer);
    const out = await fromPage(url, undefined, { authorization: `Bearer ${answer.body.accessToken}`, cookie: `${NAME}=${token}` });
    expect(out.status).toBe(204);
    expect(cookieOf(out)).toContain(`${NAME}=; Max-Age=0;`);
    expect((await refresh(token)).status).toBe(401);
  });

  it('leaves clients alone that keep the token themselves', async () => {
    const { refreshToken } = await signIn(app, email);
    const answer = await app.post('/v1/auth/refresh', { refreshToken });
    expect(answer.body.refreshToken).toMatch(/^lkr_/);
    expect(answer.headers['set-cookie']).toBeUndefined();
    const out = await app.post('/v1/auth/logout', undefined, { token: answer.body.accessToken });
    expect(out.headers['set-cookie']).toBeUndefined();
  });

  it('prefers the token in the body, and leaves the cookie as it is', async () => {
    const { refreshToken } = await signIn(app, email);
    const kept = tokenOf(await logIn());
    const answer = await refresh(kept, { origin: 'https://evil.test' }, { refreshToken });
    expect(answer.status).toBe(200);
    expect(answer.body.refreshToken).toMatch(/^lkr_/);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await refresh(kept)).status).toBe(200);
  });

  describe('signing out with the cookie alone', () => {
    const signOut = (token: string, headers?: Record<string, string | undefined>) =>
      fromPage('/v1/auth/logout', {}, { cookie: `${NAME}=${token}`, ...headers });

    it('ends the session, and takes the cookie away', async () => {
      const answer = await logIn();
      const out = await signOut(tokenOf(answer));
      expect([out.status, cookieOf(out)]).toEqual([204, `${NAME}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict`]);
      expect((await app.get('/v1/auth/verify', { token: answer.body.accessToken })).status).toBe(401);
      expect((await signOut(tokenOf(answer))).status).toBe(204);
    });

    it('is refused to pages that are not known, and with a token that is not genuine', async () => {
      const answer = await logIn();
      for (const headers of [{ origin: 'https://evil.test' }, { origin: undefined }, { 'sec-fetch-site': 'cross-site' }]) {
        const refused = await signOut(tokenOf(answer), headers);
        expect([refused.status, refused.body.code, refused.headers['set-cookie']]).toEqual([403, 'request.origin_refused', undefined]);
      }
      expect((await app.get('/v1/auth/verify', { token: answer.body.accessToken })).status).toBe(204);
      const forged = await signOut('garbage');
      expect([forged.status, forged.body.code]).toEqual([401, 'refresh_token.invalid']);
      expect(cookieOf(forged)).toContain('Max-Age=0');
    });
  });

  it('signs out with the refresh token in the body alone', async () => {
    const { accessToken, refreshToken } = await signIn(app, email);
    const kept = tokenOf(await logIn());
    const out = await app.post('/v1/auth/logout', { refreshToken }, { headers: { cookie: `${NAME}=${kept}` } });
    expect([out.status, out.headers['set-cookie']]).toEqual([204, undefined]);
    expect((await app.get('/v1/auth/verify', { token: accessToken })).status).toBe(401);
    expect((await refresh(kept)).status).toBe(200);
    expect((await app.post('/v1/auth/logout', { refreshToken })).status).toBe(204);
    expect((await app.post('/v1/auth/logout', { refreshToken: 'lkr_forged' })).body.code).toBe('refresh_token.invalid');
    expect((await app.post('/v1/auth/logout', { refreshToken: 7 })).status).toBe(422);
    expect((await app.post('/v1/auth/logout')).body.code).toBe('access.unauthenticated');
  });

  it('has a name of its own for each of two servers on one host, and takes over what it had under the name of all', async () => {
    const urls = [
      'https://a.test',
      'https://a.test:8443',
      'https://a.test/8443',
      'https://a.test/accounts/eu',
      'https://a.test/accounts-eu',
      'https://a.test/accounts~eu',
      'https://a.test:444/x(y)',
    ];
    expect(urls.map((url) => hostCookieName('__Host-latchkey-refresh', url))).toEqual([
      NAME,
      `${NAME}-8443`,
      `${NAME}~8443`,
      `${NAME}~accounts~eu`,
      `${NAME}~accounts-eu`,
      `${NAME}~accounts%7Eeu`,
      `${NAME}-444~x%28y%29`,
    ]);
    const other = await startApp({
      CORS_ORIGINS: APP,
      PUBLIC_URL: `${PUBLIC_URL}:8443`,
      APP_SECRET: 'another-root-secret-0123456789abcdefghijklmnop',
    });
    try {
      const account = await register(other);
      const page = { origin: APP, 'content-type': JSON_TYPE };
      const { refreshToken } = await signIn(other, account.email);
      // From before the upgrade: under the name that both servers had.
      const moved = await other.post('/v1/auth/refresh', {}, { headers: { ...page, cookie: `${NAME}=${refreshToken}` } });
      expect(moved.status).toBe(200);
      expect(moved.headers['set-cookie']).toEqual([
        expect.stringMatching(/^__Host-latchkey-refresh-8443=lkr_[\w-]{78};/),
        expect.stringMatching(/^__Host-latchkey-refresh=; Max-Age=0;/),
      ]);
      // The cookie of the other server is not this one's to use or to take away.
      const foreign = await other.post('/v1/auth/refresh', {}, { headers: { ...page, cookie: `${NAME}=${tokenOf(await logIn())}` } });
      expect([foreign.status, foreign.headers['set-cookie']]).toEqual([401, undefined]);
    } finally {
      await other.stop();
    }
  });

  describe('against forged requests', () => {
    const STRANGERS = {
      'no Origin': { origin: undefined },
      'an opaque Origin': { origin: 'null' },
      'a foreign Origin': { origin: 'https://evil.test' },
      'a suffix of an allowed one': { origin: 'https://app.latchkey.test.evil.test' },
      'a prefix of an allowed one': { origin: 'https://evil-app.latchkey.test' },
      'a subdomain of an allowed one': { origin: 'https://x.app.latchkey.test' },
      'another scheme': { origin: 'http://app.latchkey.test' },
      'another port': { origin: 'https://app.latchkey.test:8443' },
      'a page of another site': { 'sec-fetch-site': 'cross-site' },
      'a local page, where origins are listed': { origin: 'http://localhost:5173' },
    };

    it.each(Object.entries(STRANGERS))('refuses %s, and nothing happens', async (_, headers) => {
      const before = await sessions();
      const login = await logIn(headers);
      expect([login.status, login.body.code]).toEqual([403, 'request.origin_refused']);
      expect(login.headers['set-cookie']).toBeUndefined();
      expect(await sessions()).toEqual(before);

      const kept = tokenOf(await logIn());
      const answer = await refresh(kept, headers);
      expect([answer.status, answer.body.code]).toEqual([403, 'request.origin_refused']);
      expect(answer.headers['set-cookie']).toBeUndefined();
      const [session] = await app.rows<{ counter: number }>(
        'SELECT s.counter FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1',
        [email],
      );
      expect(session?.counter).toBe(0);
      expect((await refresh(kept)).status).toBe(200);
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', undefined])(
      'refuses a refresh of type %s',
      async (type) => {
        const kept = tokenOf(await logIn());
        const body = type === undefined ? undefined : 'a=b';
        const answer = await refresh(kept, { 'content-type': type }, body as never);
        expect([403, 415]).toContain(answer.status);
        expect(answer.headers['set-cookie']).toBeUndefined();
        expect((await refresh(kept)).status).toBe(200);
      },
    );

    it("accepts the server's own pages", async () => {
      const answer = await logIn({ origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' });
      expect(answer.status).toBe(200);
      expect((await refresh(tokenOf(answer), { origin: PUBLIC_URL })).status).toBe(200);
    });

    it('tells credentials to allowed origins only', async () => {
      const preflight = (origin: string) =>
        app.call('OPTIONS', '/v1/auth/refresh', {
          headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
        });
      const allowed = await preflight(APP);
      expect(allowed.headers['access-control-allow-origin']).toBe(APP);
      expect(allowed.headers['access-control-allow-credentials']).toBe('true');
      for (const origin of ['https://evil.test', 'null']) {
        const { headers } = await preflight(origin);
        expect(headers['access-control-allow-origin']).toBeUndefined();
        expect(headers['access-control-allow-credentials']).toBeUndefined();
        expect((await app.get('/health/live', { headers: { origin } })).headers['access-control-allow-credentials']).toBeUndefined();
      }
    });
  });

  it.each(['both', '', null, true, ['cookie']])('refuses session: %j', async (session) => {
    const answer = await fromPage('/v1/auth/login', { identifier: email, password: PASSWORD, session });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe('/session');
  });

  it('admits local development servers where no origins are listed', async () => {
    const local = await startApp({ PUBLIC_URL: 'http://localhost:3000' });
    const user = await register(local);
    const answer = await local.post(
      '/v1/auth/login',
      { identifier: user.email, password: user.password, session: 'cookie' },
      { headers: { origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' } },
    );
    expect(answer.status).toBe(200);
    expect(cookieOf(answer)).toMatch(/^__Host-latchkey-refresh-3000=lkr_[\w-]{78};/);
    await local.stop();
  });
});
