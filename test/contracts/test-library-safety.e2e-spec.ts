import { createHmac, createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SigningKeysService } from '../../src/tokens/signing-keys/signing-keys.service.js';
import { startContracts } from '../support/contracts.js';
import { NAUGHTY_STRINGS } from '../support/naughty-strings.js';
import { wrongCode } from '../support/password-reset.js';
import type { Answer, TestApp } from '../support/start-app.js';
import { BAD_REQUEST, LibraryClient, NO_TOKEN, pngOf, READER_PASSWORD, UNAUTHORIZED } from '../support/test-library.js';
import { claimsOf } from '../support/tokens.js';

const MAX_UPLOAD_BYTES = 65_536;

const THROTTLED = { status: 429, body: { message: 'TOO MANY REQUESTS', status: 429 } };
const OTP_WRONG = { status: 401, body: { message: 'OTP not match', status: 401 } };
const REVOKED = { status: 401, body: { msg: 'Token has been revoked' } };
const FORGED = { status: 422, body: { msg: 'Signature verification failed' } };

describe('the contract test-library', () => {
  let app: TestApp;
  let api: LibraryClient;
  beforeAll(async () => {
    app = await startContracts({
      RATE_LIMIT: 'on',
      LIMIT_REGISTER: '1000/3600',
      LIMIT_SIGN_IN_NETWORK: '10000/900',
      LIMIT_CODES: '10000/900',
      LIMIT_MAIL_REQUESTS: '1000/3600',
      AVATAR_MAX_BYTES: String(MAX_UPLOAD_BYTES),
    });
    api = new LibraryClient(app, 'safe.tesu');
  });
  afterAll(async () => {
    await app.stop();
    expect(api.complaints).toEqual([]);
  });

  const successes = (answers: Answer[]): Answer[] => answers.filter(({ status }) => status < 300);
  /** All but those for which a busy machine had no time. */
  const considered = (answers: Answer[]): Answer[] => answers.filter(({ status }) => status !== 503);
  /** `PUT` of an operation that wants a token, and changes nothing by it. */
  const knock = (headers: Record<string, string>) => api.send('PUT', '/users/changeUsername', {}, { headers });

  describe('at sign-in', () => {
    it('evaluates at most five of 50 parallel wrong passwords, in whatever spelling of the path and with whatever else', async () => {
      const { email } = await api.signedIn();
      const paths = ['/users/login', '//users//login', '/users/login/', '/users/%6cogin'];
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          api.send(
            'POST',
            String(paths[i % paths.length]),
            { email, password: 'wrong12', extra: String(i) },
            { headers: { 'x-forwarded-for': `10.0.0.${i}` } },
          ),
        ),
      );
      const seen = considered(answers).map(({ status, body }) => ({ status, body }));
      const evaluated = seen.filter(({ status }) => status === 401);
      expect(evaluated).toEqual(Array(Math.min(evaluated.length, 5)).fill(UNAUTHORIZED));
      expect(seen.filter(({ status }) => status !== 401)).toEqual(Array(seen.length - evaluated.length).fill(THROTTLED));
      for (let i = evaluated.length; i < 5; i += 1) await api.login(email, 'wrong12');
      const throttled = await api.login(email);
      expect(throttled).toMatchObject(THROTTLED);
      expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0);
    });

    it('lets 20 parallel right passwords through', async () => {
      const { email } = await api.signedIn();
      const answers = await Promise.all(Array.from({ length: 20 }, () => api.login(email)));
      expect(successes(answers).length).toBeGreaterThan(0);
      for (const answer of considered(answers)) expect(answer.status).toBe(200);
    });
  });

  it('registers one of 20 at once, and gives it no role, id or verification', async () => {
    const fields = { ...api.fresh(), role: 'admin', roles: ['admin'], isAdmin: true, id: 1, emailVerified: true, 'result[id]': 1 };
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.send('POST', '/users/register', fields)));
    expect(successes(answers)).toHaveLength(1);
    for (const answer of considered(answers).filter(({ status }) => status !== 201)) expect(answer).toMatchObject(BAD_REQUEST);
    expect(await app.rows('SELECT roles, email_verified_at FROM users WHERE email = $1', [fields.email])).toEqual([
      { roles: ['user'], email_verified_at: null },
    ]);
  });

  describe('of tokens', () => {
    it('says what is wrong with one', async () => {
      const { token, email, id } = await api.signedIn();
      expect(await knock({})).toMatchObject(NO_TOKEN);
      expect(await knock({ access_token: '' })).toMatchObject(NO_TOKEN);
      expect(await knock({ authorization: `Bearer ${token}` })).toMatchObject(NO_TOKEN);
      expect(await api.send('PUT', `/users/changeUsername?access_token=${token}`, { access_token: token })).toMatchObject(NO_TOKEN);
      expect(await knock({ access_token: token })).toMatchObject(BAD_REQUEST);
      for (const scheme of ['Bearer', 'bearer']) expect(await knock({ access_token: `${scheme} ${token}` })).toMatchObject(BAD_REQUEST);
      for (const wrong of ['Bearer', `Basic ${token}`, `${token}, ${token}`, `${token}A`, token.slice(0, -4), 'null', 'a.b.c']) {
        expect(await knock({ access_token: wrong })).toMatchObject(FORGED);
      }
      const { refreshToken } = (await app.post('/v1/auth/login', { identifier: email, password: READER_PASSWORD })).body;
      expect(await knock({ access_token: refreshToken })).toMatchObject(FORGED);
      const refused = await knock({ access_token: 'x' });
      expect(refused.headers['cache-control']).toBe('no-store');
      await app.rows('UPDATE users SET disabled_at = now() WHERE number = $1', [id]);
      expect((await api.login(email)).status).toBe(401);
    });

    it('refuses forged ones, and fetches no key', async () => {
      const { token } = await api.signedIn();
      const requests: string[] = [];
      const server = createServer((request, answer) => {
        requests.push(String(request.url));
        answer.end('{}');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
      const { id: kid, privateKey } = app.nest.get(SigningKeysService).current;
      const pem = String(createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }));
      const [, payload, signature] = token.split('.');
      const head = (fields: object) => Buffer.from(JSON.stringify({ typ: 'at+jwt', alg: 'ES256', kid, ...fields })).toString('base64url');
      const hmac = `${head({ alg: 'HS256' })}.${payload}`;
      const changed = Buffer.from(JSON.stringify({ ...claimsOf(token), roles: ['admin'] })).toString('base64url');
      for (const forged of [
        `${head({ alg: 'none' })}.${payload}.`,
        `${head({ alg: 'nOnE' })}.${payload}.${signature}`,
        `${hmac}.${createHmac('sha256', pem).update(hmac).digest('base64url')}`,
        `${head({ jku: url })}.${payload}.${signature}`,
        `${head({ x5u: url, kid: 'other' })}.${payload}.${signature}`,
        ...['../../dev/null', "' OR 1=1 --", 'x'.repeat(10_000), url].map((id) => `${head({ kid: id })}.${payload}.${signature}`),
        `${head({})}.${changed}.${signature}`,
        `${head({})}.${payload}.${'A'.repeat(86)}`,
      ]) {
        expect(await knock({ access_token: forged })).toMatchObject(FORGED);
      }
      expect(requests).toEqual([]);
      await new Promise((resolve) => server.close(resolve));
    });

    it('lets them work everywhere, and refuses them everywhere after a sign-out', async () => {
      const { token } = await api.signedIn();
      expect((await app.get('/v1/users/me', { token })).status).toBe(200);
      expect((await app.post('/v1/auth/logout', undefined, { token })).status).toBe(204);
      expect(await knock({ access_token: token })).toMatchObject(REVOKED);
      expect((await app.get('/v1/users/me', { token })).status).toBe(401);
    });
  });

  describe('of OTPs', () => {
    it('takes one of 50 at once, and changes the password once', async () => {
      const { email } = await api.signedIn();
      const { token, mail } = await api.askForReset(email);
      const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => api.reset(token, mail.secretCode, `johndoe${i + 10}`)));
      const won = answers.findIndex(({ status }) => status === 200);
      expect(successes(answers)).toHaveLength(1);
      expect(new Set(considered(answers).map(({ status }) => status))).toEqual(new Set([200, 401]));
      expect((await api.login(email, `johndoe${won + 10}`)).status).toBe(200);
    });

    it('looks at five of 100 wrong ones at once, and then not even at the right one', async () => {
      const { email, id } = await api.signedIn();
      const { token, mail } = await api.askForReset(email);
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => api.reset(token, wrongCode(mail.secretCode, i + 1))));
      for (const answer of considered(answers)) expect(answer).toMatchObject(OTP_WRONG);
      expect(
        await app.rows('SELECT tries FROM challenges WHERE user_id = (SELECT id FROM users WHERE number = $1) AND purpose = $2', [
          id,
          'reset-password',
        ]),
      ).toEqual([{ tries: 5 }]);
      expect(await api.reset(token, mail.secretCode)).toMatchObject(OTP_WRONG);
      expect((await api.login(email)).status).toBe(200);
    });

    it('wants the token of the same mail', async () => {
      const { email, token: access } = await api.signedIn();
      const other = await api.signedIn();
      const own = await api.askForReset(email);
      const others = await api.askForReset(other.email);
      expect(await api.reset(others.token, own.mail.secretCode)).toMatchObject(OTP_WRONG);
      expect(await api.reset(access, own.mail.secretCode)).toMatchObject(FORGED);
      expect(await api.reset(own.mail.token, own.mail.secretCode)).toMatchObject(FORGED);
      expect(await api.reset(`${own.token.slice(0, -8)}AAAAAAAA`, own.mail.secretCode)).toMatchObject(FORGED);
      expect(
        await api.send('PUT', '/users/reset_password', {
          new_password: 'johndoe2',
          confirm_new_password: 'johndoe2',
          OTP: own.mail.secretCode,
        }),
      ).toMatchObject(NO_TOKEN);
      const newer = await api.askForReset(email);
      expect(await api.reset(own.token, own.mail.secretCode)).toMatchObject(OTP_WRONG);
      expect(await knock({ access_token: newer.token })).toMatchObject(FORGED);
      expect((await app.get('/v1/users/me', { token: newer.token })).status).toBe(401);
      expect((await api.reset(newer.token, newer.mail.secretCode)).status).toBe(200);
    });

    it('lets them and their tokens grow too old', async () => {
      const { email } = await api.signedIn();
      const { token, mail } = await api.askForReset(email);
      await app.rows(`UPDATE challenges SET expires_at = now() WHERE address = $1`, [email]);
      expect(await api.reset(token, mail.secretCode)).toMatchObject({ status: 401, body: { msg: 'Token has expired' } });
    });

    it('keeps them out of the token and of the database', async () => {
      const { email } = await api.signedIn();
      const { token, mail } = await api.askForReset(email);
      for (const text of [token, Buffer.from(token, 'base64url').toString('latin1')]) expect(text).not.toContain(mail.secretCode);
      const rows = await app.rows(`SELECT to_jsonb(c)::text AS row FROM challenges c WHERE address = $1`, [email]);
      expect(JSON.stringify(rows)).not.toContain(mail.secretCode);
      expect(JSON.stringify(rows)).not.toContain(token);
    });

    it('goes to the stored address alone, with links of this server', async () => {
      const { email } = await api.signedIn();
      const before = await app.mailbox.newest(email);
      const headers = { host: 'evil.test', 'x-forwarded-host': 'evil.test', origin: 'https://evil.test' };
      await api.send('POST', '/users/requestResetPassword', { your_email: email.toUpperCase() }, { headers });
      const mail = await app.mailbox.newest(email, before);
      expect(JSON.stringify(mail)).not.toContain('evil.test');
      for (const your_email of [`${email},evil@evil.test`, `${email}\r\nBcc: evil@evil.test`, [email, 'evil@evil.test']]) {
        expect((await api.send('POST', '/users/requestResetPassword', { your_email })).status).toBeGreaterThanOrEqual(400);
      }
      expect(app.mailbox.count('evil@evil.test')).toBe(0);
    });
  });

  describe('of pictures', () => {
    const upload = async (content: Buffer) => {
      const { token } = await api.signedIn();
      return api.send('PUT', '/users/updatePropic', {}, { token, file: { field: 'image_file', content } });
    };

    it('takes none that is too large, twice in a row, and then one that is not', async () => {
      for (let i = 0; i < 2; i += 1) {
        expect(await upload(Buffer.alloc(MAX_UPLOAD_BYTES + 1, 1))).toMatchObject({
          status: 413,
          body: { message: 'REQUEST ENTITY TOO LARGE', status: 413 },
        });
      }
      expect((await upload(await pngOf('#123'))).status).toBe(200);
    });

    it('takes none that is no PNG or JPEG by its content', async () => {
      const blank = sharp({ create: { width: 20, height: 20, channels: 3, background: '#fff' } });
      for (const content of [
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        Buffer.from('%PDF-1.7\n'),
        Buffer.from('89504e470d0a1a0a00', 'hex'),
        await blank.webp().toBuffer(),
        await blank.gif().toBuffer(),
        await blank.tiff().toBuffer(),
      ]) {
        expect(await upload(content)).toMatchObject(BAD_REQUEST);
      }
    });

    it.each([
      '..%2f..%2fetc%2fpasswd',
      '%252e%252e%252f',
      '..%5c..%5c',
      '%00',
      'default.jpg%00',
      'nothing.jpg',
      'DEFAULT.JPG',
      'default.jpg;x',
    ])('finds them by their name alone: %s', async (name) => {
      expect(await api.get(`/static/${name}`)).toMatchObject({ status: 404, body: { message: 'NOT FOUND', status: 404 } });
    });
  });

  it('fails over no naughty string in the header', async () => {
    const bad: string[] = [];
    const knockWith = async (naughty: string) => {
      const latin1 = Buffer.from(naughty.toWellFormed()).toString('latin1');
      const access_token = latin1.replaceAll(/[^\t\u0020-\u007E\u0080-\u00FF]/g, '').slice(0, 8_000);
      for (const { status, text } of [await knock({ access_token }), await api.reset(access_token, '123456')])
        if (status !== 401 && status !== 422) bad.push(`${JSON.stringify(naughty).slice(0, 40)}: ${status} ${text}`);
    };
    for (let at = 0; at < NAUGHTY_STRINGS.length; at += 8) await Promise.all(NAUGHTY_STRINGS.slice(at, at + 8).map(knockWith));
    expect(bad).toEqual([]);
  });

  it.each([
    ['a prototype', '{"__proto__":{"admin":true},"email":"a@mail.com","password":"johndoe1"}'],
    ['the same key twice', '{"email":"a@mail.com","email":"b@mail.com","password":"johndoe1"}'],
    ['deep nesting', `{"email":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['a lone surrogate', '{"email":"\\ud800","password":"johndoe1"}'],
    ['NUL', '{"email":"a@mail.com","password":"\\u0000"}'],
    ['no object', '[1]'],
    ['half an object', '{"email":'],
    ['a number', '{"email":1e309,"password":1}'],
  ])('refuses a body with %s at sign-in', async (_, body) => {
    const answer = await app.call('POST', '/contracts/test-library/users/login', { body, headers: { 'content-type': 'application/json' } });
    expect([400, 401]).toContain(answer.status);
    expect(answer.body).toEqual({ message: answer.status === 400 ? 'BAD REQUEST' : 'ACCESS UNAUTHORIZED', status: answer.status });
  });
});
