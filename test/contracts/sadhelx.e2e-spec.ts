import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedIn as signedInToCore } from '../support/accounts.js';
import { BODY_FORMATS, ContractClient, startContracts } from '../support/contracts.js';
import { SADHELX_PASSWORD, SadhelxFlow, freshSadhelxUser } from '../support/sadhelx.js';
import type { TestApp } from '../support/start-app.js';

describe('the contract sadhelx', () => {
  let app: TestApp;
  let api: ContractClient;
  let flow: SadhelxFlow;
  beforeAll(async () => {
    app = await startContracts();
    api = new ContractClient(app, 'sadhelx');
    flow = new SadhelxFlow(app);
  });
  afterAll(() => app.stop());

  it('has these operations, and no others', async () => {
    const { paths } = (await app.get('/docs/contracts/sadhelx.json')).body as { paths: Record<string, object> };
    const operations = Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((verb) => `${verb} ${path}`));
    expect(operations.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'get /avatar-storage/{image_file}',
      'get /check-email/{email}',
      'get /check-username/{username}',
      'post /get-password-reset',
      'post /get-password-reset-code',
      'post /login',
      'post /refresh-token',
      'post /signup',
      'post /verify/email',
      'post /verify/mail',
      'post /verify/password-reset',
      'put /avatar-upload',
      'put /password-reset',
      'put /reset-password',
    ]);
  });

  describe('checks names', () => {
    it('that are free and taken, in any case', async () => {
      const { username, email } = await flow.signedUp();
      const free = await api.get('/check-username/username4');
      expect([free.status, free.text]).toEqual([200, '{"status":true,"msg":"User available"}']);
      const freeAddress = await api.get(`/check-email/${encodeURIComponent('email4@email.com')}/`);
      expect([freeAddress.status, freeAddress.text]).toEqual([200, '{"status":true,"msg":"Email available"}']);
      for (const name of [username, username.toUpperCase()]) {
        expect(await api.get(`/check-username/${name}`)).toMatchObject({
          status: 409,
          body: { status: false, msg: 'User has already been taken' },
        });
      }
      for (const address of [email, encodeURIComponent(email.toUpperCase())]) {
        expect(await api.get(`/check-email/${address}`)).toMatchObject({
          status: 409,
          body: { status: false, msg: 'Email has already been taken' },
        });
      }
    });

    it('with characters that have a meaning in addresses', async () => {
      const email = `a/b+c%d?${freshSadhelxUser().email}`;
      const path = `/check-email/${encodeURIComponent(email)}`;
      expect((await api.get(path)).status).toBe(200);
      await flow.signedUp({ email });
      expect((await api.get(path)).status).toBe(409);
    });

    it.each(['ab', 'a'.repeat(33), 'with space', 'name@signs', '123456', 'use%72name\u212A', 'us\u0131name'])(
      'of the wrong form: %j',
      async (name) => {
        const answer = await api.get(`/check-username/${encodeURIComponent(name)}`);
        expect([answer.status, Object.keys(answer.body), answer.body.status]).toEqual([400, ['status', 'msg'], false]);
        expect(answer.body.msg).toMatch(/^username\b/);
      },
    );

    it('of addresses that are none', async () => {
      for (const email of ['email4', '@email.com', '\u212Aa@email.com']) {
        const { status, body } = await api.get(`/check-email/${encodeURIComponent(email)}`);
        expect([status, body]).toEqual([400, { status: false, msg: expect.stringMatching(/^email: /) }]);
      }
    });
  });

  describe('signs up', () => {
    it.each(BODY_FORMATS)('with the fields of the document, as %s', async (format) => {
      const { username, email } = freshSadhelxUser();
      const fields = {
        username: username.toUpperCase(),
        email: email.toUpperCase(),
        firstname: 'this firsname',
        lastname: 'this lastname',
        password: 'password',
        phonenumber: `0080708${BODY_FORMATS.indexOf(format)}8742`,
        confirm_password: 'password',
        role: 'admin',
      };
      const answer = await api.send('POST', '/signup', fields, { format });
      expect(answer.status).toBe(201);
      const [row] = await app.rows<{ number: number }>(
        'SELECT number, username, email, first_name, last_name, mobile, roles FROM users WHERE email_key = $1',
        [email],
      );
      expect(row).toEqual({
        number: expect.any(Number),
        username,
        email,
        first_name: 'this firsname',
        last_name: 'this lastname',
        mobile: fields.phonenumber,
        roles: ['user'],
      });
      const user = { user_id: String(row?.number), username, email, firstname: 'this firsname' };
      expect(answer.text).toBe(JSON.stringify({ status: true, msg: 'Success creating user', data: { user } }));
    });

    it('without the fields that are optional, or with empty ones', async () => {
      for (const empty of [{}, { firstname: '', lastname: '', phonenumber: '' }, { firstname: null, phonenumber: null }]) {
        const answer = await api.send('POST', '/signup', { ...freshSadhelxUser(), ...empty });
        expect([answer.status, answer.body.data.user.firstname]).toEqual([201, null]);
      }
    });

    it.each(['budi', 'Budi2', 'siti_nur', 'a-name.of-one.person_with-32.let'])(
      'with a name as its backend took them: %s',
      async (username) => {
        expect((await api.get(`/check-username/${username}`)).status).toBe(200);
        expect((await flow.signedUp({ username })).username).toBe(username);
        const taken = { status: 409, body: { status: false, msg: 'User has already been taken' } };
        expect(await api.get(`/check-username/${username.toUpperCase()}`)).toMatchObject(taken);
        expect(await api.send('POST', '/signup', { ...freshSadhelxUser(), username })).toMatchObject(taken);
      },
    );

    it('nobody whose name, address or number is taken', async () => {
      const phonenumber = '+6281234567890';
      const { username, email } = await flow.signedUp({ phonenumber });
      for (const [taken, msg] of [
        [{ username: username.toUpperCase() }, 'User has already been taken'],
        [{ email: email.toUpperCase() }, 'Email has already been taken'],
        [{ phonenumber }, 'Phone number has already been taken'],
      ] as const) {
        expect(await api.send('POST', '/signup', { ...freshSadhelxUser(), ...taken })).toMatchObject({
          status: 409,
          body: { status: false, msg },
        });
      }
    });

    it.each([
      ['username', 'ab'],
      ['username', '12345'],
      ['username', 'name with spaces'],
      ['username', 'user\u212Aname'],
      ['email', 'email4'],
      ['email', '\u212Aim@email.com'],
      ['password', 'short'],
      ['password', ''],
      ['phonenumber', '01XXXXXXXXX'],
      ['phonenumber', '12345'],
      ['firstname', 'a\nb'],
      ['lastname', 7],
    ])('nobody with the %s %j', async (field, value) => {
      const fields = { ...freshSadhelxUser(), [field]: value };
      const { status, body } = await api.send('POST', '/signup', fields);
      expect([status, body]).toEqual([400, { status: false, msg: expect.stringMatching(new RegExp(`^${field}\\b`)) }]);
      expect(await app.rows('SELECT 1 FROM users WHERE email_key = $1', [String(fields.email)])).toEqual([]);
    });
  });

  describe('signs in', () => {
    it.each(BODY_FORMATS)('by username, address and phone number, as %s', async (format) => {
      const phonenumber = `+491512345678${BODY_FORMATS.indexOf(format)}`;
      const { username, email, password } = await flow.verified({ firstname: 'Ada' });
      // A number from before the first proof would be gone.
      await app.rows('UPDATE users SET mobile = $2, mobile_key = $2 WHERE email = $1', [email, phonenumber]);
      for (const identity of [username, email, phonenumber]) {
        const answer = await api.send('POST', '/login', { identity, password }, { format });
        expect(answer.status).toBe(200);
        expect(answer.text).toBe(
          JSON.stringify({
            status: true,
            msg: 'Login successfull',
            data: {
              user: { user_id: answer.body.data.user.user_id, username, email, firstname: 'Ada' },
              token: answer.body.data.token,
            },
          }),
        );
        expect(answer.body.data.user.user_id).toMatch(/^\d+$/);
        expect(Object.keys(answer.body.data.token)).toEqual(['token_access', 'token_refresh']);
        expect((await app.get('/v1/users/me', { token: answer.body.data.token.token_access })).body.username).toBe(username);
      }
    });

    it('nobody with a wrong password or an unknown identity, and does not tell which', async () => {
      const { email } = await flow.verified();
      for (const [identity, password] of [
        [email, 'passw0rd'],
        ['nobody@email.com', SADHELX_PASSWORD],
        ['nobody.here', SADHELX_PASSWORD],
        ['+4915100000000', SADHELX_PASSWORD],
      ] as const) {
        expect(await flow.login(identity, password)).toMatchObject({
          status: 401,
          headers: { 'www-authenticate': 'Bearer' },
          body: { status: false, msg: 'Invalid username or password' },
        });
      }
    });

    it('nobody without a verified address, and mails a fresh code for it', async () => {
      const { username, email, password } = await flow.signedUp();
      const first = await app.mailbox.newest(email);
      expect(await flow.login(username, 'wrong one')).toMatchObject({ status: 401, body: { msg: 'Invalid username or password' } });
      expect(await flow.login(username, password)).toMatchObject({ status: 401, body: { status: false, msg: 'Email unverified' } });
      const fresh = await app.mailbox.newest(email, first);
      expect(app.mailbox.count(email)).toBe(2);
      const verify = (code: string) => api.send('POST', '/verify/mail', { identity: username, code });
      expect(fresh.secretCode).not.toBe(first.secretCode);
      expect((await verify(fresh.secretCode)).status).toBe(200);
      expect((await verify(first.secretCode)).status).toBe(401);
      expect((await flow.login(username, password)).status).toBe(200);
    });

    it('nobody whose account is disabled', async () => {
      const { email, password } = await flow.verified();
      await app.rows('UPDATE users SET disabled_at = now() WHERE email_key = $1', [email]);
      expect(await flow.login(email, password)).toMatchObject({ status: 401, body: { status: false, msg: 'This account is disabled.' } });
    });

    it('accounts from elsewhere, with null for what they lack', async () => {
      const { email, id, password } = await signedInToCore(app);
      await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [id]);
      const { status, body } = await flow.login(email, password);
      expect([status, body.data.user]).toEqual([200, { user_id: expect.any(String), username: null, email, firstname: null }]);
    });
  });

  describe('refreshes', () => {
    it.each(BODY_FORMATS)('with the refresh token, which stays as it is, as %s', async (format) => {
      const { username, email, refreshToken: token } = await flow.signedIn();
      for (const identity of [email, username]) {
        const answer = await api.send('POST', '/refresh-token', { identity }, { token, format });
        expect(answer).toMatchObject({ status: 200, body: { status: true, msg: 'Access token successfull generated' } });
        expect(answer.body.data).toEqual({ token: { token_access: expect.stringMatching(/^eyJ/) } });
        expect((await app.get('/v1/users/me', { token: answer.body.data.token.token_access })).status).toBe(200);
      }
    });

    it('for its owner alone', async () => {
      const { refreshToken: token } = await flow.signedIn();
      const other = await flow.signedIn();
      for (const identity of [other.email, 'nobody@email.com', 'no identity']) {
        const { status, body } = await api.send('POST', '/refresh-token', { identity }, { token });
        expect([status, body]).toEqual([401, { status: false, msg: 'Invalid username or email' }]);
      }
    });

    it('with no other token, of no ended session, and not without one', async () => {
      const { email: identity, password, accessToken, refreshToken, mail } = await flow.signedIn();
      const core = await app.post('/v1/auth/login', { identifier: identity, password });
      const refused = [401, { status: false, msg: 'Authentication failed. Invalid token' }];
      const refresh = async (token: string | undefined) => {
        const { status, body } = await api.send('POST', '/refresh-token', { identity }, { token });
        return [status, body];
      };
      for (const token of [undefined, accessToken, core.body.refreshToken, mail.token, 'nonsense', `${refreshToken}A`])
        expect(await refresh(token)).toEqual(refused);
      await app.post('/v1/auth/logout', undefined, { token: accessToken });
      expect(await refresh(refreshToken)).toEqual(refused);
    });
  });
});
