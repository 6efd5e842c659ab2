import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordHasher } from '../src/auth/passwords/password-hasher.service.js';
import { PASSWORD, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { NAUGHTY_STRINGS } from './support/naughty-strings.js';
import { type Operation, documentOf, exampleBody, fill, operationsOf, resolve } from './support/operations.js';
import { type Answer, type CallOptions, type TestApp, startApp } from './support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- bodies of every shape are sent */

const JSON_TYPE = { 'content-type': 'application/json' };

describe('hostile input', () => {
  let app: TestApp;
  let document: any;
  let operations: Operation[];
  beforeAll(async () => {
    app = await startApp();
    document = await documentOf(app);
    operations = (await operationsOf(app)).filter(({ path }) => path.startsWith('/v1/') || path.startsWith('/dev/'));
  });
  afterAll(() => app.stop());

  const withBody = (): Operation[] => operations.filter((operation) => exampleBody(document, operation) !== undefined);
  const fieldsOf = (operation: Operation): [string, any][] =>
    Object.entries<any>(resolve(document, operation.spec.requestBody.content['application/json'].schema).properties);
  const raw = (url: string, payload: string, options: CallOptions = {}): Promise<Answer> =>
    app.call('POST', url, { headers: JSON_TYPE, payload, ...options } as CallOptions);

  /** Collects what must never be said, whatever was sent. */
  class Verdicts {
    readonly bad: string[] = [];
    check(what: string, { status, text }: Answer): void {
      if (status >= 500 || status === 0) this.bad.push(`${what}: ${status} ${text.slice(0, 200)}`);
    }
  }

  describe('of naughty strings', () => {
    it('in every field of every body is never a failure of the server', { timeout: 60_000 }, async () => {
      const { accessToken } = await signedIn(app);
      const hasher = app.nest.get(PasswordHasher);
      const { hash, verify } = hasher;
      const verdicts = new Verdicts();
      for (const operation of withBody()) {
        for (const [field, { format }] of fieldsOf(operation)) {
          // Hashing thousands of good passwords would show nothing.
          Object.assign(hasher, format === 'password' ? { hash, verify } : { hash: async () => '$', verify: async () => false });
          await inBatches(NAUGHTY_STRINGS, async (naughty) => {
            // A body of the one field is refused for what is missing; a whole one is looked at.
            const valid = { ...exampleBody(document, operation), ...(operation.spec.operationId === 'registerUser' ? { email: freshEmail(), username: undefined, mobile: undefined } : {}) };
            const token = operation.access?.kind === 'signed-in' ? accessToken : undefined;
            const answer = await app.call(operation.method, operation.path, { body: { ...valid, [field]: naughty }, token });
            verdicts.check(`${operation.path} ${field} ${JSON.stringify(naughty).slice(0, 60)}`, answer);
          });
        }
      }
      Object.assign(hasher, { hash, verify });
      expect(verdicts.bad).toEqual([]);
    });

    it('in every path and query parameter is never a failure of the server', { timeout: 60_000 }, async () => {
      const { accessToken: token } = await signedIn(app);
      const verdicts = new Verdicts();
      for (const operation of operations.filter(({ method }) => method === 'GET')) {
        for (const naughty of NAUGHTY_STRINGS) {
          const written = encodeURIComponent(naughty.toWellFormed());
          const names: string[] = (operation.spec.parameters ?? []).filter((each: any) => each.in === 'query').map(({ name }: any) => name);
          const query = [...names, 'unknown'].map((name) => `${name}=${written}`).join('&');
          verdicts.check(`${operation.path} ${written.slice(0, 60)}`, await app.get(`${fill(operation.path, written || '%20')}?${query}`, { token }));
        }
      }
      expect(verdicts.bad).toEqual([]);
    });

    it('in headers is never a failure of the server', async () => {
      const verdicts = new Verdicts();
      for (const naughty of NAUGHTY_STRINGS) {
        const value = Buffer.from(naughty.toWellFormed()).toString('latin1').replaceAll(/[^\t\u0020-\u007E\u0080-\u00FF]/g, '');
        for (const header of ['authorization', 'user-agent', 'origin', 'x-forwarded-for', 'x-request-id', 'accept-language', 'content-type', 'if-match', 'idempotency-key', 'cookie']) {
          verdicts.check(`${header} ${value.slice(0, 60)}`, await app.post('/v1/auth/login', { identifier: 'ada', password: '' }, { headers: { [header]: value } }));
        }
      }
      expect(verdicts.bad).toEqual([]);
    });

    it.each(['\u0000', 'a\u0000b', '\uD800', 'a\uDC00'])('that PostgreSQL cannot store, %j, is refused in any string field', async (text) => {
      for (const operation of withBody().filter(({ path }) => path.startsWith('/v1/auth'))) {
        for (const [field, { type }] of fieldsOf(operation)) {
          if (type !== 'string') continue;
          const { status, body } = await app.post(operation.path, { ...exampleBody(document, operation), [field]: text });
          expect([operation.path, field, status, body.errors[0].pointer]).toEqual([operation.path, field, 422, `/${field}`]);
        }
      }
    });
  });

  it.each([
    ['2147483648'], ['-2147483649'], ['9223372036854775808'], ['1e309'], ['-0'], ['0.1'], ['null'], ['true'], ['[]'], ['{}'], ['[1e309]'],
  ])('of numbers and other JSON, %s, in every field is refused', async (literal) => {
    for (const operation of withBody().filter(({ path }) => path.startsWith('/v1/auth'))) {
      for (const [field] of fieldsOf(operation)) {
        const text = JSON.stringify({ ...exampleBody(document, operation), email: freshEmail(), [field]: '@' }).replace(`"${field}":"@"`, `"${field}":${literal}`);
        const { status } = await raw(operation.path, text);
        // An optional field of a registration may be null.
        const optional = literal === 'null' && operation.spec.operationId === 'registerUser' && field !== 'password';
        expect([operation.path, field, literal, optional ? [201, 409, 422].includes(status) : status]).toEqual([operation.path, field, literal, optional || 422]);
      }
    }
    for (const bare of ['NaN', 'Infinity', '-Infinity', '0x10', '1_000', "'1'"]) {
      expect((await raw('/v1/auth/login', `{"identifier":${bare},"password":"x"}`)).status).toBe(400);
    }
  });

  describe('of odd JSON', () => {
    it.each(['{"__proto__":{"roles":["admin"]}}', '{"__proto__":null}', '{"a":{"__proto__":{}}}', '{"constructor":{"prototype":{"roles":["admin"]}}}', String.raw`{"\u005f_proto__":{"admin":true}}`])(
      'pollutes no prototype: %s',
      async (body) => {
        const padded = body.replace(/\}$/, `,"email":"${freshEmail()}","password":"${PASSWORD}"}`);
        for (const path of ['/v1/auth/register', '/v1/auth/login', '/v1/auth/refresh']) {
          expect([400, 422]).toContain((await raw(path, padded)).status);
        }
        expect(({} as any).roles).toBeUndefined();
        expect(({} as any).admin).toBeUndefined();
      },
    );

    it.each([['['.repeat(5_000) + ']'.repeat(5_000)], ['{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000)]])('is refused when it is 5,000 levels deep', async (deep) => {
      for (const body of [deep, `{"email":${deep},"password":"${PASSWORD}"}`]) {
        const start = performance.now();
        expect((await raw('/v1/auth/register', body)).status).toBe(422);
        expect(performance.now() - start).toBeLessThan(1_000);
      }
    });

    it('means one thing when a key comes twice: what is checked is what is stored', async () => {
      const email = freshEmail();
      const twice = await raw('/v1/auth/register', `{"email":"x","email":"${email}","password":"short","password":"${PASSWORD}"}`);
      expect([twice.status, twice.body.email]).toEqual([201, email]);
      expect((await raw('/v1/auth/register', `{"email":"${freshEmail()}","email":"x","password":"${PASSWORD}"}`)).status).toBe(422);
      expect((await raw('/v1/auth/register', `{"email":"${freshEmail()}","password":"${PASSWORD}","password":"short"}`)).status).toBe(422);
    });

    it('is refused when a query parameter comes twice or as an object', async () => {
      for (const query of ['to=a@example.com&to=b@example.com', 'to[]=a', 'to[a]=b', 'to=a&to[__proto__][x]=1']) {
        expect((await app.get(`/dev/mail/messages?${query}`)).status).toBe(422);
      }
    });
  });

  const EXTRAS: Record<string, unknown> = {
    role: 'admin', roles: ['admin'], isAdmin: true, admin: true, emailVerified: true, emailVerifiedAt: '2020-01-01', email_verified_at: '2020-01-01', userId: 1, id: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
    number: 1, version: 9, sessionEpoch: 9, passwordHash: 'x', password_hash: 'x', disabledAt: null, activatedAt: '2020-01-01', user: { roles: ['admin'] }, profile: { role: 'admin' }, $set: { role: 'admin' }, createdAt: '2020-01-01',
  };

  it.each(Object.entries(EXTRAS))('of a field that nobody asked for, %s, is refused and changes nothing', async (name, value) => {
    for (const operation of withBody().filter(({ path }) => path.startsWith('/v1/'))) {
      const { status, body } = await app.call(operation.method, operation.path, { body: { ...exampleBody(document, operation), [name]: value } });
      expect([operation.path, status]).toEqual([operation.path, operation.access?.kind === 'signed-in' || operation.access?.kind === 'roles' ? 401 : 422]);
      if (status === 422) expect(body.errors.map(({ pointer }: any) => pointer)).toContain(`/${name}`);
    }
    const email = freshEmail();
    expect((await app.post('/v1/auth/register', { email, password: PASSWORD, [name]: value })).status).toBe(422);
    expect(await app.rows('SELECT id FROM users WHERE email_key = $1', [email])).toEqual([]);
    const account = await register(app);
    const before = await app.rows('SELECT * FROM users WHERE id = $1', [account.id]);
    for (const path of ['/v1/auth/login', '/v1/auth/email/verification', '/v1/auth/email/verification/confirm', '/v1/auth/refresh']) {
      await app.post(path, { identifier: account.email, email: account.email, password: PASSWORD, [name]: value });
    }
    expect(await app.rows('SELECT * FROM users WHERE id = $1', [account.id])).toEqual(before);
  });

  describe('in the address', () => {
    const SAME = ['/v1/users/me', '//v1/users/me', '/v1//users/me', '/v1/users/me/', '/v1/users/me//', '/%76%31/users/me', '/v1/users/%6de', '/v1/users/me?a=1', '/v1/users/me?a=/public'];
    const NOT_FOUND = ['/v1/users/me;x', '/v1/users/me;jsessionid=1', '/v1/users/me%2f', '/v1/users/me%00', '/v1/users/me%20', '/V1/users/me', '/v1/users/ME', '/v1/users/me.json', '/v1/users%2fme', '/v1/users/me%3fa', '/v1/users/me%252f', '/v1/users/me/x'];

    it.each(SAME)('%s is the same operation', async (url) => {
      const { accessToken: token, id } = await signedIn(app);
      for (const method of ['GET', 'HEAD'] as const) {
        expect((await app.call(method, url)).status).toBe(401);
        expect((await app.call(method, url, { token })).status).toBe(200);
      }
      expect((await app.get(url, { token })).body.id).toBe(id);
    });

    it.each(NOT_FOUND)('%s is none, whoever asks', async (url) => {
      const { accessToken: token } = await signedIn(app);
      for (const method of ['GET', 'HEAD'] as const) {
        expect((await app.call(method, url, { token })).status).toBe(404);
        expect((await app.call(method, url)).status).toBe(404);
      }
    });

    it.each(['x-http-method-override', 'x-http-method', 'x-method-override'])('cannot be asked by another method through %s', async (header) => {
      for (const as of ['GET', 'DELETE', 'POST']) {
        expect((await app.post('/v1/users/me?_method=GET', { _method: 'GET' }, { headers: { [header]: as } })).status).toBe(405);
        expect((await app.get('/v1/users/me', { headers: { [header]: as } })).status).toBe(401);
      }
    });

    it.each(['x-original-url', 'x-rewrite-url', 'x-forwarded-uri', 'x-forwarded-prefix'])('cannot be replaced by %s', async (header) => {
      expect((await app.get('/v1/users/me', { headers: { [header]: '/health/live' } })).status).toBe(401);
      expect((await app.get('/health/live', { headers: { [header]: '/v1/users/me' } })).body).toEqual({ status: 'ok' });
    });
  });

  it('of a token anywhere but in the Authorization header is ignored', async () => {
    const { accessToken: token, email } = await signedIn(app);
    for (const query of [`access_token=${token}`, `token=${token}`, `auth_token=${token}`, `jwt=${token}`]) {
      const answer = await app.get(`/v1/users/me?${query}`);
      expect([answer.status, answer.body.code]).toEqual([401, 'access.unauthenticated']);
    }
    for (const headers of [{ cookie: `access_token=${token}; token=${token}` }, { 'x-access-token': token }, { authorization: token }, { authorization: `JWT ${token}` }, { authorization: `Basic ${token}` }, { 'proxy-authorization': `Bearer ${token}` }]) {
      expect((await app.get('/v1/users/me', { headers })).status).toBe(401);
    }
    expect((await app.post('/v1/auth/logout', { access_token: token })).status).toBe(401);
    await signIn(app, email);
  });

  it('of a password of 1 MB is refused before anything is hashed', async () => {
    const hasher = app.nest.get(PasswordHasher);
    const { hash, verify } = hasher;
    let hashed = 0;
    Object.assign(hasher, { hash: async () => String((hashed += 1)), verify: async () => Boolean((hashed += 1)) });
    try {
      for (const password of ['x'.repeat(2 ** 20), 'x'.repeat(60_000), 'x'.repeat(1_025), '😀'.repeat(1_025)]) {
        for (const operation of withBody().filter(({ path }) => path.startsWith('/v1/auth/'))) {
          for (const [field] of fieldsOf(operation).filter(([, { format }]) => format === 'password')) {
            const { status } = await app.post(operation.path, { ...exampleBody(document, operation), [field]: password });
            expect([413, 422]).toContain(status);
          }
        }
      }
    } finally {
      Object.assign(hasher, { hash, verify });
    }
    expect(hashed).toBe(0);
  });

  describe('instead of text, in the fields of signing in and refreshing,', () => {
    it.each([[['a']], [{ a: 1 }], [{ $ne: null }], [null], [''], [7], [undefined], [true]])('%j is refused', async (value) => {
      for (const [path, body] of [
        ['login', { identifier: value, password: PASSWORD }],
        ['login', { identifier: 'ada', password: value }],
        ['refresh', { refreshToken: value }],
        ['register', { email: freshEmail(), password: value }],
      ] as const) {
        const { status } = await app.post(`/v1/auth/${path}`, body);
        // A refresh token may be absent from the body: browsers can keep it in a cookie. There is none here.
        const absent = path === 'refresh' && value === undefined;
        expect([path, status]).toEqual([path, absent && status === 401 ? 401 : 422]);
      }
    });
  });
});

/** Not more at once than the queue for password hashes takes. */
async function inBatches<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += 50) await Promise.all(items.slice(start, start + 50).map(act));
}
