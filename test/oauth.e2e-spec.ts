import { SETTINGS } from '../src/capabilities.js';
import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../src/config/load-settings.js';
import { type TestUser, signIn, signedIn } from './support/accounts.js';
import { atLevel } from './support/factors.js';
import { PUBLIC_URL, type TestApp, sharedApp, startApp } from './support/start-app.js';
import { claimsOf, sidOf } from './support/tokens.js';

const ID = 'books';
/** With characters that mean something in forms, in Basic and in base64. */
const SECRET = 'k9+x/Q:2%7Ee==';
const BASIC = `Basic ${Buffer.from(`${ID}:${SECRET}`).toString('base64')}`;
const FORM = 'application/x-www-form-urlencoded';

describe('OAuth endpoints', () => {
  let app: TestApp;
  let user: TestUser;
  beforeAll(async () => {
    app = await startApp({ OAUTH_CLIENTS: `${ID}:${SECRET},shop:another-secret` });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    user = await signedIn(app);
  });

  const send = (path: string, parameters: Record<string, string> | string, headers: Record<string, string> = { authorization: BASIC }) =>
    app.call('POST', path, { payload: new URLSearchParams(parameters).toString(), headers: { 'content-type': FORM, ...headers } });
  const introspect = (token: string, hint?: string) =>
    send('/oauth/introspect', { token, ...(hint === undefined ? {} : { token_type_hint: hint }) });
  const revoke = (token: string) => send('/oauth/revoke', { token });
  const refresh = (refreshToken: string) => app.post('/v1/auth/refresh', { refreshToken });
  const isAlive = async (token: string) => (await app.get('/v1/auth/verify', { token })).status === 204;
  const expectDead = async (token: string) => {
    const answer = await introspect(token);
    expect([answer.status, answer.text]).toEqual([200, '{"active":false}']);
  };

  describe('client authentication', () => {
    const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });

    it.each([
      ['nothing', {}],
      ['a wrong secret', basic(ID, 'wrong')],
      ['a secret in another case', basic(ID, SECRET.toUpperCase())],
      ["another client's secret", basic('shop', SECRET)],
      ['an unknown client', basic('nobody', SECRET)],
      ['an empty secret', basic(ID, '')],
      ['no colon', { authorization: `Basic ${Buffer.from(ID).toString('base64')}` }],
      ['no base64', { authorization: 'Basic %%%' }],
      ['broken escapes', basic(ID, '%E0%A4%A')],
      ['10 kB', basic(ID, 'x'.repeat(10_000))],
      ['another scheme', { authorization: `Bearer ${SECRET}` }],
    ])('refuses %s', async (_, headers) => {
      for (const path of ['/oauth/introspect', '/oauth/revoke']) {
        const answer = await send(path, { token: user.accessToken }, headers);
        expect(answer.status).toBe(401);
        expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
        expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/);
        expect(answer.body).toMatchObject({ code: 'oauth.invalid_client', error: 'invalid_client' });
      }
      expect(await isAlive(user.accessToken)).toBe(true);
    });

    it("refuses an account's access token", async () => {
      expect((await send('/oauth/introspect', { token: user.accessToken }, { authorization: `Bearer ${user.accessToken}` })).status).toBe(
        401,
      );
    });

    it('accepts HTTP Basic, form-encoded or as it is, and both parameters in the form', async () => {
      const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
      for (const headers of [basic(ID, SECRET), basic(encode(ID), encode(SECRET)), { authorization: BASIC.replace('Basic', 'bAsIc') }]) {
        expect((await send('/oauth/introspect', { token: user.accessToken }, headers)).body.active).toBe(true);
      }
      const inForm = await send('/oauth/introspect', { token: user.accessToken, client_id: ID, client_secret: SECRET }, {});
      expect(inForm.body.active).toBe(true);
      expect((await send('/oauth/introspect', { token: user.accessToken, client_id: ID, client_secret: 'wrong' }, {})).status).toBe(401);
    });

    it('refuses two ways at once', async () => {
      const answer = await send('/oauth/introspect', { token: 'x', client_id: ID, client_secret: SECRET });
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
    });

    it('lets nobody in where no clients are configured', async () => {
      const bare = await sharedApp();
      const answer = await bare.call('POST', '/oauth/introspect', {
        payload: 'token=x',
        headers: { 'content-type': FORM, ...basic('', '') },
      });
      expect(answer.status).toBe(401);
      await bare.stop();
    });

    it('wants strong secrets in production and says whose is weak, not what it is', () => {
      const settings = (clients: string) => () =>
        loadSettings(SETTINGS, {
          NODE_ENV: 'production',
          PUBLIC_URL,
          DATABASE_URL: 'postgres://db/latchkey',
          SMTP_URL: 'smtp://mail',
          APP_SECRET: 'k2v8Q1x9Zr5Yt7Wb3Nf6Hj4Lp0Sd8Gc1',
          OAUTH_CLIENTS: clients,
        });
      expect(settings('books:k2v8Q1x9Zr5Yt7Wb3Nf6Hj4Lp0Sd8Gc2')).not.toThrow();
      expect(settings('books:tooshort')).toThrow(/OAUTH_CLIENTS \(the secret of books\) must be at least 32 bytes/);
      for (const bad of ['nocolon-tooshort', 'a b:tooshort', 'books:', ':tooshort', 'books:tooshort,books:tooshort']) {
        expect(settings(bad)).toThrow(/OAUTH_CLIENTS must be a list of id:secret pairs/);
        expect(settings(bad)).not.toThrow(/tooshort/);
      }
    });
  });

  describe('requests', () => {
    it.each([
      ['no token', ''],
      ['an empty one', 'token='],
      ['two tokens', 'token=a&token=b'],
      ['a repeated parameter', 'token=a&token_type_hint=x&token_type_hint=y'],
    ])('refuses %s', async (_, form) => {
      for (const path of ['/oauth/introspect', '/oauth/revoke']) {
        const answer = await send(path, form);
        expect([answer.status, answer.body.code, answer.body.error]).toEqual([400, 'oauth.invalid_request', 'invalid_request']);
      }
    });

    it('takes forms here and nowhere below /v1', async () => {
      const { status } = await app.call('POST', '/v1/auth/refresh', { payload: 'refreshToken=x', headers: { 'content-type': FORM } });
      expect(status).toBe(415);
    });

    it('answers 405 to GET: tokens do not belong into addresses', async () => {
      expect((await app.get(`/oauth/introspect?token=${user.accessToken}`, { headers: { authorization: BASIC } })).status).toBe(405);
    });
  });

  describe('introspection', () => {
    it('describes a good access token', async () => {
      const answer = await introspect(user.accessToken, 'access_token');
      const { iss, aud, iat, exp, jti, auth_time } = claimsOf(user.accessToken);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.body).toEqual({
        active: true,
        token_type: 'Bearer',
        sub: user.id,
        client_id: 'latchkey',
        sid: sidOf(user.accessToken),
        email_verified: false,
        acr: 'urn:latchkey:aal1',
        amr: ['pwd'],
        auth_time,
        iss,
        aud,
        iat,
        exp,
        jti,
      });
    });

    it('names only what is proven, as of now', async () => {
      const named = async () => {
        const { username, email_verified: isVerified } = (await introspect(user.accessToken)).body;
        return [username, isVerified];
      };
      const set = (changes: string) => app.rows(`UPDATE users SET ${changes} WHERE id = $1`, [user.id]);
      expect(await named()).toEqual([undefined, false]);
      await set("mobile = '+12025550123', mobile_key = '+12025550123'");
      expect(await named()).toEqual([undefined, false]);
      await set('mobile_verified_at = now()');
      expect(await named()).toEqual(['+12025550123', false]);
      await set('email_verified_at = now()');
      expect(await named()).toEqual([user.email, true]);
      // A contract may change it without a proof.
      await set("email = 'victim@example.com', email_key = 'victim@example.com', email_verified_at = NULL, mobile_verified_at = NULL");
      expect(await named()).toEqual([undefined, false]);
      await set("username = 'ada.l', username_key = 'ada.l'");
      expect(await named()).toEqual(['ada.l', false]);
    });

    it('tells what a recovery code lends, until a factor is shown', async () => {
      const lent = await atLevel(app, user, `aal = 2, recovered_until = now() + interval '10 minutes'`);
      for (const token of [lent.accessToken, lent.refreshToken])
        expect((await introspect(token)).body).toMatchObject({ active: true, acr: 'urn:latchkey:aal2', recovered: true });
      const raised = await atLevel(app, lent, 'recovered_until = NULL');
      for (const token of [raised.accessToken, raised.refreshToken]) expect((await introspect(token)).body).not.toHaveProperty('recovered');
    });

    it('describes the latest refresh token of a session, whatever the hint, and does not use it up', async () => {
      for (const hint of ['refresh_token', 'access_token', 'nonsense', undefined]) {
        const { body } = await introspect(user.refreshToken, hint);
        expect(body).toEqual({
          active: true,
          sub: user.id,
          client_id: 'latchkey',
          sid: sidOf(user.accessToken),
          email_verified: false,
          acr: 'urn:latchkey:aal1',
          amr: ['pwd'],
          auth_time: claimsOf(user.accessToken).auth_time,
          iss: PUBLIC_URL,
          exp: expect.any(Number),
        });
      }
      const [before] = await app.rows<{ counter: number }>('SELECT counter FROM sessions WHERE id = $1', [sidOf(user.accessToken)]);
      expect(before?.counter).toBe(0);
      const next = (await refresh(user.refreshToken)).body;
      await expectDead(user.refreshToken);
      expect((await introspect(next.refreshToken)).body.active).toBe(true);
      // Asking about an exchanged token is no reuse of it.
      expect((await refresh(next.refreshToken)).status).toBe(200);
    });

    it('says no more than {"active":false} of everything else', async () => {
      const foreign = await startApp({ APP_SECRET: 'another-root-secret-0123456789abcdefghijklmnop', PUBLIC_URL: 'https://other.test' });
      const stranger = await signedIn(foreign);
      await foreign.stop();
      const [header, payload, signature] = user.accessToken.split('.') as [string, string, string];
      const flipped = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
      for (const token of [
        stranger.accessToken,
        stranger.refreshToken,
        flipped,
        `${header}.${payload}.`,
        'garbage',
        '\0',
        'ä',
        'lkr_',
        'x'.repeat(20_000),
      ])
        await expectDead(token);
    });

    it.each([
      ['signing out', () => app.post('/v1/auth/logout', undefined, { token: user.accessToken })],
      ['signing out everywhere', () => app.post('/v1/auth/logout-all', undefined, { token: user.accessToken })],
      ['disabling the account', () => app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id])],
      [
        'the absolute end of the session',
        () => app.rows("UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = $1", [user.id]),
      ],
      ['deleting the account', () => app.rows('DELETE FROM users WHERE id = $1', [user.id])],
      [
        'a revocation that this node was not told of',
        () => app.rows("UPDATE sessions SET revoked_at = now(), revoke_reason = 'by-admin' WHERE user_id = $1", [user.id]),
      ],
    ])('says so at once after %s', async (_, end) => {
      await end();
      await expectDead(user.accessToken);
      await expectDead(user.refreshToken);
    });
  });

  describe('revocation', () => {
    it.each(['refresh', 'access', 'exchanged refresh'] as const)(
      'of the %s token ends the session and all its tokens at once',
      async (kind) => {
        const next = (await refresh(user.refreshToken)).body;
        const other = await signIn(app, user.email);
        const token = { refresh: next.refreshToken, access: user.accessToken, 'exchanged refresh': user.refreshToken }[kind];
        const answer = await revoke(token);
        expect([answer.status, answer.text]).toEqual([200, '']);
        for (const accessToken of [user.accessToken, next.accessToken]) expect(await isAlive(accessToken)).toBe(false);
        expect((await refresh(next.refreshToken)).status).toBe(401);
        expect(await isAlive(other.accessToken)).toBe(true);
        const [session] = await app.rows('SELECT revoke_reason FROM sessions WHERE id = $1', [sidOf(user.accessToken)]);
        expect(session).toEqual({ revoke_reason: 'by-client' });
        const [event] = await app.rows(`SELECT actor_id, details FROM audit_events WHERE action = 'session.ended' AND subject_id = $1`, [
          user.id,
        ]);
        expect(event).toEqual({ actor_id: null, details: { reason: 'by-client' } });
      },
    );

    it('of an unknown token, and of one for the second time, is no failure', async () => {
      for (const token of ['garbage', `lkr_${'A'.repeat(78)}`, user.refreshToken, user.refreshToken, user.accessToken]) {
        const answer = await revoke(token);
        expect([answer.status, answer.text]).toEqual([200, '']);
      }
    });

    it('of a forged token ends nothing', async () => {
      const bytes = Buffer.from(user.refreshToken.slice(4), 'base64url');
      bytes.writeUInt8(bytes.readUInt8(57) ^ 1, 57);
      await revoke(`lkr_${bytes.toString('base64url')}`);
      expect(await isAlive(user.accessToken)).toBe(true);
    });
  });

  describe('as libraries use it', () => {
    /** Requests of a library, answered by the server under test. */
    const viaInject = async (
      url: string,
      options: { method?: string; headers?: ConstructorParameters<typeof Headers>[0]; body?: unknown } = {},
    ) => {
      const { method = 'GET', body } = options;
      const answer = await app.call(method as 'GET', new URL(url).pathname, {
        headers: Object.fromEntries(new Headers(options.headers).entries()),
        ...(body instanceof URLSearchParams || typeof body === 'string' ? { payload: body.toString() } : {}),
      });
      return new Response(answer.text, {
        status: answer.status,
        headers: { 'content-type': String(answer.headers['content-type'] ?? '') },
      });
    };

    it.each([
      ['client_secret_basic', client.ClientSecretBasic(SECRET)],
      ['client_secret_post', client.ClientSecretPost(SECRET)],
    ])('openid-client finds, introspects and revokes with %s', async (_, authentication) => {
      const config = await client.discovery(new URL(PUBLIC_URL), ID, undefined, authentication, {
        algorithm: 'oauth2',
        [client.customFetch]: viaInject,
      });
      expect(await client.tokenIntrospection(config, user.accessToken)).toMatchObject({ active: true, sub: user.id });
      await client.tokenRevocation(config, user.refreshToken);
      expect(await client.tokenIntrospection(config, user.accessToken)).toEqual({ active: false });
    });
  });
});

