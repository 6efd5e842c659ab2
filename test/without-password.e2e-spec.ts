import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, signIn as signInByPassword, signedIn } from './support/accounts.js';
import { forgetStep, totpCode } from './support/factors.js';
import { attempt, begin, mailedCode } from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';

const NEW_PASSWORD = 'seven calm rivers run';

describe('an account without a password', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const signIn = async (email: string): Promise<{ id: string; token: string }> => {
    const waiting = await begin(app, { identifier: email });
    const { body } = await attempt(app, waiting, (await mailedCode(app, waiting, email)).answer);
    return { id: body.session.user.id, token: body.session.accessToken };
  };
  const signedUp = async (): Promise<{ id: string; email: string; token: string }> => {
    const email = freshEmail('grace');
    return { email, ...(await signIn(email)) };
  };
  /** An access token of a session whose last proof is old. */
  const aged = async (email: string): Promise<{ id: string; token: string }> => {
    const waiting = await begin(app, { identifier: email });
    const { body } = await attempt(app, waiting, (await mailedCode(app, waiting, email)).answer);
    const { id } = body.session.user;
    await app.rows(`UPDATE sessions SET auth_time = now() - interval '10 minutes' WHERE user_id = $1`, [id]);
    const refreshed = await app.post('/v1/auth/refresh', { refreshToken: body.session.refreshToken });
    return { id, token: refreshed.body.accessToken };
  };

  it('is told to have none', async () => {
    const { token } = await signedUp();
    expect((await app.get('/v1/users/me/authenticators', { token })).body.password).toBe(false);
  });

  it('gets one by a recent proof; then that is asked for', async () => {
    const { email, token } = await signedUp();
    const set = await app.call('PUT', '/v1/auth/password', { token, body: { newPassword: NEW_PASSWORD } });
    expect(set.status).toBe(204);
    const { accessToken } = await signInByPassword(app, email, NEW_PASSWORD);
    const again = await app.call('PUT', '/v1/auth/password', { token: accessToken, body: { newPassword: PASSWORD } });
    expect([again.status, again.body.errors]).toEqual([422, [expect.objectContaining({ pointer: '/currentPassword' })]]);
    expect((await signIn(email)).id).toBeDefined();
  });

  it('is asked for a fresh proof where the session is older', async () => {
    const { email } = await signedUp();
    const { token } = await aged(email);
    const calls = [
      app.call('PUT', '/v1/auth/password', { token, body: { newPassword: NEW_PASSWORD } }),
      app.post('/v1/users/me/email', { email: freshEmail() }, { token }),
      app.call('PUT', '/v1/users/me/mobile', { token, body: { mobile: '+1 202 555 0144' } }),
      app.call('DELETE', '/v1/users/me', { token, body: {} }),
    ];
    for (const answer of await Promise.all(calls)) {
      expect([answer.status, answer.body.code]).toEqual([401, 'auth.step_up_required']);
      expect(answer.body.maxAge).toBe(300);
    }
    const stepUp = await begin(app, { purpose: 'step_up' }, { token });
    const { body } = await attempt(app, stepUp, (await mailedCode(app, stepUp, email)).answer);
    const { accessToken } = body.session;
    expect((await app.call('PUT', '/v1/users/me/mobile', { token: accessToken, body: { mobile: '+1 202 555 0144' } })).status).toBe(200);
    expect((await app.call('DELETE', '/v1/users/me/mobile', { token: accessToken, body: {} })).status).toBe(204);
    expect((await app.post('/v1/users/me/email', { email: freshEmail() }, { token: accessToken })).status).toBe(202);
    expect((await app.call('DELETE', '/v1/users/me', { token: accessToken, body: {} })).status).toBe(204);
  });

  it('leaves nothing of its address when it is deleted, not in the mail that made it either', async () => {
    const { email, token } = await signedUp();
    expect((await app.call('DELETE', '/v1/users/me', { token, body: {} })).status).toBe(204);
    expect(await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [email])).toEqual([]);
    expect(await app.rows('SELECT 1 FROM sign_in_codes WHERE address = $1', [email])).toEqual([]);
    expect(await app.rows('SELECT 1 FROM sign_ins WHERE identifier = $1', [email])).toEqual([]);
  });

  it('of somebody else is no way around the password', async () => {
    const { accessToken: token } = await signedIn(app);
    const { status, body } = await app.call('DELETE', '/v1/users/me', { token, body: {} });
    expect([status, body.errors]).toEqual([422, [expect.objectContaining({ pointer: '/password' })]]);
  });

  it('changes nothing without the second factor that it has', async () => {
    const { email, token } = await signedUp();
    const added = (await app.post('/v1/users/me/authenticators/totp', {}, { token })).body;
    const confirmed = await app.post(`/v1/users/me/authenticators/${added.id}/confirm`, { code: totpCode(added.secret) }, { token });
    expect(confirmed.status).toBe(200);
    expect((await app.call('PUT', '/v1/auth/password', { token, body: { newPassword: NEW_PASSWORD } })).body.code).toBe(
      'auth.step_up_required',
    );
    const waiting = await begin(app, { identifier: email });
    await attempt(app, waiting, (await mailedCode(app, waiting, email)).answer);
    await forgetStep(app, added.id);
    const done = (await attempt(app, waiting, { totp: totpCode(added.secret) })).body;
    const strong = done.session.accessToken;
    // Its only authenticator may go: the mailbox is a way in.
    expect((await app.call('DELETE', `/v1/users/me/authenticators/${added.id}`, { token: strong })).status).toBe(204);
  });

  it('can still reset a password that it never had', async () => {
    const { email } = await signedUp();
    const before = await app.mailbox.newest(email);
    await app.post('/v1/auth/password/forgot', { identifier: email });
    const { token } = await app.mailbox.newest(email, before);
    expect((await app.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD })).status).toBe(204);
    await signInByPassword(app, email, NEW_PASSWORD);
  });

  it('tells administrators that it has none, and nothing of a lock', async () => {
    const { id } = await signedUp();
    const [row] = await app.rows<{ password_hash: string | null; password_locked_at: Date | null }>('SELECT * FROM users WHERE id = $1', [
      id,
    ]);
    expect(row).toMatchObject({ password_hash: null, password_locked_at: expect.any(Date) });
  });
});
