import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_FORMATS, startContracts } from '../support/contracts.js';
import { PASSWORD, signIn } from '../support/accounts.js';
import { wrongCode } from '../support/password-reset.js';
import { PUBLIC_URL, type TestApp } from '../support/start-app.js';
import { claimsOf } from '../support/tokens.js';
import { BAD_REQUEST, LibraryClient, NOT_FOUND, pngOf, READER_PASSWORD, RFC_1123, UNAUTHORIZED } from '../support/test-library.js';

describe('the contract test-library', () => {
  let app: TestApp;
  let api: LibraryClient;
  beforeAll(async () => {
    app = await startContracts();
    api = new LibraryClient(app);
  });
  afterAll(async () => {
    await app.stop();
    expect(api.complaints).toEqual([]);
  });

  /** The whole text of an answer about one user, keys in the document's order. */
  const textOf = (message: string, user: Record<string, unknown>, status = 200): string =>
    JSON.stringify({
      message,
      result: Object.fromEntries(
        ['created_at', 'email', 'id', 'image_file', 'modified_at', 'username'].map((key) => [key, user[key]] as const),
      ),
      status,
    });

  describe('register', () => {
    it.each(BODY_FORMATS)('answers 201 with the user, to a %s body', async (format) => {
      const fields = api.fresh();
      const { status, text, body, headers } = await api.send('POST', '/users/register', fields, { format });
      expect(status).toBe(201);
      const { created_at, id } = body.result;
      expect(text).toBe(
        textOf(
          'REGISTER SUCCESS',
          { created_at, email: fields.email, id, image_file: 'default.jpg', modified_at: created_at, username: fields.username },
          201,
        ),
      );
      expect(created_at).toMatch(RFC_1123);
      expect(Math.abs(Date.parse(created_at) - Date.now())).toBeLessThan(60_000);
      expect(Number.isInteger(id)).toBe(true);
      expect(headers['cache-control']).toBe('no-store');
    });

    it.each([
      ['no e-mail address', { email: undefined }],
      ['what is no e-mail address', { email: 'jajabi2' }],
      ['no password', { password: undefined }],
      ['a short password', { password: 'john5' }],
      ['no username', { username: undefined }],
      ['a username of digits', { username: '12345' }],
      ['a username of two letters', { username: 'ab' }],
      ['a username that is an address', { username: 'a@mail.com' }],
    ])('refuses %s', async (_, wrong) => {
      expect(await api.send('POST', '/users/register', { ...api.fresh(), ...wrong })).toMatchObject(BAD_REQUEST);
    });

    it('refuses what somebody has, in any case', async () => {
      const { username, email } = await api.signedIn();
      expect(await api.send('POST', '/users/register/', { ...api.fresh(), username: username.toUpperCase() })).toMatchObject(BAD_REQUEST);
      expect(await api.send('POST', '/users/register', { ...api.fresh(), email: email.toUpperCase() })).toMatchObject(BAD_REQUEST);
    });
  });

  describe('login', () => {
    it.each(BODY_FORMATS)('answers the token alone, to a %s body', async (format) => {
      const { email, username } = await api.signedIn();
      const { status, body } = await api.send('POST', '/users/login/', { email, password: READER_PASSWORD }, { format });
      expect(status).toBe(200);
      expect(body).toEqual({ access_token: expect.stringMatching(/^eyJ/) });
      expect((await app.get('/v1/users/me', { token: body.access_token })).body.username).toBe(username);
    });

    it('shows in the token who signed in, as of the sign-in', async () => {
      const { email, username, id, token } = await api.signedIn();
      const said = { userid: id, username, email, propic: 'default.jpg' };
      expect(claimsOf(token)).toMatchObject({ identity: said, email, iss: PUBLIC_URL, client_id: 'test-library' });
      const file = { field: 'propic_new', content: await pngOf('#123456') };
      const { image_file: propic } = (await api.send('PUT', '/users/updatePropic', {}, { token, file })).body.result;
      const new_username = api.fresh().username;
      expect((await api.send('PUT', '/users/changeUsername', { current_username: username, new_username }, { token })).status).toBe(200);
      const { body } = await api.login(email);
      expect(claimsOf(body.access_token).identity).toEqual({ ...said, username: new_username, propic });
      expect(body.access_token.length).toBeLessThan(1_200);
      // Tokens of other clients have no such claims.
      expect(Object.keys(claimsOf((await signIn(app, email, READER_PASSWORD)).accessToken))).not.toContain('identity');
    });

    it('fits the longest names into a token', async () => {
      const email = `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.com`;
      const registered = await api.send('POST', '/users/register', { email, password: READER_PASSWORD, username: 'u'.repeat(32) });
      expect(registered.status).toBe(201);
      const { access_token: token } = (await api.login(email)).body;
      expect(token.length).toBeLessThan(2_000);
      expect((await api.send('DELETE', '/users/deleteUser', undefined, { token })).status).toBe(200);
    });

    it('answers the same to an unknown user, a wrong password and what is missing', async () => {
      const { email } = await api.signedIn();
      expect(await api.login(email, 'johndoe2')).toMatchObject(UNAUTHORIZED);
      expect(await api.login('nobody@mail.com')).toMatchObject(UNAUTHORIZED);
      expect(await api.send('POST', '/users/login', {})).toMatchObject(UNAUTHORIZED);
    });

    it('refuses a disabled account', async () => {
      const { email, id, token } = await api.signedIn();
      await app.rows('UPDATE users SET disabled_at = now() WHERE number = $1', [id]);
      expect(await api.login(email)).toMatchObject(UNAUTHORIZED);
      expect(token).toMatch(/^eyJ/);
    });
  });

  describe('users', () => {
    it('are listed, all of them', async () => {
      const readers = [await api.signedIn(), await api.signedIn()];
      const { status, body, headers } = await api.get('/users/getall');
      expect([status, headers['content-type'], Object.keys(body), body.message, body.status]).toEqual([
        200,
        'application/json; charset=utf-8',
        ['message', 'result', 'status'],
        'FETCH ALL SUCCESS',
        200,
      ]);
      for (const { id, username, email } of readers) {
        expect(body.result.find((user: { id: number }) => user.id === id)).toEqual({
          created_at: expect.stringMatching(RFC_1123),
          email,
          id,
          image_file: 'default.jpg',
          modified_at: expect.stringMatching(RFC_1123),
          username,
        });
      }
      expect(await app.rows('SELECT count(*)::int AS count FROM users')).toEqual([{ count: body.result.length }]);
    });

    it('have texts in every row of the list, whatever they lack', async () => {
      const { body } = await app.post('/v1/auth/register', { username: 'only.a.name', email: 'nameless@mail.com', password: PASSWORD });
      await app.rows('UPDATE users SET email = NULL, email_key = NULL WHERE id = $1', [body.id]);
      await app.post('/v1/auth/register', { email: 'only.an.address@mail.com', password: PASSWORD });
      const { result } = (await api.get('/users/getall')).body;
      expect(result.find((user: { username: string }) => user.username === 'only.a.name').email).toBe('');
      expect(result.find((user: { email: string }) => user.email === 'only.an.address@mail.com').username).toBe('');
      expect((await api.get('/users/getById/only.a.name')).body.result.email).toBeNull();
    });

    it('are found by id and by username, in both paths of the document and the one of the list', async () => {
      const { id, username, token } = await api.signedIn();
      const { id: uuid } = (await app.get('/v1/users/me', { token })).body;
      const byId = await api.get(`/users/getById/${id}`);
      expect(byId.status).toBe(200);
      expect(byId.body.result).toMatchObject({ id, username });
      expect(byId.text).toBe(textOf('SUCCESS: GET BY ID', byId.body.result));
      for (const path of [
        `getById/${username}`,
        `getById/${username.toUpperCase()}/`,
        `getByUsername/${username}`,
        `getById/000${id}`,
        `getById/${uuid}`,
        `getById/${uuid.toUpperCase()}`,
      ]) {
        expect((await api.get(`/users/${path}`)).text).toBe(byId.text);
      }
    });

    it.each([
      'getById/999999',
      'getById/0',
      'getById/2147483648',
      `getById/${'9'.repeat(90)}`,
      'getById/-1',
      'getById/nobody',
      'getById/01a1fd27-21eb-778f-84c8-1873b64fb7f5',
      'getById/1e3',
      'getById/a%40mail.com',
      'getByUsername/nobody',
      'getByUsername/1',
      'getById',
    ])('that are none are not found: %s', async (path) => {
      expect(await api.get(`/users/${path}`)).toMatchObject(NOT_FOUND);
    });
  });

  describe('change username', () => {
    it.each(BODY_FORMATS)('answers the user with the new name, to a %s body', async (format) => {
      const { token, username: current_username, id, email } = await api.signedIn();
      const new_username = api.fresh().username;
      const answer = await api.send('PUT', '/users/changeUsername', { current_username, new_username }, { token, format });
      expect(answer.status).toBe(200);
      expect(answer.body.result).toMatchObject({ id, email, username: new_username });
      expect(answer.text).toBe(textOf('SUCCESS: UPDATE USERNAME', answer.body.result));
      expect((await api.get(`/users/getById/${new_username}`)).text).toBe(
        answer.text.replace('SUCCESS: UPDATE USERNAME', 'SUCCESS: GET BY ID'),
      );
      expect(await api.get(`/users/getById/${current_username}`)).toMatchObject(NOT_FOUND);
    });

    it("wants the caller's present name, and a free and valid new one", async () => {
      const { token, username: current_username } = await api.signedIn();
      const other = await api.signedIn();
      const change = (fields: object) => api.send('PUT', '/users/changeUsername', { current_username, ...fields }, { token });
      expect(await change({ current_username: other.username, new_username: api.fresh().username })).toMatchObject(BAD_REQUEST);
      expect(await change({ current_username: 'nobody', new_username: api.fresh().username })).toMatchObject(BAD_REQUEST);
      expect(await change({ new_username: other.username })).toMatchObject(BAD_REQUEST);
      expect(await change({ new_username: 'no spaces' })).toMatchObject(BAD_REQUEST);
      expect(await change({})).toMatchObject(BAD_REQUEST);
      expect((await api.get(`/users/getById/${current_username}`)).status).toBe(200);
    });
  });

  describe('update profile picture', () => {
    it.each(['propic_new', 'image_file', 'file', 'picture', 'propic'])('takes it in %s, and serves it', async (field) => {
      const { token, username, id } = await api.signedIn();
      const file = { field, name: 'me.gif', content: await pngOf(`#${String(id).padStart(6, '0')}`) };
      const ignored = { current_username: 'x', new_username: 'y' };
      const answer = await api.send('PUT', '/users/updatePropic', ignored, { token, file });
      expect(answer.status).toBe(200);
      expect(answer.text).toBe(textOf('SUCCESS: UPDATE USERNAME', answer.body.result));
      expect(answer.body.result).toMatchObject({ id, username, image_file: expect.stringMatching(/^[\da-f]{32}\.jpg$/) });
      const { status, headers } = await api.get(`/static/${answer.body.result.image_file}`);
      expect([status, headers['content-type'], headers['x-content-type-options']]).toEqual([200, 'image/jpeg', 'nosniff']);
      // Clients that resolve the name against the origin find it, too.
      expect(await app.get(`/static/${answer.body.result.image_file}`)).toMatchObject({
        status: 200,
        headers: { 'content-type': 'image/jpeg' },
      });
    });

    it.each(BODY_FORMATS)('refuses a %s body without a picture', async (format) => {
      const { token } = await api.signedIn();
      expect(await api.send('PUT', '/users/updatePropic/', { image_file: 'me.png' }, { token, format })).toMatchObject(BAD_REQUEST);
    });

    it('serves a picture of those who have none', async () => {
      expect(await api.get('/static/default.jpg')).toMatchObject({ status: 200, headers: { 'content-type': 'image/jpeg' } });
      expect(await api.get('/static/19399091fd78591e.jpg')).toMatchObject(NOT_FOUND);
    });
  });

  describe('reset password', () => {
    it.each(BODY_FORMATS)('mails an OTP that works once, with %s bodies', async (format) => {
      const { email, token: session } = await api.signedIn();
      const before = await app.mailbox.newest(email);
      const asked = await api.send('POST', '/users/requestResetPassword', { your_email: email }, { token: 'stale', format });
      expect(asked.status).toBe(200);
      const { access_token: token } = asked.body;
      expect(asked.text).toBe(JSON.stringify({ access_token: token, message: 'Reset Instructions Sent.' }));
      const { secretCode: OTP, text } = await app.mailbox.newest(email, before);
      expect(text).toContain('15 minutes');

      const fields = { new_password: 'johndoe2', confirm_new_password: 'johndoe2', OTP };
      const answer = await api.send('PUT', '/users/reset_password', fields, { token, format });
      expect([answer.status, answer.text]).toEqual([200, '{"message":"Password reset success.","status":200}']);
      expect((await api.login(email, 'johndoe2')).status).toBe(200);
      expect(await api.login(email)).toMatchObject(UNAUTHORIZED);
      const revoked = { status: 401, body: { msg: 'Token has been revoked' } };
      expect(await api.send('DELETE', '/users/deleteUser', {}, { token: session })).toMatchObject(revoked);
      expect(await api.send('PUT', '/users/reset_password', fields, { token, format })).toMatchObject(revoked);
    });

    it('takes the OTP as a number, and the token after Bearer', async () => {
      const { email } = await api.signedIn();
      const { token, mail } = await api.askForReset(email);
      expect(await api.reset(`Bearer ${token}`, Number(mail.secretCode))).toMatchObject({ status: 200 });
    });

    it('refuses passwords that differ first, without counting a try', async () => {
      const { email } = await api.signedIn();
      const { token, mail } = await api.askForReset(email);
      const differ = { status: 400, body: { message: "Passwords don't match", status: 400 } };
      for (let i = 0; i < 7; i += 1) {
        expect(await api.reset(token, wrongCode(mail.secretCode), 'johndoe2', 'johndoe3')).toMatchObject(differ);
      }
      expect(await api.reset(token, 'no code', 'johndoe2', 'johndoe3')).toMatchObject(differ);
      expect(await api.reset(token, mail.secretCode, 'john5')).toMatchObject(BAD_REQUEST);
      expect((await api.reset(token, mail.secretCode)).status).toBe(200);
    });

    it.each([undefined, null, [], {}, ['123456'], { a: 1 }, true, -1, 0.5])(
      'refuses %j in place of an OTP as a bad request',
      async (otp) => {
        const { email } = await api.signedIn();
        const { token } = await api.askForReset(email);
        expect(await api.reset(token, otp)).toMatchObject(BAD_REQUEST);
      },
    );

    it('answers 404 to an address that nobody has', async () => {
      expect(await api.send('POST', '/users/requestResetPassword', { your_email: 'nobody@mail.com' })).toMatchObject(NOT_FOUND);
      expect(await api.send('POST', '/users/requestResetPassword', {})).toMatchObject(BAD_REQUEST);
    });
  });

  it('deletes the caller', async () => {
    const { token, email, username } = await api.signedIn();
    const answer = await api.send('DELETE', '/users/deleteUser', undefined, { token });
    expect([answer.status, answer.text]).toEqual([200, '{"message":"SUCCESS: DELETE USER","status":200}']);
    expect(await api.login(email)).toMatchObject(UNAUTHORIZED);
    expect(await api.get(`/users/getByUsername/${username}`)).toMatchObject(NOT_FOUND);
    expect(await api.send('DELETE', '/users/deleteUser', undefined, { token })).toMatchObject({ status: 401 });
  });

  it('keeps the last administrator', async () => {
    const { token, email } = await api.signedIn('admin');
    expect(await api.send('DELETE', '/users/deleteUser', { password: PASSWORD }, { token })).toMatchObject(BAD_REQUEST);
    expect((await api.login(email, PASSWORD)).status).toBe(200);
  });
});
