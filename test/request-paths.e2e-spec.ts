import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestUser, signIn, signedIn } from './support/accounts.js';
import { signedInAdmin } from './support/administrators.js';
import { type TestApp, sharedApp } from './support/start-app.js';

describe('a request written in an unusual way', () => {
  let app: TestApp;
  let admin: TestUser;
  beforeAll(async () => {
    app = await sharedApp();
    admin = await signedInAdmin(app);
  });
  afterAll(() => app.stop());

  describe('in the address', () => {
    const SAME = [
      '/v1/users/me',
      '//v1/users/me',
      '/v1//users/me',
      '/v1/users/me/',
      '/v1/users/me//',
      '/%76%31/users/me',
      '/v1/users/%6de',
      '/v1/users/me?a=1',
      '/v1/users/me?a=/public',
    ];
    const NOT_FOUND = ['/V1/users/me', '/v1/users%2fme', '/v1/users/me/x', '/v1/audit;x', '/V1/audit', '/v1/audit%2f', '/v1/AUDIT'];
    /** Where the id of an account stands, for administrators. */
    const NOBODY = [';x', ';jsessionid=1', '%2f', '%00', '%20', '.json', '%3fa', '%252f'].map((end) => `/v1/users/me${end}`);
    const FOR_ADMINISTRATORS = [
      '/v1/audit',
      '//v1/audit',
      '/v1//audit',
      '/v1/audit/',
      '/%76%31/audit',
      '/v1/%61udit',
      '/v1/users',
      '/v1/user%73/',
    ];

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

    it.each([...NOBODY, '/v1/users/ME'])('%s is nobody, and not the caller', async (url) => {
      const { accessToken: token } = await signedIn(app);
      for (const method of ['GET', 'HEAD'] as const) {
        expect((await app.call(method, url)).status).toBe(401);
        expect((await app.call(method, url, { token })).status).toBe(403);
        expect((await app.call(method, url, { token: admin.accessToken })).status).toBe(404);
      }
    });

    it.each(FOR_ADMINISTRATORS)('%s is for administrators, however it is written', async (url) => {
      const { accessToken: token } = await signedIn(app);
      for (const method of ['GET', 'HEAD'] as const) {
        expect((await app.call(method, url)).status).toBe(401);
        expect((await app.call(method, url, { token })).status).toBe(403);
        expect((await app.call(method, url, { token: admin.accessToken })).status).toBe(200);
      }
    });

    it.each(['x-http-method-override', 'x-http-method', 'x-method-override'])(
      'cannot be asked by another method through %s',
      async (header) => {
        for (const as of ['GET', 'DELETE', 'POST']) {
          expect((await app.post('/v1/users/me?_method=GET', { _method: 'GET' }, { headers: { [header]: as } })).status).toBe(405);
          expect((await app.get('/v1/users/me', { headers: { [header]: as } })).status).toBe(401);
        }
      },
    );

    it.each(['x-original-url', 'x-rewrite-url', 'x-forwarded-uri', 'x-forwarded-prefix'])('cannot be replaced by %s', async (header) => {
      expect((await app.get('/v1/users/me', { headers: { [header]: '/health/live' } })).status).toBe(401);
      expect((await app.get('/health/live', { headers: { [header]: '/v1/users/me' } })).body).toEqual({ status: 'ok' });
    });
  });

  it('with a token anywhere but in the Authorization header comes from a stranger', async () => {
    const { accessToken: token, email } = await signedIn(app);
    for (const query of [`access_token=${token}`, `token=${token}`, `auth_token=${token}`, `jwt=${token}`]) {
      const answer = await app.get(`/v1/users/me?${query}`);
      expect([answer.status, answer.body.code]).toEqual([401, 'access.unauthenticated']);
    }
    for (const headers of [
      { cookie: `access_token=${token}; token=${token}` },
      { 'x-access-token': token },
      { authorization: token },
      { authorization: `JWT ${token}` },
      { authorization: `Basic ${token}` },
      { 'proxy-authorization': `Bearer ${token}` },
    ]) {
      expect((await app.get('/v1/users/me', { headers })).status).toBe(401);
    }
    expect((await app.post('/v1/auth/logout-all', { access_token: token })).status).toBe(401);
    await signIn(app, email);
  });
});
