import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordChangeService } from '../src/auth/password-change.service.js';
import { PASSWORD, register, signIn, signedIn } from './support/accounts.js';
import { poll } from './support/poll.js';
import { type Answer, type CallOptions, type TestApp, startApp } from './support/start-app.js';

const NEW_PASSWORD = 'seven calm rivers run';
const WRONG = 'four bright birds sang';

describe('changing a password', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const change = (token: string | undefined, body: object = {}, options: CallOptions = {}, to: TestApp = app): Promise<Answer> =>
    to.call('PUT', '/v1/auth/password', { token, body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD, ...body }, ...options });
  const login = (identifier: string, password: string, options: object = {}, to: TestApp = app): Promise<Answer> => to.post('/v1/auth/login', { identifier, password }, options);
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
    const [event] = await app.rows("SELECT outcome, actor_id FROM audit_events WHERE action = 'password.changed' AND subject_id = $1", [user.id]);
    expect(event).toEqual({ outcome: 'success', actor_id: user.id });
  });

  it('tells other nodes within a second', async () => {
    const second = await startApp({}, app.settings.DATABASE_URL);
    const user = await signedIn(app);
    expect(await isAlive(user.accessToken, second)).toBe(true);
    await change(user.accessToken);
    await poll('the other node to know', async () => ((await isAlive(user.accessToken, second)) ? undefined : true), 1_000);
    await second.stop();
  });

  it('makes mailed codes and links worthless', async () => {
    const user = await signedIn(app);
    const { secretCode: code, token } = await app.mailbox.newest(user.email);
    await change(user.accessToken);
    for (const body of [{ email: user.email, code }, { token, password: NEW_PASSWORD }]) {
      expect((await app.post('/v1/auth/email/verification/confirm', body)).body.code).toBe('challenge.invalid');
    }
  });

  it('takes the refresh cookie away', async () => {
    const { email } = await register(app);
    const origin = { origin: app.settings.PUBLIC_URL };
    const { body, headers } = await app.post('/v1/auth/login', { identifier: email, password: PASSWORD, session: 'cookie' }, { headers: origin });
    const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
    const done = await change(body.accessToken, {}, { headers: { cookie } });
    expect(done.status).toBe(204);
    expect(done.headers['set-cookie']).toMatch(/^__Host-latchkey-refresh=; Max-Age=0;/);
  });

  it('changes nothing without the current password', async () => {
    const user = await signedIn(app);
    const wrong = await change(user.accessToken, { currentPassword: WRONG });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'auth.bad_credentials']);
    for (const currentPassword of [undefined, null, '', 7, ['a'], {}]) expect((await change(user.accessToken, { currentPassword })).status).toBe(422);
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
    const caller = { ip: '127.0.0.1', userAgent: null, requestId: 'test', limits: [] };
    await app.nest.get(PasswordChangeService).change(user.id, { currentPassword: PASSWORD, newPassword: 'abc123' }, caller, { policy: 'legacy' });
    await signIn(app, user.email, 'abc123');
  });

  describe('in races', () => {
    it('succeeds once of 10 parallel changes', async () => {
      const user = await signedIn(app);
      const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => change(user.accessToken, { newPassword: `${NEW_PASSWORD} ${i}` })));
      const winner = answers.findIndex(({ status }) => status === 204);
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
      await signIn(app, user.email, `${NEW_PASSWORD} ${winner}`);
    });

    it('never overtakes a reset: a thief who knows the old password loses', async () => {
      for (let round = 0; round < 8; round += 1) {
        const user = await signedIn(app);
        const before = await app.mailbox.newest(user.email);
        await app.post('/v1/auth/password/forgot', { identifier: user.email });
        const { token } = await app.mailbox.newest(user.email, before);
        const [reset, theft] = await Promise.all([
          app.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD }),
          change(user.accessToken, { newPassword: 'nine grey thieves hide' }),
        ]);
        // Whichever came first, the other one was refused; a change that came first has made the link worthless.
        expect([reset.status, theft.status].toSorted()).toEqual(reset.status === 204 ? [204, 401] : [204, 400].toSorted());
        await signIn(app, user.email, reset.status === 204 ? NEW_PASSWORD : 'nine grey thieves hide');
      }
    });

    it('leaves no session alive that was opened or refreshed meanwhile', async () => {
      for (let round = 0; round < 10; round += 1) {
        const user = await signedIn(app);
        const [done, ...others] = await Promise.all([
          change(user.accessToken),
          ...Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? login(user.email, PASSWORD) : app.post('/v1/auth/refresh', { refreshToken: user.refreshToken }))),
        ]);
        expect(done.status).toBe(204);
        for (const { status, body } of others) {
          if (status !== 200) continue;
          expect(await isAlive(body.accessToken)).toBe(false);
          expect((await app.post('/v1/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(401);
        }
        expect(await app.rows('SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL', [user.id])).toEqual([]);
      }
    });
  });
});

