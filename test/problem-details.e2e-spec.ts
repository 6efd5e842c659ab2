import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnavailableError } from '../src/common/errors.js';
import { UsersService } from '../src/users/users.service.js';
import { PASSWORD, freshEmail, signedIn } from './support/accounts.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a failure', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const raw = (url: string, payload: string | Buffer, headers: Record<string, string> = JSON_TYPE): Promise<Answer> =>
    app.call('POST', url, { headers, payload });

  function expectProblem(answer: Answer, status: number, code: string): void {
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.body).toMatchObject({ type: `urn:latchkey:problem:${code}`, status, code, requestId: answer.headers['x-request-id'] });
    expect(answer.body.title).toMatch(/^[A-Z]/);
    expect(answer.body.detail).toMatch(/[.…]$/);
    expect(answer.text).not.toMatch(/ {4}at |node_modules|\.[jt]s:\d|SELECT|INSERT|UPDATE |FST_ERR|relation "/);
  }

  describe('to read the request is a problem document:', () => {
    it.each(['{', '{"identifier":', 'null,', "{'identifier':1}", '\u0000', '{"a":1}{'])('malformed JSON %j', async (body) => {
      expectProblem(await raw('/v1/auth/login', body), 400, 'request.malformed');
    });

    it('bytes that are no UTF-8', async () => {
      const body = Buffer.concat([Buffer.from('{"identifier":"ada","password":"'), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from('"}')]);
      expectProblem(await raw('/v1/auth/login', body), 400, 'request.malformed');
    });

    it.each(['null', '7', '"text"', '[]', 'true'])('JSON that is no object: %s', async (body) => {
      const answer = await raw('/v1/auth/login', body);
      expectProblem(answer, 422, 'request.invalid');
      expect(answer.body.errors).toEqual([{ pointer: '', rule: 'isObject', detail: 'The body must be a JSON object.' }]);
    });

    it.each(['/v1/nothing', '/nothing', '/v1', '/v1/users/me/nothing', '/v1/auth;a', '/favicon.ico', `/dev/mail/${'a'.repeat(300)}`])(
      'an unknown address %s',
      async (url) => {
        expectProblem(await app.get(url), 404, 'route.not_found');
      },
    );

    it.each(['/v1/%', '/v1/users/%c0%ae', '/v1/users/me%zz'])('an address with bad escapes %s', async (url) => {
      const answer = await app.get(url);
      expectProblem(answer, 400, 'request.malformed');
      expect(answer.body.detail).toContain('address');
    });

    it.each([
      ['GET', '/v1/auth/login', 'POST'],
      ['DELETE', '/v1/auth/login/?a=1', 'POST'],
      ['OPTIONS', '/v1/auth/login', 'POST'],
      ['POST', '//v1/auth/verify', 'GET, HEAD'],
      ['PATCH', '/health/live', 'GET, HEAD'],
      ['POST', `/dev/mail/019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11`, 'GET, HEAD'],
    ] as const)('a wrong method: %s %s', async (method, url, allow) => {
      const answer = await app.call(method, url);
      expectProblem(answer, 405, 'route.method_not_allowed');
      expect(answer.headers.allow).toBe(allow);
    });

    it('a body that is too large', async () => {
      expectProblem(await app.post('/v1/auth/login', { identifier: 'ada', password: 'x'.repeat(64 * 1_024) }), 413, 'request.too_large');
    });

    it.each([
      'application/x-www-form-urlencoded',
      'text/plain',
      'text/plain;charset=UTF-8',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/jsonp',
      'nonsense',
      'application/x-www-form-urlencoded; a=application/json',
    ])('a body of type %s', async (type) => {
      for (const body of ['identifier=ada&password=b', '{"identifier":"ada","password":"b"}']) {
        expectProblem(await raw('/v1/auth/login', body, { 'content-type': type }), 415, 'request.unsupported_media_type');
      }
    });

    it('a body of no type', async () => {
      expectProblem(await app.call('POST', '/v1/auth/login', { payload: Buffer.from('{}') }), 415, 'request.unsupported_media_type');
    });
  });

  it('is none when JSON is announced and nothing sent to an operation that takes nothing', async () => {
    const { accessToken } = await signedIn(app);
    const answer = await app.post('/v1/auth/logout', undefined, { token: accessToken, headers: JSON_TYPE });
    expect(answer.status).toBe(204);
    expectProblem(await app.post('/v1/auth/login', undefined, { headers: JSON_TYPE }), 422, 'request.invalid');
  });

  it('names each wrong field by its JSON pointer', async () => {
    const answer = await app.post('/v1/auth/register', { email: 7, password: 'short', 'a/b~c': 1, gender: 'x' });
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors.map(({ pointer, rule }: { pointer: string; rule: string }) => [pointer, rule])).toEqual(
      expect.arrayContaining([
        ['/email', 'isString'],
        ['/a~1b~0c', 'unknownField'],
        ['/gender', 'isIn'],
      ]),
    );
    const query = await app.get('/dev/mail/messages?to=a&to=b');
    expectProblem(query, 422, 'request.invalid');
    expect(query.body.errors[0].pointer).toBe('?to');
  });

  it('of the caller to show who they are says which scheme is wanted', async () => {
    const missing = await app.get('/v1/users/me');
    expectProblem(missing, 401, 'access.unauthenticated');
    expect(missing.headers['www-authenticate']).toBe('Bearer');
    const bad = await app.get('/v1/users/me', { token: 'a.b.c' });
    expectProblem(bad, 401, 'token.invalid');
    expect(bad.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    const login = await app.post('/v1/auth/login', { identifier: freshEmail(), password: PASSWORD });
    expectProblem(login, 401, 'auth.bad_credentials');
    expect(login.headers['www-authenticate']).toBe('Bearer');
  });

  describe('of ours', () => {
    it('tells the caller nothing of what went wrong, and the log everything but values', async () => {
      const broken = await startApp();
      try {
        const email = freshEmail('canary');
        await broken.rows('ALTER TABLE users RENAME COLUMN first_name TO forename');
        const answer = await broken.post('/v1/auth/register', { email, password: PASSWORD });
        expectProblem(answer, 500, 'server.error');
        expect(answer.body.detail).toBe('Something went wrong on our side.');
        const lines = broken.logs.filter((line) => line.includes(answer.body.requestId) && line.includes('"error"'));
        expect(lines).toHaveLength(1);
        expect(JSON.parse(String(lines[0]))).toMatchObject({
          level: 'error',
          code: 'server.error',
          method: 'POST',
          path: '/v1/auth/register',
          err: { stack: expect.any(String) },
        });
        expect(lines[0]).toMatch(/first_name/);
        expect(broken.logs.join('')).not.toMatch(/canary|argon2id/);
      } finally {
        await broken.stop();
      }
    });

    it('says when to come back if it is a matter of time, and is logged', async () => {
      // Nest logs through the server that was started last.
      const away = await startApp();
      const { accessToken } = await signedIn(away);
      away.nest.get(UsersService).getById = () => Promise.reject(new UnavailableError(7, new Error('connection refused')));
      const answer = await away.get('/v1/users/me', { token: accessToken });
      await away.stop();
      expectProblem(answer, 503, 'server.unavailable');
      expect(answer.headers['retry-after']).toBe('7');
      expect(answer.text).not.toContain('refused');
      expect(away.logs.find((line) => line.includes(answer.body.requestId) && line.includes('"warn"'))).toContain('connection refused');
    });
  });

  describe('has the request’s id', () => {
    it('as the caller chose it', async () => {
      for (const id of ['a', 'trace-1:2.3_4', 'x'.repeat(64)]) {
        const answer = await app.get('/v1/nothing', { headers: { 'x-request-id': id } });
        expect([answer.headers['x-request-id'], answer.body.requestId]).toEqual([id, id]);
      }
    });

    it('or a new one, when there is none or it is hostile', async () => {
      const seen = new Set<string>();
      for (const id of [undefined, '', 'x'.repeat(65), 'a b', '"><script>', "';--", 'é', '{{7*7}}', 'a\tb', '../..']) {
        const answer = await app.get('/v1/nothing', id === undefined ? {} : { headers: { 'x-request-id': id } });
        expect(answer.body.requestId).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-/);
        expect(answer.headers['x-request-id']).toBe(answer.body.requestId);
        seen.add(answer.body.requestId);
      }
      expect(seen.size).toBe(10);
    });
  });

  describe('of Node’s parser is a problem document too:', () => {
    let port: number;
    beforeAll(async () => {
      port = Number(new URL(await app.listen()).port);
    });

    async function send(bytes: string): Promise<{ head: string; body: Record<string, unknown> }> {
      const socket = connect(port, '127.0.0.1');
      socket.write(bytes);
      const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
      return { head, body: JSON.parse(body) as Record<string, unknown> };
    }

    it.each([
      ['NONSENSE\r\n\r\n', 400, 'request.malformed'],
      ['GET / HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n', 400, 'request.malformed'],
      ['POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n', 400, 'request.malformed'],
      [`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'request.headers_too_large'],
    ])('%.40j', async (bytes, status, code) => {
      const { head, body } = await send(bytes);
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(head).toContain('content-type: application/problem+json; charset=utf-8');
      expect(body).toMatchObject({ status, code, type: `urn:latchkey:problem:${code}`, requestId: expect.any(String) });
    });
  });
});
