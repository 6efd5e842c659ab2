import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANSWER_STEP_MS } from '../../src/common/steady-time.js';
import { freshEmail } from '../support/accounts.js';
import { BODY_FORMATS, ContractClient, startContracts } from '../support/contracts.js';
import type { ReceivedMail } from '../support/mailbox.js';
import type { TestApp } from '../support/start-app.js';
import { claimsOf } from '../support/tokens.js';

const PASSWORD = 'rahasia';
const NEW_PASSWORD = 'narokay123';

/** An answer's text as the document writes it: the order of the members counts. */
const good = (message: string, data: object | null = null) => JSON.stringify({ status: 200, message, data, refrence: null, error: false });
const bad = (message: string, status = 400) => JSON.stringify({ status, message, data: null, refrence: null, error: true });

const ACCESS_REFUSED = bad('please provided a valid access_token!');
const REFRESH_REFUSED = bad('please provided a valid refresh_token!');
const RESET_REFUSED = bad('please provided a valid reset_password_token!');
const RESET_ANSWER = good(
  'If the account is already registered, we have sent a password reset link to your email so you can change the new password,',
);

describe('the contract user-spec', () => {
  let app: TestApp;
  let api: ContractClient;
  beforeAll(async () => {
    app = await startContracts();
    api = new ContractClient(app, 'user-spec');
  });
  afterAll(() => app.stop());

  const register = async (): Promise<string> => {
    const username = freshEmail('example');
    const answer = await api.send('POST', '/users', { username, password: PASSWORD });
    if (answer.status !== 200) throw new Error(answer.text);
    return username;
  };
  const login = (username: string, password = PASSWORD) => api.send('POST', '/users/login', { username, password });
  const signedIn = async () => {
    const username = await register();
    const { access_token: token, refresh_token: refreshToken } = (await login(username)).body.data;
    return { username, token: String(token), refreshToken: String(refreshToken) };
  };
  /** The tokens of this contract stand alone in their header. */
  const bare = (authorization: string) => ({ headers: { authorization } });
  const verify = (token: string) => api.get('/users/verify-token', bare(token));
  const refresh = (token: string) => api.send('POST', '/users/refresh-token', undefined, bare(token));
  const verifyReset = (token: string) => api.get('/users/reset-password/verify-token', bare(token));
  const updatePassword = (token: string, fields: Record<string, unknown> = { password: NEW_PASSWORD }) =>
    api.send('PUT', '/users/reset-password/update-password', fields, bare(token));
  const mailFor = async (username: string): Promise<ReceivedMail> => {
    const before = await app.mailbox.newest(username);
    await api.send('POST', '/users/reset-password', { username });
    return app.mailbox.newest(username, before);
  };

  describe('create user', () => {
    it.each(BODY_FORMATS)('answers the username, to a %s body', async (format) => {
      const username = freshEmail('example');
      const answer = await api.send('POST', '/users', { username, password: PASSWORD }, { format });
      expect([answer.status, answer.text]).toEqual([200, good('successfully created', { username })]);
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    it('refuses a taken username, in any spelling', async () => {
      const username = await register();
      for (const taken of [username, username.toUpperCase(), ` ${username} `]) {
        const answer = await api.send('POST', '/users/', { username: taken, password: PASSWORD });
        expect([answer.status, answer.text]).toEqual([400, bad('username already exist')]);
      }
    });

    it.each(['example', '', 'a@b', '"a@evil.test x"@ok.test', 'a@ok.test\r\nBcc: b@ok.test', 7, null, ['a@ok.test'], { a: 1 }, undefined])(
      'refuses %j as a username',
      async (username) => {
        const answer = await api.send('POST', '/users', { username, password: PASSWORD });
        expect([answer.status, answer.text]).toEqual([400, bad('username must be a valid email address')]);
      },
    );

    it.each(['12345', '', 123_456, null, ['rahasia'], undefined])('refuses %j as a password', async (password) => {
      const answer = await api.send('POST', '/users', { username: freshEmail(), password });
      expect([answer.status, answer.text]).toEqual([400, bad('password must be at least 6 characters')]);
    });

    it('names the username first', async () => {
      expect((await api.send('POST', '/users', {})).text).toBe(bad('username must be a valid email address'));
    });

    it('says what else is wrong with a password', async () => {
      const tooLong = await api.send('POST', '/users', { username: freshEmail(), password: 'x'.repeat(129) });
      expect([tooLong.status, tooLong.body.message]).toEqual([400, 'password: Use at most 128 characters.']);
      const noText = await api.send('POST', '/users', { username: freshEmail(), password: 'nul\0nul' });
      expect([noText.status, noText.body.message]).toEqual([400, 'password: Text must be well-formed Unicode without NUL.']);
    });

    it('ignores fields that it does not know, and gives nobody a role', async () => {
      const username = freshEmail();
      const more = { role: 'admin', roles: ['admin'], id: 'x', emailVerified: true, email: 'other@example.com', confirm_password: 'x' };
      expect((await api.send('POST', '/users', { username, password: PASSWORD, ...more })).status).toBe(200);
      expect(await app.rows('SELECT roles, email, email_verified_at FROM users WHERE email_key = $1', [username])).toEqual([
        { roles: ['user'], email: username, email_verified_at: null },
      ]);
    });
  });

  describe('login', () => {
    it.each(BODY_FORMATS)('answers two tokens, to a %s body', async (format) => {
      const username = await register();
      const answer = await api.send('POST', '/users/login/', { username: username.toUpperCase(), password: PASSWORD }, { format });
      const { access_token, refresh_token } = answer.body.data;
      expect([answer.status, answer.text]).toEqual([200, good('successfully login', { access_token, refresh_token })]);
      const me = await app.get('/v1/users/me', { token: access_token });
      expect(me.body).toMatchObject({ email: username, emailVerified: false });
      expect(claimsOf(access_token)).toMatchObject({ id: me.body.id, role: 'user', sub: me.body.id });
    });

    it('answers alike to a wrong password and an unknown user', async () => {
      const username = await register();
      for (const [who, password] of [
        [username, 'rahasia2'],
        [username, 'short'],
        [freshEmail(), PASSWORD],
      ] as const) {
        const answer = await login(who, password);
        expect([answer.status, answer.text]).toEqual([400, bad('username and password not match')]);
      }
    });

    it('takes addresses only', async () => {
      const answer = await login('example');
      expect([answer.status, answer.text]).toEqual([400, bad('username must be a valid email address')]);
    });

    it('refuses a disabled account, after the right password', async () => {
      const username = await register();
      await app.rows('UPDATE users SET disabled_at = now() WHERE email_key = $1', [username]);
      expect((await login(username)).text).toBe(bad('This account is disabled.'));
      expect((await login(username, 'rahasia2')).text).toBe(bad('username and password not match'));
    });
  });

  describe('access token', () => {
    it('is found to be good, bare or with Bearer', async () => {
      const { token } = await signedIn();
      for (const header of [token, `Bearer ${token}`, `bearer ${token}`]) {
        const answer = await verify(header);
        expect([answer.status, answer.text]).toEqual([200, good('token verified')]);
      }
    });

    it('is refused in one way, whatever is wrong with it', async () => {
      const { username, token, refreshToken } = await signedIn();
      const { token: link } = await mailFor(username);
      const none = await api.get('/users/verify-token');
      expect([none.status, none.text]).toEqual([400, ACCESS_REFUSED]);
      for (const header of [
        '',
        'Bearer',
        'Bearer ',
        'nonsense',
        `${token.slice(0, -4)}AAAA`,
        `${token} x`,
        refreshToken,
        link,
        'Basic YTpi',
      ]) {
        const answer = await verify(header);
        expect([header, answer.status, answer.text]).toEqual([header, 400, ACCESS_REFUSED]);
      }
      expect((await api.get(`/users/verify-token?access_token=${token}`)).text).toBe(ACCESS_REFUSED);
      await app.post('/v1/auth/logout', {}, { token });
      expect((await verify(token)).text).toBe(ACCESS_REFUSED);
      expect((await refresh(refreshToken)).text).toBe(REFRESH_REFUSED);
    });

    it('is renewed by a refresh token that stays usable', async () => {
      const { token, refreshToken } = await signedIn();
      for (const header of [refreshToken, `Bearer ${refreshToken}`]) {
        const answer = await refresh(header);
        const { access_token } = answer.body.data;
        expect([answer.status, answer.text]).toEqual([200, good('successfully refresh access_token', { access_token })]);
        expect((await verify(access_token)).status).toBe(200);
        expect(claimsOf(access_token)).toMatchObject({ role: 'user', client_id: 'user-spec' });
      }
      expect((await api.send('POST', '/users/refresh-token')).text).toBe(REFRESH_REFUSED);
      for (const header of [token, 'nonsense', `lkr_${'A'.repeat(78)}`]) {
        const answer = await refresh(header);
        expect([answer.status, answer.text]).toEqual([400, REFRESH_REFUSED]);
      }
    });

    it('is not minted by a refresh token that has to rotate', async () => {
      const username = await register();
      const { body } = await app.post('/v1/auth/login', { identifier: username, password: PASSWORD });
      expect((await refresh(body.refreshToken)).text).toBe(REFRESH_REFUSED);
    });
  });

  describe('reset password', () => {
    it.each(BODY_FORMATS)('mails a link whose token chooses a new password once, asked by a %s body', async (format) => {
      const { username, token, refreshToken } = await signedIn();
      const before = await app.mailbox.newest(username);
      const answer = await api.send('POST', '/users/reset-password', { username }, { format });
      expect([answer.status, answer.text]).toEqual([200, RESET_ANSWER]);
      const mail = await app.mailbox.newest(username, before);
      for (const header of [mail.token, `Bearer ${mail.token}`]) expect((await verifyReset(header)).text).toBe(good('token verified'));

      const updated = await api.send(
        'PUT',
        '/users/reset-password/update-password/',
        { password: NEW_PASSWORD },
        { ...bare(mail.token), format },
      );
      expect([updated.status, updated.text]).toEqual([200, good('password successfully updated')]);
      expect((await login(username, NEW_PASSWORD)).status).toBe(200);
      expect((await login(username)).status).toBe(400);
      expect((await verify(token)).text).toBe(ACCESS_REFUSED);
      expect((await refresh(refreshToken)).text).toBe(REFRESH_REFUSED);
      expect((await verifyReset(mail.token)).text).toBe(RESET_REFUSED);
      expect((await updatePassword(mail.token)).text).toBe(RESET_REFUSED);
    });

    it('answers the same for unknown and disabled accounts, and no faster', async () => {
      const known = await register();
      const disabled = await register();
      await app.rows('UPDATE users SET disabled_at = now() WHERE email_key = $1', [disabled]);
      const seen = [];
      for (const username of [known, disabled, freshEmail(), known, freshEmail()]) {
        const start = performance.now();
        const { status, text, headers } = await api.send('POST', '/users/reset-password', { username });
        // Answers come at multiples of the step, whatever there was to do.
        expect(performance.now() - start).toBeGreaterThan(ANSWER_STEP_MS - 1);
        const { 'x-request-id': _id, date: _date, ...rest } = headers;
        seen.push({ status, text, headers: rest });
      }
      expect(seen[0]).toMatchObject({ status: 200, text: RESET_ANSWER });
      for (const each of seen) expect(each).toEqual(seen[0]);
    });

    it('wants an address', async () => {
      for (const username of ['example', '', null, 7, ['a@ok.test'], undefined]) {
        const answer = await api.send('POST', '/users/reset-password', { username });
        expect([answer.status, answer.text]).toEqual([400, bad('username must be a valid email address')]);
      }
    });

    it('refuses every other token, and uses nothing up over a refused password', async () => {
      const { username, token, refreshToken } = await signedIn();
      const earlier = await mailFor(username);
      await api.send('POST', '/users/reset-password', { username });
      const mail = await app.mailbox.newest(username, earlier);
      for (const header of ['nonsense', token, refreshToken, mail.secretCode, earlier.token, `${mail.token}A`, 'x'.repeat(5_000)]) {
        expect((await verifyReset(header)).text).toBe(RESET_REFUSED);
        const answer = await updatePassword(header);
        expect([answer.status, answer.text]).toEqual([400, RESET_REFUSED]);
      }
      expect((await api.get('/users/reset-password/verify-token')).text).toBe(RESET_REFUSED);
      expect((await api.send('PUT', '/users/reset-password/update-password', { password: NEW_PASSWORD })).text).toBe(RESET_REFUSED);
      for (const fields of [{ password: '12345' }, { password: null }, {}, { password: ['narokay123'] }]) {
        expect((await updatePassword(mail.token, fields)).text).toBe(bad('password must be at least 6 characters'));
      }
      expect((await verifyReset(mail.token)).status).toBe(200);
      expect((await updatePassword(mail.token)).status).toBe(200);
    });

    it('takes one of 50 parallel tries with one token', async () => {
      const { token } = await mailFor(await register());
      const answers = await Promise.all(Array.from({ length: 50 }, () => updatePassword(token)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      // A machine that has no time to hash 50 passwords sends some away before it looks at their token.
      expect(answers.filter(({ status, text }) => status !== 200 && status !== 503 && text !== RESET_REFUSED)).toEqual([]);
    });

    it('takes no token that has expired', async () => {
      const username = await register();
      const { token } = await mailFor(username);
      await app.rows(
        "UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email_key = $1)",
        [username],
      );
      expect((await verifyReset(token)).text).toBe(RESET_REFUSED);
      expect((await updatePassword(token)).text).toBe(RESET_REFUSED);
    });
  });

  it('has the status of the body whatever goes wrong', async () => {
    const post = (body: string, type = 'application/json') =>
      app.call('POST', '/contracts/user-spec/users/login', { body, headers: { 'content-type': type } });
    for (const [status, answer] of [
      [400, await post('{"username":')],
      [415, await post('<xml/>', 'text/xml')],
      [413, await post(JSON.stringify({ username: 'x'.repeat(100_000) }))],
      [404, await api.get('/nothing')],
      [405, await api.send('DELETE', '/users')],
    ] as const) {
      expect([answer.status, answer.text]).toEqual([status, bad(answer.body.message, status)]);
    }
  });
});
