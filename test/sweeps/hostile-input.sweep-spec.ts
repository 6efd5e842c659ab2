import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordHasher } from '../../src/auth/passwords/password-hasher.service.js';
import { PASSWORD, freshEmail, register } from '../support/accounts.js';
import { cpuTimeOf } from '../support/cpu-time.js';
import { EveryOperation, FOR_EVERY_OPERATION } from '../support/every-operation.js';
import type { Operation } from '../support/operations.js';
import { type Answer, type CallOptions, type TestApp, startApp } from '../support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- bodies of every shape are sent */

const JSON_TYPE = { 'content-type': 'application/json' };

describe('hostile input', () => {
  let app: TestApp;
  let every: EveryOperation;
  beforeAll(async () => {
    app = await startApp(FOR_EVERY_OPERATION);
    every = await EveryOperation.of(app);
  });
  afterAll(() => app.stop());

  const withBody = () => every.withBody();
  const fieldsOf = (operation: Operation) => every.fieldsOf(operation);
  const example = (operation: Operation) => every.example(operation);
  const send = (...request: Parameters<EveryOperation['send']>) => every.send(...request);
  const raw = (url: string, payload: string, options: CallOptions = {}): Promise<Answer> =>
    app.call('POST', url, { headers: JSON_TYPE, payload, ...options });

  describe('of naughty strings', () => {
    it.each(['\u0000', 'a\u0000b', '\uD800', 'a\uDC00'])(
      'that PostgreSQL cannot store, %j, is refused in any string field',
      async (text) => {
        for (const operation of withBody()) {
          for (const [field] of fieldsOf(operation).filter(([, { type }]) => [type].flat().includes('string'))) {
            const { status, body } = await send(operation, { ...example(operation), [field]: text });
            // Others may be wrong, too: an example shows a token as well as a code.
            const problem = (body.errors as { pointer: string; rule: string }[] | undefined)?.find(
              ({ pointer }) => pointer === `/${field}`,
            );
            expect([operation.path, field, status, problem?.rule]).toEqual([operation.path, field, 422, 'isText']);
          }
        }
      },
    );
  });

  it.each([
    ['2147483648'],
    ['-2147483649'],
    ['9223372036854775808'],
    ['1e309'],
    ['-0'],
    ['0.1'],
    ['null'],
    ['true'],
    ['[]'],
    ['{}'],
    ['[1e309]'],
  ])('of numbers and other JSON, %s, in every field is refused', async (literal) => {
    const wrong: string[] = [];
    for (const operation of withBody()) {
      const { required = [] } = every.schemaOf(operation);
      for (const [field, property] of fieldsOf(operation)) {
        const written = JSON.stringify({ ...example(operation), [field]: '@' }).replace(`"${field}":"@"`, `"${field}":${literal}`);
        const { status } = await send(operation, undefined, { headers: JSON_TYPE, payload: written });
        // What the field may hold, or null for one that may be left out, is no failure.
        const fits = literal === 'null' ? !required.includes(field) : [property.type].flat().includes(jsonType(literal));
        if (fits ? status >= 500 : status !== 422) wrong.push(`${operation.method} ${operation.path} ${field}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    for (const bare of ['NaN', 'Infinity', '-Infinity', '0x10', '1_000', "'1'"]) {
      expect((await raw('/v1/auth/login', `{"identifier":${bare},"password":"x"}`)).status).toBe(400);
    }
  });

  describe('of odd JSON', () => {
    it.each([
      '{"__proto__":{"roles":["admin"]}}',
      '{"__proto__":null}',
      '{"a":{"__proto__":{}}}',
      '{"constructor":{"prototype":{"roles":["admin"]}}}',
      String.raw`{"\u005f_proto__":{"admin":true}}`,
    ])('pollutes no prototype: %s', async (body) => {
      const padded = body.replace(/\}$/, `,"email":"${freshEmail()}","password":"${PASSWORD}"}`);
      for (const path of ['/v1/auth/register', '/v1/auth/login', '/v1/auth/refresh']) {
        expect([400, 422]).toContain((await raw(path, padded)).status);
      }
      expect(({} as any).roles).toBeUndefined();
      expect(({} as any).admin).toBeUndefined();
    });

    it.each([['['.repeat(5_000) + ']'.repeat(5_000)], ['{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000)]])(
      'is refused when it is 5,000 levels deep',
      async (deep) => {
        for (const body of [deep, `{"email":${deep},"password":"${PASSWORD}"}`]) {
          const ms = await cpuTimeOf(async () => expect((await raw('/v1/auth/register', body)).status).toBe(422));
          expect(ms).toBeLessThan(1_000);
        }
      },
    );

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
    role: 'admin',
    roles: ['admin'],
    isAdmin: true,
    admin: true,
    emailVerified: true,
    emailVerifiedAt: '2020-01-01',
    email_verified_at: '2020-01-01',
    userId: 1,
    id: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
    number: 1,
    version: 9,
    sessionEpoch: 9,
    passwordHash: 'x',
    password_hash: 'x',
    disabledAt: null,
    activatedAt: '2020-01-01',
    user: { roles: ['admin'] },
    profile: { role: 'admin' },
    $set: { role: 'admin' },
    createdAt: '2020-01-01',
  };

  it.each(Object.entries(EXTRAS))('of a field that nobody asked for, %s, is refused and changes nothing', async (name, value) => {
    for (const operation of withBody().filter(({ path }) => path.startsWith('/v1/'))) {
      if (name in every.schemaOf(operation).properties) continue;
      const { status, body } = await send(operation, { ...example(operation), [name]: value });
      expect([operation.path, status]).toEqual([operation.path, 422]);
      expect(body.errors.map(({ pointer }: any) => pointer)).toContain(`/${name}`);
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

  it('of a password of 1 MB is refused before anything is hashed', async () => {
    const hasher = app.nest.get(PasswordHasher);
    const { hash, verify } = hasher;
    let hashed = 0;
    Object.assign(hasher, { hash: async () => String((hashed += 1)), verify: async () => Boolean((hashed += 1)) });
    try {
      for (const password of ['x'.repeat(2 ** 20), 'x'.repeat(60_000), 'x'.repeat(1_025), '😀'.repeat(1_025)]) {
        for (const operation of withBody()) {
          for (const [field] of fieldsOf(operation).filter(([, { format }]) => format === 'password')) {
            const { status } = await send(operation, { ...example(operation), [field]: password });
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

/** The JSON Schema type of a literal. Minus nought is nought; the other whole numbers here are too large for any field. */
function jsonType(literal: string): string {
  const value: unknown = JSON.parse(literal);
  if (Array.isArray(value)) return 'array';
  if (value === 0) return 'integer';
  return typeof value;
}