describe('wrong client secrets', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ OAUTH_CLIENTS: `${ID}:${SECRET}`, RATE_LIMIT: 'on', LIMIT_OAUTH_CLIENTS: '3/900' });
  });
  afterAll(() => app.stop());

  const call = (remoteAddress: string, authorization?: string) =>
    app.call('POST', '/oauth/introspect', {
      payload: 'token=x',
      headers: { 'content-type': FORM, ...(authorization === undefined ? {} : { authorization }) },
      remoteAddress,
    });
  const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);

  it('are limited per network, and a right one passes all the same', async () => {
    const wrong = Array.from({ length: 10 }, (_, i) => call('192.0.2.1', basic(i % 2 === 0 ? ID : `nobody${i}`, 'wrong')));
    const answers = await Promise.all(wrong);
    expect(statuses(answers)).toEqual([...Array<number>(3).fill(401), ...Array<number>(7).fill(429)]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body.code).toBe('request.throttled');
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);

    expect((await call('192.0.2.1', BASIC)).status).toBe(200);
    expect((await call('192.0.2.2', basic(ID, 'wrong'))).status).toBe(401);
    const stream = await app.get('/v1/revocations', { headers: { authorization: basic(ID, 'wrong') }, remoteAddress: '192.0.2.1' });
    expect(stream.status).toBe(429);
  });

  it('are not what a client sends that waits to be asked', async () => {
    for (let i = 0; i < 5; i += 1) expect((await call('192.0.2.3')).status).toBe(401);
    expect((await call('192.0.2.3', basic(ID, 'wrong'))).status).toBe(401);
  });

  it('are on record, with the client that was named if there is one, and never with what was sent', async () => {
    await call('192.0.2.4', basic(ID, 'sent-in-vain'));
    await call('192.0.2.4', basic('typed-in-vain', SECRET));
    const rows = await app.rows<{ action: string; outcome: string; ip: string; details: object }>(
      `SELECT action, outcome, ip, details FROM audit_events WHERE ip = '192.0.2.4' ORDER BY id`,
    );
    expect(rows.map(({ action, outcome, details }) => ({ action, outcome, details }))).toEqual([
      { action: 'client.refused', outcome: 'failure', details: { client: ID } },
      { action: 'client.refused', outcome: 'failure', details: { client: null } },
    ]);
    const throttled = await app.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM audit_events WHERE ip = '192.0.2.1' AND action = 'client.refused'`,
    );
    expect(throttled).toEqual([{ count: 3 }]);
  });
});

describe('below a path', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ OAUTH_CLIENTS: `${ID}:${SECRET}`, PUBLIC_URL: 'https://example.com/team/accounts' });
  });
  afterAll(() => app.stop());

  /** As a proxy passes requests on: it strips the path, but not where the path is at the end (RFC 8414 §3.1). */
  const throughProxy = (url: string) => {
    const { pathname, search } = new URL(url);
    return pathname.replace(/^\/team\/accounts(?=\/)/, '') + search;
  };
  const METADATA = '/.well-known/oauth-authorization-server';

  it('openid-client finds the metadata, and each URL in it leads to its endpoint', async () => {
    const config = await client.discovery(new URL('https://example.com/team/accounts'), ID, undefined, client.ClientSecretBasic(SECRET), {
      algorithm: 'oauth2',
      [client.customFetch]: async (url: string) => {
        expect(url).toBe(`https://example.com${METADATA}/team/accounts`);
        const { status, text, headers } = await app.get(throughProxy(url));
        return new Response(text, { status, headers: { 'content-type': String(headers['content-type']) } });
      },
    });
    const { issuer, jwks_uri: jwks, introspection_endpoint: introspection } = config.serverMetadata();
    expect(issuer).toBe('https://example.com/team/accounts');
    expect((await app.get(throughProxy(String(jwks)))).body.keys).not.toEqual([]);
    expect((await app.post(throughProxy(String(introspection)), {})).status).toBe(401);
  });

  it('answers at the same place with a slash at the end, a query or the path stripped, and nowhere else', async () => {
    for (const url of [METADATA, `${METADATA}/team/accounts/`, `${METADATA}/team/accounts?a=1`])
      expect((await app.get(url)).status).toBe(200);
    for (const end of ['/team', '/accounts', '/team/accounts/more', '/Team/accounts', '/team%2faccounts'])
      expect([end, (await app.get(METADATA + end)).status]).toEqual([end, 404]);
    expect((await app.post(`${METADATA}/team/accounts`, {})).status).toBe(405);
  });
});
