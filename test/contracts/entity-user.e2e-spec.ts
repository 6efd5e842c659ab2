import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_FORMATS, ContractClient, startContracts } from '../support/contracts.js';
import type { TestApp } from '../support/start-app.js';

let serial = 0;

/** A username that nobody else in this file uses. */
function freshName(): string {
  serial += 1;
  return `oda${serial}`;
}

describe('the contract entity-user', () => {
  let app: TestApp;
  let api: ContractClient;
  beforeAll(async () => {
    app = await startContracts();
    api = new ContractClient(app, 'entity-user');
  });
  afterAll(() => app.stop());

  const register = async (username = freshName()) => {
    const user = { username, email: `${username}@mail.com`, password: 'oda123' };
    const answer = await api.send('POST', '/user', user);
    if (answer.status !== 200) throw new Error(answer.text);
    return user;
  };
  const signedIn = async () => {
    const user = await register();
    const { data } = (await api.send('POST', '/login', { email: user.email, password: user.password })).body;
    return { ...user, id: data.data.id as number, token: data.access_token as string, refreshToken: data.refresh_token as string };
  };
  const picture = (): Promise<Buffer> =>
    sharp({ create: { width: 40, height: 30, channels: 3, background: '#336699' } })
      .png()
      .toBuffer();

  describe('register user', () => {
    it.each(BODY_FORMATS)('answers keyed by value, to a %s body', async (format) => {
      const username = freshName();
      const answer = await api.send('POST', '/user', { username, email: `${username}@mail.com`, password: 'oda123' }, { format });
      expect(answer.status).toBe(200);
      expect(answer.text).toBe(
        JSON.stringify({
          data: { [username]: username, [`${username}@mail.com`]: `${username}@mail.com` },
          message: 'Success create user data.',
        }),
      );
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    it('refuses a taken username and a taken address', async () => {
      const { username, email } = await register();
      const password = 'oda123';
      const sameName = await api.send('POST', '/user/', { username: username.toUpperCase(), email: 'other@mail.com', password });
      expect(sameName).toMatchObject({ status: 400, body: { data: [], message: 'Failed create user. Username already exists.' } });
      const sameAddress = await api.send('POST', '/user', { username: freshName(), email, password });
      expect(sameAddress).toMatchObject({ status: 400, body: { data: [], message: 'Failed create user. Email already exists.' } });
    });

    it('names the wrong field', async () => {
      const answer = await api.send('POST', '/user', { username: freshName(), email: 'oda', password: 'oda123' });
      expect(answer).toMatchObject({
        status: 400,
        body: { data: { email: ['Not a valid email address.'] }, message: 'Validation failed.' },
      });
    });

    it.each(['[]', '"oda"', '7'])('says of the body %s that it is no object, under a name that a form can look up', async (body) => {
      const answer = await app.call('POST', '/contracts/entity-user/user', { body, headers: { 'content-type': 'application/json' } });
      expect([answer.status, answer.body]).toEqual([
        400,
        { data: { _schema: ['The body must be a JSON object.'] }, message: 'Validation failed.' },
      ]);
    });

    it.each(BODY_FORMATS)('names every field that is missing, in a %s body', async (format) => {
      const missing = ['Missing data for required field.'];
      const expected = (data: object) => ({ status: 400, body: { data, message: 'Validation failed.' } });
      expect(await api.send('POST', '/user', { username: freshName() }, { format })).toMatchObject(
        expected({ email: missing, password: missing }),
      );
      expect(await api.send('POST', '/user', { email: 'a@mail.com' }, { format })).toMatchObject(expected({ password: missing }));
      expect(await api.send('POST', '/login', {}, { format })).toMatchObject(expected({ email: missing, password: missing }));
      const { token } = await signedIn();
      const changed = await api.send('PATCH', '/users', { old_password: 'oda123' }, { token, format });
      expect(changed).toMatchObject(expected({ new_password: missing }));
    });

    it('ignores fields that it does not know, and gives nobody a role', async () => {
      const username = freshName();
      const fields = { username, email: `${username}@mail.com`, password: 'oda123', role: 'admin', roles: ['admin'], id: 1, name: 'Oda' };
      expect((await api.send('POST', '/user', fields)).status).toBe(200);
      expect(await app.rows('SELECT roles, first_name FROM users WHERE username = $1', [username])).toEqual([
        { roles: ['user'], first_name: null },
      ]);
    });
  });

  describe('login user', () => {
    it.each(BODY_FORMATS)('answers tokens and the user, to a %s body', async (format) => {
      const { username, email, password } = await register();
      const answer = await api.send('POST', '/user', { email, password }, { format });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        data: {
          access_token: expect.stringMatching(/^eyJ/),
          data: { email, id: expect.any(Number), profile_picture: null, username },
          refresh_token: expect.any(String),
        },
        message: 'Success login!',
      });
      expect((await app.get('/v1/users/me', { token: answer.body.data.access_token })).body.username).toBe(username);
    });

    it.each(BODY_FORMATS)('signs in with an empty username, as forms send it, in a %s body', async (format) => {
      const { email, password } = await register();
      const answer = await api.send('POST', '/user', { username: '', email, password }, { format });
      expect(answer).toMatchObject({ status: 200, body: { message: 'Success login!', data: { data: { email } } } });
    });

    it('signs in with null for a username, as scripts send the fields that nobody filled in', async () => {
      const { email, password } = await register();
      const answer = await api.send('POST', '/user', { username: null, email, password });
      expect([answer.status, answer.body.message]).toEqual([200, 'Success login!']);
    });

    it('tells an unknown user from a wrong password', async () => {
      const { email } = await register();
      const unknown = await api.send('POST', '/user', { email: 'nobody@mail.com', password: 'oda123' });
      expect(unknown).toMatchObject({ status: 400, body: { data: [], message: 'Failed login. User not registered.' } });
      const wrong = await api.send('POST', '/login', { email, password: 'oda124' });
      expect(wrong).toMatchObject({ status: 400, body: { data: [], message: 'Failed login. Wrong password.' } });
    });
  });

  describe('update user data', () => {
    it('echoes what was sent, and null for the rest', async () => {
      const { token } = await signedIn();
      const name = freshName();
      const answer = await api.send('PATCH', '/user', { email: `${name}@mail.com` }, { token, format: 'multipart' });
      expect(answer).toMatchObject({
        status: 200,
        body: { data: { email: `${name}@mail.com`, profile_picture: null, username: null }, message: 'Success update user data.' },
      });
    });

    it('serves the picture that it took', async () => {
      const { token } = await signedIn();
      const username = freshName();
      const file = { field: 'profile_picture', name: 'namafile.gif', content: await picture() };
      const answer = await api.send('PATCH', '/user', { username }, { token, file });
      expect(answer.body).toMatchObject({ data: { email: null, username }, message: 'Success update user data.' });
      const served = await api.get(answer.body.data.profile_picture);
      expect(served).toMatchObject({ status: 200, headers: { 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' } });
      expect((await api.get('/users', { token })).body.data.profile_picture).toBe(answer.body.data.profile_picture);
    });

    it('decides by the content of a picture, and changes nothing with a wrong one', async () => {
      const { token, username } = await signedIn();
      for (const content of [Buffer.from('GIF89a, but called PNG'), (await picture()).subarray(0, 60)]) {
        const file = { field: 'profile_picture', name: 'fine.png', content };
        const answer = await api.send('PATCH', '/user', { username: freshName() }, { token, file });
        expect(answer).toMatchObject({
          status: 400,
          body: { data: [], message: 'Invalid file type. Only PNG, JPG, or JPEG files are allowed.' },
        });
      }
      expect((await api.get('/users', { token })).body.data).toMatchObject({ username, profile_picture: null });
    });

    it('refuses what is no address, and what somebody has', async () => {
      const { token } = await signedIn();
      const other = await register();
      expect((await api.send('PATCH', '/user', { email: 'oda' }, { token })).body).toEqual({
        data: { email: ['Not a valid email address.'] },
        message: 'Validation failed.',
      });
      expect((await api.send('PATCH', '/user', { username: other.username }, { token })).body).toEqual({
        data: [],
        message: 'Failed update user. Username already exists.',
      });
      expect((await api.send('PATCH', '/user', { email: other.email, username: freshName() }, { token })).body).toEqual({
        data: [],
        message: 'Failed update user. Email already exists.',
      });
    });
  });

  it('gives the detail of the caller, whatever is in the body', async () => {
    const { token, id, email, username } = await signedIn();
    expect(await api.get('/users/', { token })).toMatchObject({
      status: 200,
      body: { data: { email, id, profile_picture: null, username }, message: 'Success get detail user.' },
    });
  });

  it('changes the password, and refuses a wrong old one and the same again', async () => {
    const { token, email } = await signedIn();
    const change = (old_password: string, new_password: string) => api.send('PATCH', '/users', { old_password, new_password }, { token });
    expect(await change('oda124', '123oda')).toMatchObject({
      status: 400,
      body: { data: [], message: 'Failed update password. Wrong old password.' },
    });
    expect(await change('oda123', 'oda123')).toMatchObject({
      status: 400,
      body: { data: [], message: "Failed update password. Can't same old and new password." },
    });
    expect(await change('oda123', '123oda')).toMatchObject({ status: 200, body: { data: [], message: 'Success update password.' } });
    expect((await api.send('POST', '/login', { email, password: '123oda' })).status).toBe(200);
    expect((await api.get('/users', { token })).body).toEqual({ msg: 'Token has been revoked' });
  });

  it('signs out, and refuses the tokens from then on', async () => {
    const { token, refreshToken } = await signedIn();
    const refreshed = await api.send('POST', '/refresh', undefined, { token: refreshToken });
    expect(refreshed).toMatchObject({
      status: 200,
      body: { data: { access_token: expect.stringMatching(/^eyJ/) }, message: 'Success refresh token.' },
    });
    expect((await api.send('POST', '/refresh', undefined, { token: refreshToken })).status).toBe(200);
    const body = { old_password: 'oda123', new_password: '123oda' };
    expect(await api.send('PATCH', '/logout', body, { token })).toMatchObject({
      status: 200,
      body: { data: [], message: 'Success logout user.' },
    });
    for (const each of [token, refreshed.body.data.access_token]) {
      expect(await api.get('/users', { token: each })).toMatchObject({ status: 401, body: { msg: 'Token has been revoked' } });
    }
    const late = await api.send('POST', '/refresh', undefined, { token: refreshToken });
    expect(late).toMatchObject({ status: 401, body: { msg: 'Token has been revoked' } });
  });

  it('deletes the caller', async () => {
    const { token, id, email } = await signedIn();
    expect(await api.send('DELETE', '/users', undefined, { token })).toMatchObject({
      status: 200,
      body: { data: id, message: 'Success delete user.' },
    });
    expect((await api.send('POST', '/login', { email, password: 'oda123' })).body.message).toBe('Failed login. User not registered.');
  });

  it('says what is wrong with a token', async () => {
    const { token, refreshToken } = await signedIn();
    const say = async (headers: Record<string, string>) => {
      const { status, body } = await api.get('/users', { headers });
      return [status, body.msg];
    };
    expect(await say({})).toEqual([401, 'Missing Authorization Header']);
    expect(await say({ authorization: `Bearer ${token.slice(0, -4)}AAAA` })).toEqual([422, 'Signature verification failed']);
    expect(await say({ authorization: `Bearer ${refreshToken}` })).toEqual([422, 'Signature verification failed']);
    expect(await say({ authorization: 'Bearer nonsense' })).toEqual([422, 'Invalid header padding']);
  });

  it('wears its envelope whatever goes wrong', async () => {
    const expectEnvelope = ({ body, headers }: { body: unknown; headers: object }) => {
      expect(Object.keys(body as object)).toEqual(['data', 'message']);
      expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    };
    const post = (body: string, type = 'application/json') =>
      app.call('POST', '/contracts/entity-user/login', { body, headers: { 'content-type': type } });
    for (const [status, answer] of [
      [400, await post('{"email":')],
      [400, await post('<xml/>', 'text/xml')],
      [400, await post(JSON.stringify({ email: 'x'.repeat(100_000) }))],
      [404, await api.get('/nothing')],
      [404, await app.get('//contracts/entity-user/nothing')],
      [405, await api.send('PUT', '/user')],
    ] as const) {
      expect(answer.status).toBe(status);
      expectEnvelope(answer);
    }
  });
});
