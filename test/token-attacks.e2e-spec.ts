import { type JsonWebKey, type KeyObject, createHmac, createPublicKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SigningKeysService } from '../src/tokens/signing-keys/signing-keys.service.js';
import { type TestUser, freshEmail, register, signedIn } from './support/accounts.js';
import { type TestApp, sharedApp } from './support/start-app.js';
import { claimsOf } from './support/tokens.js';

type Json = Record<string, unknown>;

/** Order of the group of P-256 (FIPS 186-5 §3.2.1.3). */
const P256_ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const ZERO = Buffer.alloc(32);

const encode = (value: string | Buffer): string => Buffer.from(value).toString('base64url');
const base64ToText = (part: string | undefined): string => Buffer.from(part ?? '', 'base64url').toString('utf8');

/** Attacks on access tokens; every one is also put to introspection, which checks in another way. */
describe('attacks on access tokens', () => {
  let app: TestApp;
  let user: TestUser;
  let genuine: { id: string; privateKey: KeyObject };
  let header: Json;
  let claims: Json;

  beforeAll(async () => {
    app = await sharedApp({ OAUTH_CLIENTS: 'books:secret' });
    user = await signedIn(app);
    genuine = app.nest.get(SigningKeysService).current;
    header = { alg: 'ES256', typ: 'at+jwt', kid: genuine.id };
    claims = claimsOf(user.accessToken);
  });
  afterAll(() => app.stop());

  const es256 = (input: string, key: KeyObject = genuine.privateKey): Buffer =>
    signBytes('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  /** A token with any header and any payload, signed with the server's own key unless `signature` says otherwise. */
  const forge = (head: Json | string, body: Json | string, signature: (input: string) => Buffer | string = es256): string => {
    const input = [head, body].map((part) => encode(typeof part === 'string' ? part : JSON.stringify(part))).join('.');
    return `${input}.${encode(signature(input))}`;
  };
  const verify = (authorization: string, url = '/v1/auth/verify') => app.get(url, { headers: { authorization } });

  const expectRefused = async (token: string, code = 'token.invalid'): Promise<void> => {
    const answer = await verify(`Bearer ${token}`);
    expect([answer.status, answer.body?.code, token.slice(0, 300)]).toEqual([401, code, token.slice(0, 300)]);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    const asked = await app.call('POST', '/oauth/introspect', {
      payload: new URLSearchParams({ token }).toString(),
      headers: {
        authorization: `Basic ${Buffer.from('books:secret').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    expect([asked.status, asked.text]).toEqual([200, '{"active":false}']);
  };

  it('accepts what the tests below change: so each change is what is refused', async () => {
    expect((await verify(`Bearer ${forge(header, claims)}`)).status).toBe(204);
    expect((await verify(`bearer ${user.accessToken}`)).status).toBe(204);
  });

  describe('algorithms', () => {
    it.each([
      'none',
      'None',
      'NONE',
      'nOnE',
      'es256',
      'ES384',
      'ES512',
      'ES256K',
      'RS256',
      'PS256',
      'EdDSA',
      'HS256',
      '',
      null,
      undefined,
      7,
      ['ES256'],
      { name: 'ES256' },
    ] as unknown[])('refuses alg %j', async (alg) => {
      const head = { ...header, alg };
      await expectRefused(forge(head, claims));
      await expectRefused(forge(head, claims, () => ''));
      await expectRefused(forge(head, claims, () => Buffer.alloc(64)));
    });

    it('refuses HMAC keyed with the public key, in every form it is published or printed in', async () => {
      const key = createPublicKey(genuine.privateKey);
      const pem = String(key.export({ format: 'pem', type: 'spki' }));
      const jwk = key.export({ format: 'jwk' });
      const published = (await app.get('/.well-known/jwks.json')).body;
      const secrets: (string | Buffer)[] = [
        pem,
        pem.trim(),
        pem.replaceAll('\n', ''),
        key.export({ format: 'der', type: 'spki' }),
        JSON.stringify(jwk),
        JSON.stringify(published),
        JSON.stringify(published.keys[0]),
        Buffer.from(`${jwk.x}`, 'base64url'),
        Buffer.from(`${jwk.x}${jwk.y}`),
        genuine.id,
        '',
        'secret',
      ];
      for (const [alg, hash] of [
        ['HS256', 'sha256'],
        ['HS384', 'sha384'],
        ['HS512', 'sha512'],
        ['ES256', 'sha512'],
      ] as const) {
        for (const secret of secrets)
          await expectRefused(forge({ ...header, alg }, claims, (input) => createHmac(hash, secret).update(input).digest()));
      }
    });

    it('refuses other keys, of the same and of other families, under the genuine key id', async () => {
      const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      const curves = ['P-256', 'P-384', 'P-521', 'secp256k1'].map((namedCurve) => generateKeyPairSync('ec', { namedCurve }).privateKey);
      const edwards = generateKeyPairSync('ed25519').privateKey;
      for (const alg of ['ES256', 'ES384', 'RS256', 'EdDSA']) {
        for (const key of curves) await expectRefused(forge({ ...header, alg }, claims, (input) => es256(input, key)));
        await expectRefused(forge({ ...header, alg }, claims, (input) => signBytes('sha256', Buffer.from(input), rsa)));
        await expectRefused(forge({ ...header, alg }, claims, (input) => signBytes(null, Buffer.from(input), edwards)));
      }
    });
  });

  describe('headers', () => {
    it('refuses keys that a token brings along, and fetches nothing', async () => {
      const requests: string[] = [];
      const server = createServer((request, answer) => {
        requests.push(String(request.url));
        answer.end('{}');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys.json`;
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk: JsonWebKey = publicKey.export({ format: 'jwk' });
      const additions: Json[] = [
        { jku: url },
        { x5u: url },
        { jwk },
        { jwk: { ...jwk, kid: genuine.id } },
        { x5c: ['MIIB'] },
        { x5t: 'x' },
        { 'x5t#S256': 'x' },
        { crit: ['exp'], exp: 1 },
        { crit: [] },
        { b64: false, crit: ['b64'] },
        { zip: 'DEF' },
      ];
      for (const addition of additions) {
        await expectRefused(forge({ ...header, ...addition }, claims, (input) => es256(input, privateKey)));
        await expectRefused(forge({ ...header, ...addition }, claims));
      }
      for (const kid of [url, 'mine'])
        await expectRefused(forge({ ...header, kid, jku: url, jwk }, claims, (input) => es256(input, privateKey)));
      expect(requests).toEqual([]);
      await new Promise((resolve) => server.close(resolve));
    });

    it('refuses a kid that is a path, SQL, a name of Object, 10 kB, unknown or no text', async () => {
      const kids: unknown[] = [
        '../../../../dev/null',
        '/dev/null',
        'file:///etc/passwd',
        "' OR '1'='1",
        "x' UNION SELECT 'secret' --",
        '"; DROP TABLE signing_keys; --',
        '',
        ' ',
        'unknown',
        '\0',
        'ä',
        '__proto__',
        'constructor',
        'toString',
        'x'.repeat(10_000),
        null,
        undefined,
        0,
        true,
        [],
        {},
        { toString: 'x' },
      ];
      for (const kid of kids) {
        await expectRefused(forge({ ...header, kid }, claims));
        await expectRefused(forge({ ...header, kid }, claims, () => createHmac('sha256', '').digest()));
      }
    });

    it.each([
      'JWT',
      'jwt',
      'at+JWT',
      'AT+JWT',
      'application/jwt',
      'refresh+jwt',
      'id_token',
      '',
      null,
      undefined,
      1,
      ['at+jwt'],
    ] as unknown[])('refuses typ %j', async (typ) => {
      await expectRefused(forge({ ...header, typ }, claims));
    });

    it.each(['', 'null', '[]', '"ES256"', '{', '{"alg":"ES256"', '\0', '[{"alg":"ES256"}]', '1e308', '{}'])(
      'refuses the header %j',
      async (head) => {
        await expectRefused(forge(head, claims));
      },
    );
  });

  describe('claims', () => {
    it.each(['iss', 'aud', 'sub', 'client_id', 'sid', 'iat', 'exp', 'jti', 'roles', 'email_verified'])(
      'refuses a token without %s',
      async (name) => {
        await expectRefused(forge(header, { ...claims, [name]: undefined }));
        await expectRefused(forge(header, { ...claims, [name]: null }));
      },
    );

    it.each(['iss', 'aud'])('refuses another %s, and one among several', async (name) => {
      const own = String(claims[name]);
      for (const value of [
        'https://evil.test',
        `${own}/`,
        `${own}.evil.test`,
        own.toUpperCase(),
        own.slice(0, -1),
        `${own} `,
        '',
        [own],
        [own, 'https://evil.test'],
        ['https://evil.test', own],
        [],
        {},
        1,
        true,
      ]) {
        await expectRefused(forge(header, { ...claims, [name]: value }));
      }
    });

    it.each(['sub', 'sid'])('refuses a %s that is no id', async (name) => {
      for (const value of ['', 'admin', '1', 1, [claims[name]], {}, `${String(claims[name])} `, `${String(claims[name])}' --`, true]) {
        await expectRefused(forge(header, { ...claims, [name]: value }));
      }
    });

    it('refuses roles that are no list, and ignores unknown ones', async () => {
      for (const roles of ['admin', { 0: 'admin' }, 1, true]) await expectRefused(forge(header, { ...claims, roles }));
      const answer = await verify(`Bearer ${forge(header, { ...claims, roles: ['root', { a: 1 }, null] })}`);
      expect(answer.status).toBe(204);
    });

    it.each(['null', '[]', '"text"', '1', 'true', '', '{', '{"exp":', '\0', '[{}]'])('refuses the payload %j', async (payload) => {
      await expectRefused(forge(header, payload));
    });
  });

  describe('times', () => {
    const now = () => Math.floor(Date.now() / 1_000);
    /** A token whose claim is written as `literal`, which JSON.stringify would not write. */
    const withLiteral = (name: string, literal: string): string => {
      const others = JSON.stringify({ ...claims, [name]: undefined });
      return forge(header, `${others.slice(0, -1)},"${name}":${literal}}`);
    };

    const ODD = [
      '1e308',
      '1e999',
      '-1e308',
      '-1',
      '-9007199254740993',
      '1.5',
      '"9999999999"',
      '"soon"',
      '""',
      'true',
      'false',
      '[]',
      '[9999999999]',
      '{}',
      '{"valueOf":1}',
      '9'.repeat(400),
    ];
    it.each(['exp', 'iat', 'nbf'])('refuses odd values of %s', async (name) => {
      for (const literal of ODD) await expectRefused(withLiteral(name, literal));
    });

    it('refuses a token past its end and the leeway, and says so', async () => {
      await expectRefused(forge(header, { ...claims, iat: now() - 900, exp: now() - 7 }), 'token.expired');
      await expectRefused(forge(header, { ...claims, iat: 1, exp: 2 }), 'token.expired');
      await expectRefused(forge(header, { ...claims, iat: 0, exp: 1 }), 'token.expired');
      expect((await verify(`Bearer ${forge(header, { ...claims, iat: now() - 800, exp: now() - 1 })}`)).status).toBe(204);
    });

    it('refuses a token from the future', async () => {
      await expectRefused(forge(header, { ...claims, iat: now() + 60, exp: now() + 120 }));
      await expectRefused(forge(header, { ...claims, nbf: now() + 60 }));
      expect((await verify(`Bearer ${forge(header, { ...claims, iat: now() + 2, exp: now() + 120, nbf: now() + 2 })}`)).status).toBe(204);
    });

    it('refuses a life that no token of this server has', async () => {
      await expectRefused(forge(header, { ...claims, iat: now(), exp: now() + 10 * 365 * 86_400 }));
      await expectRefused(forge(header, { ...claims, iat: now(), exp: Number.MAX_SAFE_INTEGER }));
      await expectRefused(forge(header, { ...claims, iat: now(), exp: now() }));
      await expectRefused(forge(header, { ...claims, iat: now() + 3, exp: now() + 2 }));
    });
  });

  describe('signatures and encodings', () => {
    it('refuses signatures that only look like one', async () => {
      const input = user.accessToken.slice(0, user.accessToken.lastIndexOf('.'));
      const signature = es256(input);
      const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
      const FULL = Buffer.alloc(32, 0xff);
      const vectors: Buffer[] = [
        Buffer.concat([ZERO, ZERO]),
        Buffer.concat([P256_ORDER, P256_ORDER]),
        Buffer.concat([ZERO, s]),
        Buffer.concat([r, ZERO]),
        Buffer.concat([P256_ORDER, s]),
        Buffer.concat([r, P256_ORDER]),
        Buffer.concat([FULL, FULL]),
        Buffer.concat([s, r]),
        Buffer.concat([r, r]),
        Buffer.concat([s, s]),
        Buffer.concat([ZERO.subarray(1), Buffer.from([1]), ZERO.subarray(1), Buffer.from([1])]),
        Buffer.concat([r, s, Buffer.from([0])]),
        Buffer.concat([Buffer.from([0]), r, s]),
        signature.subarray(1),
        signature.subarray(0, 63),
        Buffer.from(signature.toString('hex')),
        Buffer.alloc(0),
        r,
        signBytes('sha256', Buffer.from(input), { key: genuine.privateKey, dsaEncoding: 'der' }),
        signBytes('sha384', Buffer.from(input), { key: genuine.privateKey, dsaEncoding: 'ieee-p1363' }),
      ];
      for (const vector of vectors) await expectRefused(`${input}.${encode(vector)}`);
    });

    it('refuses a token with any bit of its signature, or of any character, flipped', async () => {
      const [head, payload, signature = ''] = user.accessToken.split('.');
      const bytes = Buffer.from(signature, 'base64url');
      for (let at = 0; at < bytes.length; at += 1) {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
        await expectRefused(`${head}.${payload}.${encode(flipped)}`);
      }
      for (let at = 0; at < user.accessToken.length; at += 7) {
        const swapped = user.accessToken[at] === 'A' ? 'B' : 'A';
        await expectRefused(`${user.accessToken.slice(0, at)}${swapped}${user.accessToken.slice(at + 1)}`);
      }
    });

    it('refuses every other spelling of the same bytes', async () => {
      const [head = '', payload = '', signature = ''] = user.accessToken.split('.');
      const parts = [head, payload, signature];
      const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const last = ALPHABET.indexOf(signature.at(-1) ?? '');
      // 64 bytes leave four bits of the last of 86 characters unused.
      const sameBytes = [1, 2, 4, 8, 15].map((bits) => `${head}.${payload}.${signature.slice(0, -1)}${ALPHABET[last ^ bits]}`);
      for (const token of sameBytes) {
        expect(Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
        await expectRefused(token);
      }
      const spellings = parts.flatMap((part, at) =>
        [
          `${part}=`,
          `${part}==`,
          Buffer.from(part, 'base64url').toString('base64'),
          `${part.slice(0, 9)}\t${part.slice(9)}`,
          `${part}%3D`,
          Buffer.from(part, 'base64url').toString('hex'),
        ]
          .filter((spelling) => spelling !== part)
          .map((spelling) => parts.with(at, spelling).join('.')),
      );
      for (const token of spellings) {
        const answer = await verify(`Bearer ${token}`);
        expect([answer.status, answer.body?.code, token]).toEqual([401, 'token.invalid', token]);
      }
    });

    it.each([
      ['one part', 0],
      ['two parts', 1],
      ['no signature', 2],
      ['four parts', 3],
      ['five parts, as encrypted tokens have', 4],
      ['an empty header', 5],
      ['JSON serialisation', 6],
      ['the parts in another order', 7],
      ['only dots', 8],
      ['10 kB', 9],
    ])('refuses %s', async (_, index) => {
      const [head, payload, signature] = user.accessToken.split('.');
      const tokens = [
        head,
        `${head}.${payload}`,
        `${head}.${payload}.`,
        `${user.accessToken}.${signature}`,
        `${head}.a.b.${payload}.${signature}`,
        `.${payload}.${signature}`,
        JSON.stringify({ protected: head, payload, signature }),
        `${payload}.${head}.${signature}`,
        '..',
        `${head}.${'A'.repeat(10_000)}.${signature}`,
      ];
      await expectRefused(String(tokens[index]));
    });

    it('refuses the signature of another token', async () => {
      const other = await signedIn(app);
      const [head, payload] = user.accessToken.split('.');
      await expectRefused(`${head}.${payload}.${other.accessToken.split('.')[2]}`);
      await expectRefused(`${head}.${encode(base64ToText(payload).replace('["user"]', '["admin"]'))}.${user.accessToken.split('.')[2]}`);
    });
  });

  describe('what is no access token', () => {
    it('refuses refresh tokens, tokens of mailed links, codes and client secrets as bearer', async () => {
      const email = freshEmail();
      await register(app, { email });
      const mail = await app.mailbox.newest(email);
      expect(mail.token).not.toBe('');
      for (const token of [
        user.refreshToken,
        mail.token,
        mail.secretCode,
        'secret',
        user.id,
        String(claims['sid']),
        genuine.id,
        'undefined',
        'null',
      ]) {
        const answer = await verify(`Bearer ${token}`);
        expect([answer.status, answer.body.code]).toEqual([401, 'token.invalid']);
      }
    });

    it('refuses other schemes, and looks for a token nowhere but in the header', async () => {
      for (const authorization of [
        `Basic ${user.accessToken}`,
        `Token ${user.accessToken}`,
        user.accessToken,
        'Bearer',
        'Bearer ',
        '',
        `Basic x, Bearer ${user.accessToken}`,
        `Bearer${user.accessToken}`,
        `Bearer ${user.accessToken} garbage`,
        `Bearer ${user.accessToken}, Bearer ${user.accessToken}`,
        `Bearer ${user.accessToken},`,
        `Bearer\t${user.accessToken}`,
        `Bearer "${user.accessToken}"`,
      ]) {
        const answer = await verify(authorization);
        expect([authorization.slice(0, 20), answer.status]).toEqual([authorization.slice(0, 20), 401]);
      }
      const elsewhere = [
        await app.get(`/v1/users/me?access_token=${user.accessToken}`),
        await app.get(`/v1/users/me?token=${user.accessToken}`),
        await app.get('/v1/users/me', { headers: { cookie: `access_token=${user.accessToken}; accessToken=${user.accessToken}` } }),
        await app.get('/v1/users/me', { headers: { 'x-access-token': user.accessToken } }),
        await app.post('/v1/auth/logout-all', { access_token: user.accessToken }),
      ];
      for (const { status, body, headers } of elsewhere) {
        expect([status, body.code]).toEqual([401, 'access.unauthenticated']);
        expect(headers['www-authenticate']).toBe('Bearer');
      }
    });
  });
});
