import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, signIn, signedIn } from './support/accounts.js';
import { VirtualAuthenticator } from './support/passkeys.js';
import { attempt, beginWithPassword, readSignIn, withTotp } from './support/sign-ins.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const NEW_PASSWORD = 'seven calm rivers run';
const CONFIRM = '/v1/auth/email/verification/confirm';
const AUTHENTICATORS = '/v1/users/me/authenticators';
const PAGE = { origin: 'https://accounts.latchkey.test', 'content-type': 'application/json' };

/** Faults that were published of comparable systems, each tried here as it was found there. `docs/security.md` lists all of them. */
describe('no fault of other systems here:', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const sessionsOf = (id: string): Promise<object[]> => app.rows('SELECT id FROM sessions WHERE user_id = $1', [id]);
  const cookiesOf = ({ headers }: Answer): string =>
    [headers['set-cookie'] ?? []]
      .flat()
      .map((line) => String(line).split(';')[0])
      .join('; ');

  /** GHSA-xg6x-h9c9-2m83 (better-auth): the session of the first step was cached in a cookie, and then taken for a whole one. */
  it('a session that is believed before the second factor has passed', async () => {
    const user = await withTotp(app);
    await app.rows('DELETE FROM sessions WHERE user_id = $1', [user.id]);
    const login = await app.post(
      '/v1/auth/login',
      { identifier: user.email, password: user.password, session: 'cookie' },
      { headers: PAGE },
    );
    expect(login.status).toBe(403);
    const cookie = cookiesOf(login);
    expect(cookie).toMatch(/^__Host-latchkey-sign-in-[\w-]+=[\w-]{43}$/);
    // What the browser has by now opens nothing, as a cookie or as a token, however often it is looked at.
    const secret = String(cookie.split('=')[1]);
    for (let count = 0; count < 3; count += 1) {
      expect((await app.post('/v1/auth/refresh', undefined, { headers: { ...PAGE, cookie } })).body?.accessToken).toBeUndefined();
      expect((await app.get('/v1/users/me', { headers: { ...PAGE, cookie } })).status).toBe(401);
      expect((await app.get('/v1/users/me', { token: secret })).status).toBe(401);
      expect((await app.get('/v1/auth/verify', { token: secret })).status).toBe(401);
      expect((await app.get(`/v1/sign-ins/${login.body.signIn.id}`, { headers: { cookie } })).body).not.toHaveProperty('session');
    }
    expect(await sessionsOf(user.id)).toEqual([]);
  });

  /** GHSA-qq9h-g4jm-xgf3 (better-auth): a mailed proof verified the account and left the password of whoever had registered it. */
  it('ways in of a stranger that live on in an account whose owner proves the mailbox', async () => {
    const email = freshEmail('victim');
    const stranger = await signedIn(app, { email });
    const { secretCode: code } = await app.mailbox.newest(email);
    const device = new VirtualAuthenticator();
    const options = (await app.post(`${AUTHENTICATORS}/passkeys/options`, {}, { token: stranger.accessToken })).body;
    const added = await app.post(`${AUTHENTICATORS}/passkeys`, { credential: device.create(options) }, { token: stranger.accessToken });
    expect(added.status).toBe(201);
    expect((await app.post(CONFIRM, { email, code, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect((await app.get('/v1/users/me', { token: stranger.accessToken })).status).toBe(401);
    expect((await app.post('/v1/auth/refresh', { refreshToken: stranger.refreshToken })).status).toBe(401);
    expect((await app.post('/v1/auth/login', { identifier: email, password: PASSWORD })).status).toBe(401);
    const { id, secret, challenge } = (await app.post('/v1/sign-ins/passkey', {})).body;
    const byPasskey = await attempt(app, { id, secret }, { challengeId: challenge.id, credential: device.get(challenge.publicKey) });
    expect([byPasskey.status, byPasskey.body.code]).toEqual([401, 'factor.invalid']);
    expect(added.body.recoveryCodes).toHaveLength(10);
    expect(await app.rows('SELECT id FROM recovery_codes WHERE user_id = $1', [stranger.id])).toEqual([]);
    await signIn(app, email, NEW_PASSWORD);
  });

  /** better-auth#11023: a code was of the address, not of the registration, so that the owner's proof verified a stranger's account. */
  it('a code that proves the account of a stranger, with the password of the stranger, to its owner who registers later', async () => {
    const email = freshEmail('victim');
    const stranger = await signedIn(app, { email });
    const before = await app.mailbox.newest(email);
    const registered = await app.post('/v1/auth/register', { email, password: NEW_PASSWORD });
    expect(registered.body.code).toBe('user.email_unproven');
    const { secretCode: code } = await app.mailbox.newest(email, before);
    // The code alone verifies nothing.
    const alone = await app.post(CONFIRM, { email, code });
    expect([alone.status, alone.body.code]).toEqual([401, 'auth.proof_required']);
    expect(await app.rows('SELECT email_verified_at FROM users WHERE id = $1', [stranger.id])).toEqual([{ email_verified_at: null }]);
    expect((await app.post(CONFIRM, { email, code, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect((await app.post('/v1/auth/login', { identifier: email, password: PASSWORD })).status).toBe(401);
    await signIn(app, email, NEW_PASSWORD);
  });

  /** CVE-2026-3429 (Keycloak): who had the password alone could delete the second factor, and register another one. */
  it('a second factor that is removed or replaced by somebody with the password alone', async () => {
    const user = await withTotp(app);
    const { accessToken: token } = user;
    const acts = [
      app.call('DELETE', `${AUTHENTICATORS}/${user.totp.id}`, { token }),
      app.call('PATCH', `${AUTHENTICATORS}/${user.totp.id}`, { token, body: { name: 'Mine' } }),
      app.post(`${AUTHENTICATORS}/totp`, {}, { token }),
      app.post(`${AUTHENTICATORS}/passkeys/options`, {}, { token }),
      app.post('/v1/users/me/recovery-codes', {}, { token }),
      app.call('PATCH', '/v1/users/me', { token, body: { mfaRequired: false } }),
    ];
    for (const answer of await Promise.all(acts)) expect([answer.status, answer.body.code]).toEqual([401, 'auth.step_up_required']);
    // The first factor once more is no step up.
    const again = await app.post('/v1/sign-ins', { purpose: 'step_up' }, { token });
    expect((await attempt(app, again.body, { password: user.password })).body.code).toBe('sign_in.wrong_state');
    expect(await app.rows('SELECT name FROM authenticators WHERE user_id = $1', [user.id])).toEqual([{ name: 'Authenticator app' }]);
  });

  /** ory/kratos#4097: a flow that had expired led nowhere. */
  it('a sign-in whose time is over, and which does not say how to begin again', async () => {
    const user = await withTotp(app);
    const signedOut = await beginWithPassword(app, user, { returnTo: 'https://app.example.com/welcome' });
    await app.rows(`UPDATE sign_ins SET expires_at = now() WHERE id = $1`, [signedOut.id]);
    const over = await readSignIn(app, signedOut);
    expect([over.status, over.body.code]).toEqual([410, 'sign_in.expired']);
    expect(over.body.restart).toEqual({ purpose: 'sign_in', clientId: 'latchkey', returnTo: 'https://app.example.com/welcome' });
    expect((await beginWithPassword(app, user, { returnTo: over.body.restart.returnTo })).status).toBe('needs_second_factor');
  });

  /** GHSA-392p-2q2v-4372 (better-auth): a refresh token that was exchanged by two requests at once gave two families. */
  it('a refresh token that is exchanged twice at once, and forks its session', async () => {
    const user = await signedIn(app);
    const refresh = (refreshToken: string): Promise<Answer> => app.post('/v1/auth/refresh', { refreshToken });
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(user.refreshToken)));
    const successors = new Set(answers.map(({ body }) => body.refreshToken));
    expect(successors.size).toBe(1);
    const next = await refresh([...successors][0]);
    expect(next.status).toBe(200);
    // The first one coming back shows that two have it: the whole family ends.
    expect((await refresh(user.refreshToken)).status).toBe(401);
    expect((await refresh(next.body.refreshToken)).status).toBe(401);
  });
});