describe('with throttles', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ RATE_LIMIT: 'on', LIMIT_REGISTER: '1000/3600', LIMIT_CODES: '1000/900' });
  });
  afterAll(() => app.stop());

  const login = (identifier: string, password: string, remoteAddress: string): Promise<Answer> => app.post('/v1/auth/login', { identifier, password }, { remoteAddress });
  const forgot = (identifier: string, remoteAddress: string): Promise<Answer> => app.post('/v1/auth/password/forgot', { identifier }, { remoteAddress });
  const reset = (token: string, remoteAddress: string): Promise<Answer> => app.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD }, { remoteAddress });
  const wrongTries = async (email: string, remoteAddress: string): Promise<void> => {
    let answer = await login(email, WRONG, remoteAddress);
    for (let i = 0; i < 5; i += 1) answer = await login(email, WRONG, remoteAddress);
    expect(answer.status).toBe(429);
  };

  it('counts wrong current passwords like those of a sign-in', async () => {
    const user = await signedIn(app);
    const put = (currentPassword: string): Promise<Answer> =>
      app.call('PUT', '/v1/auth/password', { token: user.accessToken, body: { currentPassword, newPassword: NEW_PASSWORD }, remoteAddress: '192.0.2.20' });
    for (let i = 0; i < 5; i += 1) expect((await put(WRONG)).status).toBe(401);
    const refused = await put(PASSWORD);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await login(user.email, PASSWORD, '192.0.2.20')).status).toBe(429);
  });

  it('lets people who tried too often reset, and sign in at once', async () => {
    const { email } = await register(app);
    const before = await app.mailbox.newest(email);
    await wrongTries(email, '192.0.2.21');
    await forgot(email, '192.0.2.21');
    const { token } = await app.mailbox.newest(email, before);
    expect((await reset(token, '192.0.2.21')).status).toBe(204);
    expect((await login(email, NEW_PASSWORD, '192.0.2.21')).status).toBe(200);
  });

  it('sends at most so many mails to an address, yet always one that works', async () => {
    const { email } = await register(app);
    for (let i = 0; i < 12; i += 1) expect((await forgot(email, '192.0.2.22')).status).toBe(202);
    const mails = (): Promise<object[]> => app.rows("SELECT id FROM mails WHERE recipient = $1 AND kind = 'reset-password'", [email]);
    expect(await mails()).toHaveLength(5);

    // Half an hour later the last one is too old, and the hour of the limit is not over.
    await app.rows("UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email_key = $1)", [email]);
    const before = await app.mailbox.newest(email);
    for (let i = 0; i < 3; i += 1) await forgot(email, '192.0.2.22');
    expect(await mails()).toHaveLength(6);
    const { token } = await app.mailbox.newest(email, before);
    expect((await reset(token, '192.0.2.23')).status).toBe(204);
  });

  it('limits requests of a network, for unknown accounts alike', async () => {
    const { email } = await register(app);
    const sequence = async (identifier: string, remoteAddress: string): Promise<object[]> => {
      const seen = [];
      for (let i = 0; i < 32; i += 1) {
        const { status, body, headers } = await forgot(identifier, remoteAddress);
        const { 'x-request-id': _id, date: _date, ...rest } = headers;
        seen.push({ status, body: { ...body, requestId: '' }, headers: { ...rest, ratelimit: '', 'retry-after': '' } });
      }
      return seen;
    };
    const known = sequence(email, '192.0.2.24');
    expect(await known).toEqual(await sequence('nobody-here', '192.0.2.25'));
    expect((await known).at(-1)).toMatchObject({ status: 429 });
  });

  it('tells the owner when 100 wrong passwords have locked the password, and a reset lifts it', async () => {
    const user = await signedIn(app);
    const before = await app.mailbox.newest(user.email);
    await app.rows('UPDATE user_activity SET password_failures = 99 WHERE user_id = $1', [user.id]);
    await login(user.email, WRONG, '192.0.2.26');
    await login(user.email, WRONG, '192.0.2.26');
    const notice = await app.mailbox.newest(user.email, before);
    expect(notice.subject).toBe('Your Latchkey password was locked');
    expect(notice.text).toContain('IP address: 192.0.2.26');
    expect((await login(user.email, PASSWORD, '192.0.2.27')).status).toBe(401);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).status).toBe(200);

    await forgot(user.email, '192.0.2.26');
    const { token } = await app.mailbox.newest(user.email, notice);
    expect((await reset(token, '192.0.2.26')).status).toBe(204);
    expect((await login(user.email, NEW_PASSWORD, '192.0.2.26')).status).toBe(200);
    expect(await app.rows("SELECT id FROM mails WHERE user_id = $1 AND kind = 'password-locked'", [user.id])).toHaveLength(1);
    const events = await app.rows("SELECT outcome FROM audit_events WHERE subject_id = $1 AND action = 'password.locked'", [user.id]);
    expect(events).toEqual([{ outcome: 'success' }]);
  });
});
