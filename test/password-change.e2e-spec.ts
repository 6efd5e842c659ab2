import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordChangeService } from '../src/auth/passwords/password-change.service.js';
import { PASSWORD, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { NEW_PASSWORD } from './support/password-reset.js';
import { CALLER, principalOf } from './support/authorized.js';
import { TOLD_MS, poll } from './support/poll.js';
import { type Answer, type CallOptions, type TestApp, sharedApp, startApp } from './support/start-app.js';

const WRONG = 'four bright birds sang';

describe('changing a password', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const change = (token: string | undefined, body: object = {}, options: CallOptions = {}, to: TestApp = app): Promise<Answer> =>
    to.call('PUT', '/v1/auth/password', { token, body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD, ...body }, ...options });
  const login = (identifier: string, password: string, options: object = {}, to: TestApp = app): Promise<Answer> =>
    to.post('/v1/auth/login', { identifier, password }, options);
  const isAlive = async (token: string, node = app): Promise<boolean> => (await node.get('/v1/users/me', { token })).status === 200;

  it('ends every session, the own one too, and tells the owner', async () => {
    const user = await signedIn(app);
    const other = await signIn(app, user.email);
    const before = await app.mailbox.newest(user.email);
    const done = await change(user.accessToken, {}, { headers: { 'user-agent': 'curl/8.5.0' }, remoteAddress: '192.0.2.8' });
    expect([done.status, done.text]).toEqual([204, '']);

    for (const { accessToken, refreshToken } of [user, other]) {
      expect((await app.get('/v1/users/me', { token: accessToken })).body.code).toBe('token.revoked');
      expect((await app.post('/v1/auth/refresh', { refreshToken })).status).toBe(401);
    }
    expect((await login(user.email, PASSWORD)).status).toBe(401);
    await signIn(app, user.email, NEW_PASSWORD);

    const notice = await app.mailbox.newest(user.email, before);
    expect(notice.subject).toBe('Your Latchkey password was changed');
    for (const fact of ['Device: curl', 'IP address: 192.0.2.8', 'Forgot password']) expect(notice.text).toContain(fact);
    expect(notice.links).toEqual([]);
    const [event] = await app.rows("SELECT outcome, actor_id FROM audit_events WHERE action = 'password.changed' AND subject_id = $1", [
      user.id,
    ]);
    expect(event).toEqual({ outcome: 'success', actor_id: user.id });
  });

  it('tells other nodes within a second', async () => {
    const second = await startApp({}, app.settings.DATABASE_URL);
    const user = await signedIn(app);
    expect(await isAlive(user.accessToken, second)).toBe(true);
    await change(user.accessToken);
    await poll('the other node to know', async () => ((await isAlive(user.accessToken, second)) ? undefined : true), TOLD_MS);
    await second.stop();
  });

  /** But the link in the mail about the change itself. */
  const open = (id: string) =>
    app.rows(
      `SELECT purpose FROM challenges
       WHERE user_id = $1 AND consumed_at IS NULL AND superseded_at IS NULL AND purpose <> 'disavow' ORDER BY purpose`,
      [id],
    );
  /** Somebody who forgot the password, and wants another address. */
  async function mailed() {
    const user = await signedIn(app);
    const confirmation = await app.mailbox.newest(user.email);
    const wanted = { email: freshEmail('wanted'), currentPassword: PASSWORD };
    expect((await app.post('/v1/users/me/email', wanted, { token: user.accessToken })).status).toBe(202);
    await app.post('/v1/auth/password/forgot', { identifier: user.email });
    return { user, confirmation, reset: await app.mailbox.newest(user.email, confirmation) };
  }

  it('makes mailed codes and links worthless', async () => {
    const { user, confirmation, reset } = await mailed();
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    expect((await change(user.accessToken)).status).toBe(204);
    expect(await open(user.id)).toEqual([]);
    for (const proof of [{ token: reset.token }, { identifier: user.email, code: reset.secretCode }]) {
      const refused = await app.post('/v1/auth/password/reset', { ...proof, newPassword: PASSWORD });
      expect(refused.body.code).toBe('challenge.invalid');
    }
    for (const proof of [{ token: confirmation.token }, { email: user.email, code: confirmation.secretCode }]) {
      const refused = await app.post('/v1/auth/email/verification/confirm', { ...proof, password: NEW_PASSWORD });
      expect(refused.body.code).toBe('challenge.invalid');
    }
  });

  it('leaves the proofs of an address good that nobody has proven: the one who knows the password may be a stranger', async () => {
    const { user, confirmation } = await mailed();
    expect((await change(user.accessToken)).status).toBe(204);
    expect(await open(user.id)).toEqual([{ purpose: 'confirm-email' }, { purpose: 'reset-password' }]);
    const proven = await app.post('/v1/auth/email/verification/confirm', { token: confirmation.token, newPassword: WRONG });
    expect(proven.status).toBe(200);
    expect(await open(user.id)).toEqual([]);
  });

  it('takes the refresh cookie away', async () => {
    const { email } = await register(app);
    const origin = { origin: app.settings.PUBLIC_URL };
    const { body, headers } = await app.post(
      '/v1/auth/login',
      { identifier: email, password: PASSWORD, session: 'cookie' },
      { headers: origin },
    );
    const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
    const done = await change(body.accessToken, {}, { headers: { cookie } });
    expect(done.status).toBe(204);
    expect(done.headers['set-cookie']).toMatch(/^__Host-latchkey-refresh=; Max-Age=0;/);
  });

  it('changes nothing without the current password', async () => {
    const user = await signedIn(app);
    const wrong = await change(user.accessToken, { currentPassword: WRONG });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'auth.bad_credentials']);
    for (const currentPassword of [undefined, null, '', 7, ['a'], {}])
      expect((await change(user.accessToken, { currentPassword })).status).toBe(422);
    expect((await change(undefined)).body.code).toBe('access.unauthenticated');
    expect((await change(user.refreshToken)).status).toBe(401);
    expect(await isAlive(user.accessToken)).toBe(true);
    await signIn(app, user.email, PASSWORD);
  });

  it.each([
    ['short', 'password.too_short'],
    ['😀'.repeat(129), 'password.too_long'],
    [PASSWORD, 'password.unchanged'],
    ['my OWN', 'password.personal'],
  ])('refuses a new password by its rule (%#)', async (bad, rule) => {
    const user = await signedIn(app);
    const newPassword = bad === 'my OWN' ? `my ${user.email.toUpperCase()}` : bad;
    const refused = await change(user.accessToken, { newPassword });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([{ pointer: '/newPassword', rule, detail: expect.any(String) }]);
    expect(await isAlive(user.accessToken)).toBe(true);
  });

  it.each([[null], [''], [7], [['a']], [{}], ['x'.repeat(1_025)]])('refuses a malformed new password (%#)', async (newPassword) => {
    const user = await signedIn(app);
    expect((await change(user.accessToken, { newPassword })).status).toBe(422);
  });

  it('keeps to the rule that a wire format names', async () => {
    const user = await signedIn(app);
    await app.nest
      .get(PasswordChangeService)
      .change(principalOf(user.id), { currentPassword: PASSWORD, newPassword: 'abc123' }, CALLER, { policy: 'legacy' });
    expect((await login(user.email, 'abc123')).status).toBe(200);
  });

  describe('in races', () => {
    it('succeeds once of 10 parallel changes', async () => {
      const user = await signedIn(app);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) => change(user.accessToken, { newPassword: `${NEW_PASSWORD} ${i}` })),
      );
      const winner = answers.findIndex(({ status }) => status === 204);
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
      await signIn(app, user.email, `${NEW_PASSWORD} ${winner}`);
    });
  });
});
