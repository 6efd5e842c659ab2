import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractClient, startContracts } from '../support/contracts.js';
import type { TestApp } from '../support/start-app.js';

describe('one account in all contracts', () => {
  let app: TestApp;
  let library: ContractClient;
  let entity: ContractClient;
  let sadhelx: ContractClient;
  let mobile: ContractClient;
  let spec: ContractClient;
  beforeAll(async () => {
    app = await startContracts();
    library = new ContractClient(app, 'test-library');
    entity = new ContractClient(app, 'entity-user');
    sadhelx = new ContractClient(app, 'sadhelx');
    mobile = new ContractClient(app, 'user-auth');
    spec = new ContractClient(app, 'user-spec');
  });
  afterAll(() => app.stop());

  it('is registered in one, signed in through another, signed out in a third, and refused in the rest', async () => {
    const username = 'crossing.ada';
    const email = 'crossing.ada@example.com';
    const password = 'rahasia';

    const registered = await library.send('POST', '/users/register', { username, email, password });
    expect(registered).toMatchObject({ status: 201, body: { message: 'REGISTER SUCCESS' } });
    const { id } = registered.body.result;

    const signedIn = await spec.send('POST', '/users/login', { username: email, password });
    expect(signedIn.status).toBe(200);
    const { access_token: early } = signedIn.body.data;

    // The token of one is a token everywhere.
    expect((await entity.get('/users', { token: early })).body.data).toEqual({ email, id, profile_picture: null, username });
    const { body: me } = await app.get('/v1/users/me', { token: early });
    expect(me).toMatchObject({ number: id, username, email });
    expect((await mobile.get(`/user/${me.id}`, { token: early })).body.data).toMatchObject({
      uuid: me.id,
      username,
      mobile: null,
      status: false,
    });
    expect((await library.get(`/users/getById/${id}`)).body.result).toMatchObject({ id, username });

    // One contract asks for a proven address, which another one's mail proves; and one for an account that was activated.
    const first = await app.mailbox.newest(email);
    expect(await sadhelx.send('POST', '/login', { identity: username, password })).toMatchObject({ status: 401, body: { status: false } });
    const { secretCode: code } = await app.mailbox.newest(email, first);
    expect((await sadhelx.send('POST', '/verify/mail', { identity: email, code })).status).toBe(200);
    const second = (await sadhelx.send('POST', '/login', { identity: username, password })).body.data.token;
    expect((await mobile.send('POST', '/user/login', { username, password })).status).toBe(400);

    // That mail proves nothing but the mailbox: who was signed in before is out.
    expect(await entity.get('/users', { token: early })).toMatchObject({ status: 401, body: { msg: 'Token has been revoked' } });
    const again = await spec.send('POST', '/users/login', { username: email, password });
    const { access_token: token, refresh_token: refreshToken } = again.body.data;

    // Out here is out everywhere.
    expect((await entity.send('PATCH', '/logout', {}, { token })).status).toBe(200);
    expect((await spec.send('POST', '/users/refresh-token', {}, { token: refreshToken })).status).toBe(400);
    expect(await entity.get('/users', { token })).toMatchObject({ status: 401, body: { msg: 'Token has been revoked' } });
    expect(await library.send('PUT', '/users/changeUsername', {}, { headers: { access_token: token } })).toMatchObject({
      status: 401,
      body: { msg: 'Token has been revoked' },
    });
    expect((await mobile.get(`/user/${me.id}`, { token })).status).toBe(401);
    expect((await spec.get('/users/verify-token', { token })).status).toBe(400);
    expect((await app.get('/v1/users/me', { token })).body.code).toBe('token.revoked');
    // The other session goes on, until the password changes in a contract that knows nothing of it.
    expect((await app.get('/v1/users/me', { token: second.token_access })).status).toBe(200);
    const change = { old_password: password, new_password: '123oda' };
    expect((await mobile.send('POST', `/user/change-password/${me.id}`, change, { token: second.token_access })).status).toBe(200);
    expect((await app.get('/v1/users/me', { token: second.token_access })).status).toBe(401);
    expect((await sadhelx.send('POST', '/refresh-token', { identity: email }, { token: second.token_refresh })).status).toBe(401);
    expect((await library.send('POST', '/users/login', { email, password: '123oda' })).status).toBe(200);
  });

  it('cannot be refreshed by a contract with a refresh token of the core', async () => {
    const email = 'crossing.eve@example.com';
    await spec.send('POST', '/users', { username: email, password: 'rahasia' });
    const { body } = await app.post('/v1/auth/login', { identifier: email, password: 'rahasia' });
    expect((await spec.send('POST', '/users/refresh-token', {}, { token: body.refreshToken })).status).toBe(400);
    expect((await entity.send('POST', '/refresh', {}, { token: body.refreshToken })).status).toBe(422);
    // Nor does it end there: the core's own goes on.
    expect((await app.post('/v1/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(200);
  });

  it('has a refresh token of a contract die with its session when the core rotated it and it comes back', async () => {
    const email = 'crossing.joe@example.com';
    await spec.send('POST', '/users', { username: email, password: 'rahasia' });
    const { refresh_token: refreshToken } = (await spec.send('POST', '/users/login', { username: email, password: 'rahasia' })).body.data;
    const { body } = await app.post('/v1/auth/refresh', { refreshToken });
    expect((await spec.send('POST', '/users/refresh-token', {}, { token: refreshToken })).status).toBe(400);
    expect((await app.post('/v1/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(401);
  });
});
