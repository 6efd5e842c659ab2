import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type TestUser, signIn, signedIn } from '../support/accounts.js';
import { NEW_PASSWORD, ResetFlow } from '../support/password-reset.js';
import { type Answer, type TestApp, startApp } from '../support/start-app.js';

/** Many rounds, for who comes first is another one each time. */
describe('a password, in races with signing in and refreshing,', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const { reset, mailFor } = new ResetFlow(() => app);
  const login = (identifier: string, password: string): Promise<Answer> => app.post('/v1/auth/login', { identifier, password });
  const change = (token: string, body: object = {}): Promise<Answer> =>
    app.call('PUT', '/v1/auth/password', { token, body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD, ...body } });

  it.each([
    [
      'reset',
      async ({ email }: TestUser) =>
        mailFor(email).then(
          ({ token }) =>
            () =>
              reset({ token }),
        ),
    ],
    [
      'changed',
      async ({ accessToken }: TestUser) =>
        () =>
          change(accessToken),
    ],
  ] as const)('leaves no session alive that was opened or refreshed while it was %s', async (_, prepare) => {
    for (let round = 0; round < 10; round += 1) {
      const user = await signedIn(app);
      const act = await prepare(user);
      const [done, ...others] = await Promise.all([
        act(),
        ...Array.from({ length: 6 }, (__, i) =>
          i % 2 === 0 ? login(user.email, PASSWORD) : app.post('/v1/auth/refresh', { refreshToken: user.refreshToken }),
        ),
      ]);
      expect(done.status).toBe(204);
      for (const { status, body } of others) {
        if (status !== 200) continue;
        expect((await app.get('/v1/users/me', { token: body.accessToken })).status).toBe(401);
        expect((await app.post('/v1/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(401);
      }
      expect(await app.rows('SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL', [user.id])).toEqual([]);
    }
  });

  it('is never changed past a reset: a thief who knows the old password loses', async () => {
    for (let round = 0; round < 8; round += 1) {
      const user = await signedIn(app);
      const isProven = round % 2 === 0;
      if (isProven) await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
      const before = await app.mailbox.newest(user.email);
      await app.post('/v1/auth/password/forgot', { identifier: user.email });
      const { token } = await app.mailbox.newest(user.email, before);
      const [done, theft] = await Promise.all([reset({ token }), change(user.accessToken, { newPassword: 'nine grey thieves hide' })]);
      // Whichever came first, the other one was refused; a change that came first has made the link worthless, if the address was proven.
      const orders = [
        [204, 401],
        [isProven ? 400 : 204, 204],
      ];
      expect(orders).toContainEqual([done.status, theft.status]);
      await signIn(app, user.email, done.status === 204 ? NEW_PASSWORD : 'nine grey thieves hide');
    }
  });
});
