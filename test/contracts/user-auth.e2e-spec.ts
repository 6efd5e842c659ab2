import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register as registerInCore } from '../support/accounts.js';
import { BODY_FORMATS, ContractClient, startContracts } from '../support/contracts.js';
import type { TestApp } from '../support/start-app.js';
import { UserAuthFlow } from '../support/user-auth.js';

const UNKNOWN = '0194f0c8-5b3a-7c1e-9d2f-3a4b5c6d7e8f';

describe('the contract user-auth', () => {
  let app: TestApp;
  let api: ContractClient;
  let flow: UserAuthFlow;
  beforeAll(async () => {
    app = await startContracts();
    api = new ContractClient(app, 'user-auth');
    flow = new UserAuthFlow(app);
  });
  afterAll(() => app.stop());

  const register = (fields: object) => api.send('POST', '/user', { ...flow.fresh(), ...fields });

  describe('user registration', () => {
    it.each(BODY_FORMATS)('answers the account, to a %s body', async (format) => {
      const fields = flow.fresh();
      const answer = await api.send('POST', '/user', { ...fields }, { format });
      const { uuid } = answer.body.data;
      const data = { mobile: fields.mobile, status: false, username: fields.username, uuid };
      expect([answer.status, answer.text]).toEqual([201, JSON.stringify({ data, message: 'Account created successfully!', status: 201 })]);
      expect(uuid).toMatch(/^[\da-f-]{36}$/);
    });

    it('refuses a taken username and a taken number, in any spelling', async () => {
      const { username, e164 } = await flow.registered();
      const sameName = await register({ username: username.toUpperCase() });
      expect([sameName.status, sameName.text]).toEqual([400, '{"message":"A user with that username already exists."}']);
      const sameNumber = await register({ mobile: e164 });
      expect([sameNumber.status, sameNumber.text]).toEqual([400, '{"message":"A user with that mobile number already exists."}']);
    });

    it.each([
      [{ username: 'a' }, 'username: Use 3 to 32 letters'],
      [{ username: undefined }, 'username: This field is required.'],
      [{ username: ['fatema'] }, 'username: This must be text.'],
      [{ mobile: '01XXXXXXXXX' }, 'This is not a mobile number'],
      [{ mobile: 1_712_345_678 }, 'mobile: This must be text.'],
      [{ mobile: null }, 'mobile: This field is required.'],
      [{ password: '12345' }, 'password: Use at least 6 characters.'],
      [{ password: { a: 1 } }, 'password: This must be text.'],
      [{ username: 'a', password: undefined }, 'with at least one letter. password: This field is required.'],
    ])('names the wrong field of %j', async (fields, message) => {
      const answer = await register(fields);
      expect([answer.status, Object.keys(answer.body)]).toEqual([400, ['message']]);
      expect(answer.body.message).toContain(message);
    });

    it('ignores fields that it does not know, and gives nobody a role', async () => {
      const answer = await register({ role: 'admin', roles: ['admin'], status: true, uuid: UNKNOWN, email: 'not an address', name: 'F' });
      expect(answer).toMatchObject({ status: 201, body: { data: { status: false } } });
      expect(await app.rows('SELECT roles, email, activated_at FROM users WHERE id = $1', [answer.body.data.uuid])).toEqual([
        { roles: ['user'], email: null, activated_at: null },
      ]);
    });
  });

  describe('activate user', () => {
    it.each(BODY_FORMATS)('activates by the number, as often as asked, by a %s body', async (format) => {
      const { username, mobile, uuid } = await flow.registered();
      for (const path of ['/user/activate-account/', '/user/activate-account']) {
        const answer = await api.send('POST', path, { mobile }, { format });
        const data = { mobile, status: true, username, uuid };
        expect([answer.status, answer.text]).toEqual([200, JSON.stringify({ data, message: 'Success!', status: 200 })]);
      }
      expect(await app.rows('SELECT mobile_verified_at FROM users WHERE id = $1', [uuid])).toEqual([{ mobile_verified_at: null }]);
    });

    it('knows a number in any spelling, and nobody by anything else', async () => {
      const { username, e164, uuid } = await flow.registered();
      expect((await flow.activate(e164)).body.data.uuid).toBe(uuid);
      for (const mobile of ['+12125550000', username, '', ' ', 'a@example.com', '01XXXXXXXXX', `${e164}'--`]) {
        const answer = await flow.activate(mobile);
        expect([answer.status, answer.text]).toEqual([404, '{"message":"User not found."}']);
      }
      for (const mobile of [undefined, null, 7, [e164], { a: e164 }]) {
        const answer = await flow.activate(mobile);
        const message = mobile == null ? 'mobile: This field is required.' : 'mobile: This must be text.';
        expect([answer.status, answer.text]).toEqual([400, JSON.stringify({ message })]);
      }
    });

    it('lifts no disabling', async () => {
      const { mobile, uuid } = await flow.registered();
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [uuid]);
      expect((await flow.activate(mobile)).status).toBe(404);
    });
  });

  describe('user login', () => {
    it.each(BODY_FORMATS)('answers two tokens, to a %s body', async (format) => {
      const { username, password, uuid } = await flow.activated();
      const answer = await api.send('POST', '/user/login/', { username, password }, { format });
      const { access_token, refresh_token } = answer.body;
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify({ access_token, refresh_token })]);
      expect((await app.get('/v1/users/me', { token: access_token })).body.id).toBe(uuid);
    });

    it('tells who is not activated, unknown, or has another password', async () => {
      const { username, password, uuid } = await flow.registered();
      const login = async (name: string, word: string) => {
        const { status, text } = await api.send('POST', '/user/login', { username: name, password: word });
        return [status, text];
      };
      expect(await login(username, password)).toEqual([400, '{"message":"Your account have not confirmed yet!"}']);
      expect(await login(username, 'wrong1')).toEqual([401, '{"message":"Invalid credentials!"}']);
      expect(await login('nobody', password)).toEqual([404, '{"message":"User not found."}']);
      await app.rows('UPDATE users SET activated_at = now(), disabled_at = now() WHERE id = $1', [uuid]);
      expect(await login(username, password)).toEqual([400, '{"message":"This account is disabled."}']);
    });
  });

  describe('token refresh and logout', () => {
    it('give a new access token for a refresh token that stays usable, until the session ends', async () => {
      const { username, token, refreshToken } = await flow.signedIn();
      for (const path of ['/user/refresh-token/', '/user/refresh-token']) {
        const answer = await api.get(path, { token: refreshToken });
        const { access_token } = answer.body;
        expect([answer.status, answer.text]).toEqual([200, JSON.stringify({ access_token })]);
        expect((await app.get('/v1/users/me', { token: access_token })).body.username).toBe(username);
      }
      const answer = await api.get('/user/logout/', { token });
      expect([answer.status, answer.text]).toEqual([200, `{"message":"User ${username} successfully logged out."}`]);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(await api.get('/user', { token })).toMatchObject({ status: 401, body: { msg: 'Token has been revoked' } });
      expect(await api.get('/user/refresh-token/', { token: refreshToken })).toMatchObject({
        status: 401,
        body: { msg: 'Token has been revoked' },
      });
    });

    it('are GETs that act, and HEADs that do not', async () => {
      const { token, refreshToken } = await flow.signedIn();
      const lastUse = () =>
        app.rows('SELECT last_used_at FROM sessions WHERE user_id = (SELECT id FROM users ORDER BY number DESC LIMIT 1)');
      const before = await lastUse();
      for (const path of ['/user/logout/', '/user/logout', '//user/%6cogout'])
        expect((await api.send('HEAD', path, undefined, { token })).status).toBe(405);
      expect((await api.send('HEAD', '/user/refresh-token/', undefined, { token: refreshToken })).status).toBe(405);
      expect(await lastUse()).toEqual(before);
      expect((await api.get('/user', { token })).status).toBe(200);
    });

    it('say what is wrong with a token', async () => {
      const { uuid, token, refreshToken } = await flow.signedIn();
      const say = async (path: string, headers: Record<string, string>) => {
        const { status, text } = await api.get(path, { headers });
        return [status, text];
      };
      for (const path of ['/user', `/user/${uuid}`, '/user/logout/', '/user/refresh-token/']) {
        expect(await say(path, {})).toEqual([401, '{"msg":"Missing Authorization Header"}']);
        const other = path.includes('refresh') ? token : refreshToken;
        expect(await say(path, { authorization: `Bearer ${token.slice(0, -4)}AAAA` })).toEqual([
          422,
          '{"msg":"Signature verification failed"}',
        ]);
        expect(await say(path, { authorization: `Bearer ${other}` })).toEqual([422, '{"msg":"Signature verification failed"}']);
        expect(await say(path, { authorization: 'Bearer nonsense' })).toEqual([422, '{"msg":"Invalid header padding"}']);
      }
    });
  });

  it('gives any account and all of them to whoever is signed in', async () => {
    const { token } = await flow.signedIn();
    const { username, mobile, uuid } = await flow.registered();
    const data = { mobile, status: false, username, uuid };
    for (const path of [`/user/${uuid}`, `/user/${uuid.toUpperCase()}/`]) {
      const detail = await api.get(path, { token });
      expect([detail.status, detail.text]).toEqual([200, JSON.stringify({ data, message: 'Success!', status: 200 })]);
    }
    const list = await api.get('/user', { token });
    expect(list.status).toBe(200);
    expect(list.text).toMatch(/^\{"data":\[\{"mobile":.*\],"message":"Success!","status":200\}$/);
    expect(list.body.data).toContainEqual(data);
    // A text in every row, whatever an account from elsewhere lacks.
    const { id } = await registerInCore(app);
    const row = { mobile: '', status: false, username: '', uuid: id };
    expect((await api.get('/user', { token })).body.data).toContainEqual(row);
    expect((await api.get(`/user/${id}`, { token })).body.data).toEqual({ ...row, mobile: null, username: null });
    for (const unknown of [UNKNOWN, 'nonsense', '1', `${uuid}0`, '%00', '..%2f', "'--", '00000000-0000-0000-0000-000000000000']) {
      const answer = await api.get(`/user/${unknown}`, { token });
      expect([answer.status, answer.text]).toEqual([404, '{"message":"User not found."}']);
    }
  });

  describe('update user', () => {
    it.each(BODY_FORMATS)('answers like the detail, to a %s body', async (format) => {
      const { uuid, token } = await flow.signedIn();
      const { username, mobile } = flow.fresh();
      const email = `${username}@example.com`;
      const fields = { username, email, mobile, gender: 'FEMALE', status: false, roles: ['admin'] };
      const answer = await api.send('PATCH', `/user/${uuid}`, fields, { token, format });
      const data = { mobile, status: true, username, uuid };
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify({ data, message: 'Success!', status: 200 })]);
      expect(await app.rows('SELECT email, gender, roles, email_verified_at FROM users WHERE id = $1', [uuid])).toEqual([
        { email, gender: 'female', roles: ['user'], email_verified_at: null },
      ]);
      // What is not sent stays.
      expect((await api.send('PATCH', `/user/${uuid}/`, { gender: 'Male' }, { token, format })).body.data).toEqual(data);
    });

    it('refuses what somebody has, and changes nothing then', async () => {
      const other = await flow.signedIn();
      const email = `${other.username}@example.com`;
      await api.send('PATCH', `/user/${other.uuid}`, { email }, { token: other.token });
      const { uuid, token } = await flow.signedIn();
      const update = async (fields: Record<string, unknown>) => {
        const { status, text } = await api.send('PATCH', `/user/${uuid}`, { gender: 'male', ...fields }, { token });
        return [status, text];
      };
      expect(await update({ username: other.username })).toEqual([400, '{"message":"A user with that username already exists."}']);
      expect(await update({ mobile: other.e164 })).toEqual([400, '{"message":"A user with that mobile number already exists."}']);
      await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [other.uuid]);
      expect(await update({ email })).toEqual([400, '{"message":"A user with that email already exists."}']);
      expect(await app.rows('SELECT gender FROM users WHERE id = $1', [uuid])).toEqual([{ gender: null }]);
    });

    it.each([
      [{ gender: 'other' }, 'gender: Use Male or Female.'],
      [{ gender: '' }, 'gender: Use Male or Female.'],
      [{ gender: null }, 'gender: Use Male or Female.'],
      [{ gender: ['male'] }, 'gender: Use Male or Female.'],
      [{ username: null }, 'username: This must be text.'],
      [{ email: null }, 'email: This must be text.'],
      [{ email: 'fatema' }, 'email: This is not an e-mail address: write one like'],
      [{ mobile: { a: 1 } }, 'mobile: This must be text.'],
      [{ mobile: 'none' }, 'This is not a mobile number'],
    ])('refuses %j', async (fields, message) => {
      const { uuid, token } = await flow.signedIn();
      const answer = await api.send('PATCH', `/user/${uuid}`, fields, { token });
      expect([answer.status, Object.keys(answer.body)]).toEqual([400, ['message']]);
      expect(answer.body.message).toContain(message);
    });
  });

  it.each(BODY_FORMATS)('changes the password by a %s body, refusing a wrong old one', async (format) => {
    const { uuid, username, password, token, refreshToken } = await flow.signedIn();
    const change = async (old_password: string, new_password: string) => {
      const { status, text } = await api.send('POST', `/user/change-password/${uuid}`, { old_password, new_password }, { token, format });
      return [status, text];
    };
    expect(await change('wrong1', 'password01')).toEqual([401, '{"message":"Invalid credentials!"}']);
    expect(await change(password, '12345')).toEqual([400, '{"message":"new_password: Use at least 6 characters."}']);
    expect(await change(password, 'password01')).toEqual([200, '{"message":"Success!"}']);
    expect((await api.get('/user', { token })).body).toEqual({ msg: 'Token has been revoked' });
    expect((await api.get('/user/refresh-token/', { token: refreshToken })).body).toEqual({ msg: 'Token has been revoked' });
    expect((await api.send('POST', '/user/login', { username, password: 'password01' })).status).toBe(200);
  });

  it('deletes an account', async () => {
    const { uuid, username, password, token } = await flow.signedIn();
    const answer = await api.send('DELETE', `/user/${uuid}`, undefined, { token });
    expect([answer.status, answer.text]).toEqual([200, '{"message":"User deleted.","status":200}']);
    expect((await api.send('POST', '/user/login', { username, password })).status).toBe(404);
    expect(await api.get(`/user/${uuid}`, { token })).toMatchObject({ status: 401, body: { msg: 'Token has been revoked' } });
  });
});
