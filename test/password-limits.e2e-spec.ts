import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, register, signedIn } from './support/accounts.js';
import { NEW_PASSWORD } from './support/password-reset.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const WRONG = 'four bright birds sang';

describe('changing and resetting passwords under limits', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ RATE_LIMIT: 'on', LIMIT_REGISTER: '1000/3600', LIMIT_CODES: '1000/900' });
  });
  afterAll(() => app.stop());

  const login = (identifier: string, password: string, remoteAddress: string): Promise<Answer> =>
    app.post('/v1/auth/login', { identifier, password }, { remoteAddress });
  const forgot = (identifier: string, remoteAddress: string): Promise<Answer> =>
    app.post('/v1/auth/password/forgot', { identifier }, { remoteAddress });
  const reset = (token: string, remoteAddress: string): Promise<Answer> =>
    app.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD }, { remoteAddress });
  const wrongTries = async (email: string, remoteAddress: string): Promise<void> => {
    let answer = await login(email, WRONG, remoteAddress);
    for (let i = 0; i < 5; i += 1) answer = await login(email, WRONG, remoteAddress);
    expect(answer.status).toBe(429);
  };

  it('counts wrong current passwords like those of a sign-in', async () => {
    const user = await signedIn(app);
    const put = (currentPassword: string): Promise<Answer> =>
      app.call('PUT', '/v1/auth/password', {
        token: user.accessToken,
        body: { currentPassword, newPassword: NEW_PASSWORD },
        remoteAddress: '192.0.2.20',
      });
    for (let i = 0; i < 5; i += 1) expect((await put(WRONG)).status).toBe(401);
    const refused = await put(PASSWORD);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    // Where no session shows whose account it is, nothing tells that it has been tried.
    expect((await login(user.email, PASSWORD, '192.0.2.20')).status).toBe(401);
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
    await app.rows(
      "UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email_key = $1)",
      [email],
    );
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
