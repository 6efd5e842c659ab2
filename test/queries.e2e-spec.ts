import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestUser, signedIn } from './support/accounts.js';
import { type TestApp, startApp } from './support/start-app.js';
import { statementsOf } from './support/statements.js';

/** Round trips to the database are what a request costs most; these numbers may fall, and rise only with a reason. */
describe('statements per request', () => {
  let app: TestApp;
  let user: TestUser;
  beforeAll(async () => {
    app = await startApp({ OAUTH_CLIENTS: 'books:secret' });
    user = await signedIn(app);
  });
  afterAll(() => app.stop());

  it('one for who am I', async () => {
    for (let i = 0; i < 2; i += 1) {
      expect(await statementsOf(() => app.get('/v1/users/me', { token: user.accessToken }))).toEqual([expect.stringMatching(/^SELECT/)]);
    }
  });

  it('none for checking an access token, seen before or not', async () => {
    const { accessToken } = await signedIn(app);
    for (let i = 0; i < 2; i += 1) expect(await statementsOf(() => app.get('/v1/auth/verify', { token: accessToken }))).toEqual([]);
  });

  it('none for refusing a forged access token', async () => {
    const [header, payload, signature = ''] = user.accessToken.split('.');
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect(await statementsOf(() => app.get('/v1/auth/verify', { token: forged }))).toEqual([]);
  });

  it('one for a refresh, none for a forged refresh token', async () => {
    const { refreshToken } = await signedIn(app);
    expect(await statementsOf(() => app.post('/v1/auth/refresh', { refreshToken }))).toEqual([expect.stringMatching(/^UPDATE sessions/)]);
    expect(await statementsOf(() => app.post('/v1/auth/refresh', { refreshToken: `lkr_${'A'.repeat(78)}` }))).toEqual([]);
  });

  it('one for the list of sessions', async () => {
    expect(await statementsOf(() => app.get('/v1/users/me/sessions', { token: user.accessToken }))).toHaveLength(1);
  });

  it('one for an introspection', async () => {
    const authorization = `Basic ${Buffer.from('books:secret').toString('base64')}`;
    const introspect = (token: string) =>
      app.call('POST', '/oauth/introspect', {
        payload: new URLSearchParams({ token }).toString(),
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect(await statementsOf(() => introspect(user.accessToken))).toHaveLength(1);
    expect(await statementsOf(() => introspect(user.refreshToken))).toHaveLength(1);
    expect(await statementsOf(() => introspect('garbage'))).toHaveLength(0);
  });

  it('a fixed number for a sign-in, however many sessions there are', async () => {
    const count = () => statementsOf(() => app.post('/v1/auth/login', { identifier: user.email, password: user.password }));
    const first = await count();
    for (let i = 0; i < 5; i += 1) await count();
    expect(await count()).toEqual(first);
    expect(first).toContainEqual(expect.stringMatching(/^INSERT INTO sessions/));
    // Credentials; BEGIN, session, time of sign-in, audit, COMMIT.
    expect(first.length).toBeLessThanOrEqual(6);
  });
});
