import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, signedIn } from './support/accounts.js';
import { atLevel, forgetStep, totpCode } from './support/factors.js';
import { signedInAdmin } from './support/administrators.js';
import { type TwoFactorUser, attempt, begin, beginWithPassword, readSignIn, stepUp, withTotp } from './support/sign-ins.js';
import { type TestApp, sharedApp, startApp } from './support/start-app.js';
import { claimsOf, sidOf } from './support/tokens.js';

const AUTHENTICATORS = '/v1/users/me/authenticators';

describe('stepping up', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const addTotp = (token: string) => app.post(`${AUTHENTICATORS}/totp`, {}, { token });

  it('raises the session, and leaves its refresh token as it is', async () => {
    const user = await withTotp(app);
    const refused = await addTotp(user.accessToken);
    expect([refused.status, refused.body.code, refused.body.acrValues, refused.body.maxAge]).toEqual([
      401,
      'auth.step_up_required',
      'urn:latchkey:aal2',
      300,
    ]);
    expect(refused.headers['www-authenticate']).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="urn:latchkey:aal2", max_age="300"',
    );
    const token = await stepUp(app, user);
    const { sid, acr, amr } = claimsOf(token);
    expect([sid, acr]).toEqual([sidOf(user.accessToken), 'urn:latchkey:aal2']);
    expect(new Set(amr)).toEqual(new Set(['pwd', 'otp', 'mfa']));
    expect((await addTotp(token)).status).toBe(201);
    // The refresh token from before is the latest one yet.
    const refreshed = await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken });
    expect(claimsOf(refreshed.body.accessToken)).toMatchObject({ sid, acr: 'urn:latchkey:aal2', auth_time: claimsOf(token).auth_time });
  });

  it('asks an account without a factor for its password again', async () => {
    const user = await signedIn(app);
    await app.rows(`UPDATE sessions SET auth_time = now() - interval '10 minutes' WHERE id = $1`, [sidOf(user.accessToken)]);
    const old = (await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).body.accessToken;
    const refused = await addTotp(old);
    expect([refused.status, refused.body.acrValues]).toEqual([401, 'urn:latchkey:aal1']);
    const waiting = await begin(app, { purpose: 'step_up', maxAge: 300 }, { token: old });
    expect(waiting).toMatchObject({ status: 'needs_first_factor', requiredAal: 1 });
    const { body } = await attempt(app, waiting, { password: PASSWORD });
    expect(body.status).toBe('complete');
    expect(body.session).not.toHaveProperty('refreshToken');
    expect((await addTotp(body.session.accessToken)).status).toBe(201);
  });

  it('goes through the second factor, never around it by the password', async () => {
    const user = await withTotp(app);
    const waiting = await begin(app, { purpose: 'step_up' }, { token: user.accessToken });
    expect(waiting).toMatchObject({ status: 'needs_second_factor', requiredAal: 2 });
    expect((await attempt(app, waiting, { password: user.password })).body.code).toBe('sign_in.wrong_state');
  });

  it('sets up the first factor on the way, where the second level is demanded of an account without one', async () => {
    const user = await signedIn(app);
    const waiting = await begin(app, { purpose: 'step_up', requiredAal: 2 }, { token: user.accessToken });
    expect(waiting.status).toBe('needs_first_factor');
    expect((await attempt(app, waiting, { password: PASSWORD })).body.status).toBe('needs_enrollment');
    expect((await app.get('/v1/users/me', { token: user.accessToken })).status).toBe(200);
  });

  it('is for the session that asks, and happens once', async () => {
    const user = await withTotp(app);
    const waiting = await begin(app, { purpose: 'step_up' }, { token: user.accessToken });
    await app.post('/v1/auth/logout', undefined, { token: user.accessToken });
    await forgetStep(app, user.totp.id);
    expect((await attempt(app, waiting, { totp: totpCode(user.totp.secret) })).body.code).toBe('sign_in.expired');
  });

  it('needs a session of the core', async () => {
    expect((await app.post('/v1/sign-ins', { purpose: 'step_up' })).body.code).toBe('access.unauthenticated');
  });

  it('gives no session of another account its level', async () => {
    const [user, other] = [await withTotp(app), await withTotp(app)];
    const waiting = await begin(app, { purpose: 'step_up' }, { token: user.accessToken });
    const { status } = await attempt(app, waiting, { totp: totpCode(other.totp.secret) });
    expect(status).toBe(401);
    expect(claimsOf((await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).body.accessToken).acr).toBe(
      'urn:latchkey:aal1',
    );
  });

  it('is demanded of administrators, where the server wants the second level of them', async () => {
    const strict = await startApp({ ADMIN_REQUIRES: 'aal2' });
    const admin = await signedInAdmin(strict);
    const refused = await strict.get('/v1/users', { token: admin.accessToken });
    expect([refused.status, refused.body.code]).toEqual([401, 'auth.step_up_required']);
    await strict.stop();
  });

  it('is demanded of administrators whom a recovery code let in, before they read about others', async () => {
    const admin = await signedInAdmin(app);
    const { accessToken: token } = await atLevel(app, admin, `aal = 2, auth_time = now(), recovered_until = now() + interval '10 minutes'`);
    const others = await app.get('/v1/users', { token });
    expect([others.status, others.body.code]).toEqual([401, 'auth.step_up_required']);
    expect((await app.get('/v1/users/me', { token })).status).toBe(200);
  });

  it('ends what a recovery code had restricted', async () => {
    const user = await withTotp(app);
    const lost = await beginWithPassword(app, user);
    const { session } = (await attempt(app, lost, { recoveryCode: user.totp.recoveryCodes[1] })).body;
    const token = await stepUp(app, { ...user, accessToken: session.accessToken });
    expect(claimsOf(token)).not.toHaveProperty('recovered');
    expect((await app.call('PATCH', '/v1/users/me', { token, body: { firstName: 'Ada' } })).status).toBe(200);
  });
});

describe('remembered devices', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const remembered = async () => {
    const user = await withTotp(app);
    const signIn = await beginWithPassword(app, user);
    const answer = await attempt(app, signIn, { totp: totpCode(user.totp.secret), trustDevice: true });
    const cookie = String(answer.headers['set-cookie']);
    return { user, deviceToken: String(answer.body.deviceToken), session: answer.body.session, cookie };
  };
  const login = (body: object, headers = {}) => app.post('/v1/auth/login', body, { headers });

  it('skip the second factor, with a session of the first level', async () => {
    const { user, deviceToken, cookie } = await remembered();
    expect(deviceToken).toMatch(/^lkd_/);
    expect(cookie).toMatch(/^__Host-latchkey-device=lkd_[\w-]+; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    const { status, body } = await login({ identifier: user.email, password: user.password, deviceToken });
    expect([status, claimsOf(body.accessToken).acr]).toEqual([200, 'urn:latchkey:aal1']);
    const byCookie = await login({ identifier: user.email, password: user.password }, { cookie: cookie.split(';')[0] });
    expect(byCookie.status).toBe(200);
    // Both ways of beginning know it.
    const signIn = await begin(app, { identifier: user.email, deviceToken });
    expect((await attempt(app, signIn, { password: user.password })).body.status).toBe('complete');
  });

  it('never skip stepping up, nor a level that the client demands', async () => {
    const { user, deviceToken } = await remembered();
    const { body } = await login({ identifier: user.email, password: user.password, deviceToken });
    const add = await app.post(`${AUTHENTICATORS}/totp`, {}, { token: body.accessToken });
    expect(add.body.code).toBe('auth.step_up_required');
    expect((await begin(app, { purpose: 'step_up' }, { token: body.accessToken })).status).toBe('needs_second_factor');
    expect((await beginWithPassword(app, user, { requiredAal: 2, deviceToken })).status).toBe('needs_second_factor');
  });

  it('are of one account', async () => {
    const [{ deviceToken }, other] = [await remembered(), await withTotp(app)];
    expect((await login({ identifier: other.email, password: other.password, deviceToken })).body.code).toBe('auth.second_factor_required');
  });

  it('are listed and forgotten by their owner', async () => {
    const { user, deviceToken, session } = await remembered();
    const token = session.accessToken;
    const { data } = (await app.get('/v1/users/me/devices', { token })).body;
    expect(data).toEqual([expect.objectContaining({ id: expect.any(String), trustedUntil: expect.any(String) })]);
    const other = await signedIn(app);
    expect((await app.call('DELETE', `/v1/users/me/devices/${data[0].id}`, { token: other.accessToken })).body.code).toBe(
      'device.not_found',
    );
    expect((await app.call('DELETE', `/v1/users/me/devices/${data[0].id}`, { token })).status).toBe(204);
    expect((await login({ identifier: user.email, password: user.password, deviceToken })).status).toBe(403);
  });

  it.each([
    ['signing out everywhere', (token: string) => app.post('/v1/auth/logout-all', undefined, { token })],
    [
      'another password',
      (token: string) =>
        app.call('PUT', '/v1/auth/password', { token, body: { currentPassword: PASSWORD, newPassword: 'six purple clouds drift by' } }),
    ],
    [
      'another factor',
      async (token: string) => {
        const { id, secret } = (await app.post(`${AUTHENTICATORS}/totp`, {}, { token })).body;
        return app.post(`${AUTHENTICATORS}/${id}/confirm`, { code: totpCode(secret) }, { token });
      },
    ],
    [
      'a removed factor',
      async (token: string) => {
        const { totp } = (await app.get(AUTHENTICATORS, { token })).body;
        return app.call('DELETE', `${AUTHENTICATORS}/${totp[0].id}`, { token });
      },
    ],
  ])('end with %s', async (_, act) => {
    const { user, deviceToken, session } = await remembered();
    const { status, text } = await act(session.accessToken);
    expect({ status, text }).toMatchObject({ status: expect.toSatisfy((code: number) => code < 300) });
    const devices = await app.rows(
      'SELECT 1 FROM devices d JOIN users u ON u.id = d.user_id AND u.session_epoch = d.epoch WHERE u.id = $1',
      [user.id],
    );
    expect(devices).toEqual([]);
    const password = (await login({ identifier: user.email, password: PASSWORD })).status === 401 ? 'six purple clouds drift by' : PASSWORD;
    const again = await login({ identifier: user.email, password, deviceToken });
    // Without any factor left, the password is enough again.
    expect(again.status).toBe(_ === 'a removed factor' ? 200 : 403);
  });

  it('are never remembered where the server does not want it', async () => {
    const strict = await sharedApp({ REMEMBERED_DEVICE_DAYS: '0' });
    const user = await withTotp(strict);
    const signIn = await beginWithPassword(strict, user);
    const { body } = await attempt(strict, signIn, { totp: totpCode(user.totp.secret), trustDevice: true });
    expect(body.status).toBe('complete');
    expect(body).not.toHaveProperty('deviceToken');
    await strict.stop();
  });
});

describe('a sign-in in cookie mode', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const headers = { origin: 'https://accounts.latchkey.test', 'content-type': 'application/json' };

  it('keeps its secret, and what it comes to, in cookies', async () => {
    const user = await withTotp(app);
    const login = await app.post('/v1/auth/login', { identifier: user.email, password: user.password, session: 'cookie' }, { headers });
    expect(login.body.code).toBe('auth.second_factor_required');
    const { signIn } = login.body;
    expect(signIn).not.toHaveProperty('secret');
    const cookie = String(login.headers['set-cookie']).split(';')[0];
    expect(cookie).toMatch(new RegExp(`^__Host-latchkey-sign-in-${signIn.id}=[\\w-]{43}$`));
    const url = `/v1/sign-ins/${signIn.id}/attempts`;
    const foreign = await app.post(
      url,
      { totp: totpCode(user.totp.secret) },
      { headers: { ...headers, origin: 'https://evil.example', cookie } },
    );
    expect(foreign.body.code).toBe('request.origin_refused');
    const { status, body, headers: got } = await app.post(url, { totp: totpCode(user.totp.secret) }, { headers: { ...headers, cookie } });
    expect([status, body.status]).toEqual([200, 'complete']);
    expect(body.session).not.toHaveProperty('refreshToken');
    expect(String(got['set-cookie'])).toMatch(/__Host-latchkey-sign-in-[\da-f-]{36}=; Max-Age=0.*__Host-latchkey-refresh=lkr_/);
    expect((await readSignIn(app, { id: signIn.id, secret: 'x' })).status).toBe(404);
    expect((await app.get(`/v1/sign-ins/${signIn.id}`, { headers: { cookie } })).body.status).toBe('complete');
    expect((await app.get('/v1/users/me', { token: body.session.accessToken })).status).toBe(200);
  });

  /** The cookies of a browser. */
  const browser = () => {
    const kept = new Map<string, string>();
    return {
      names: () => [...kept.keys()],
      call: async (method: 'GET' | 'POST', url: string, body?: object) => {
        const cookie = [...kept].map((pair) => pair.join('=')).join('; ');
        const answer = await app.call(method, url, { body, headers: { ...headers, ...(cookie === '' ? {} : { cookie }) } });
        for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
          const [, name = '', value = '', age] = /^([^=]+)=([^;]*); Max-Age=(\d+)/.exec(String(line)) ?? [];
          expect(String(line)).toMatch(/^__Host-.*; Path=\/; HttpOnly; Secure; SameSite=(?:Lax|Strict)$/);
          if (age === '0') kept.delete(name);
          else kept.set(name, value);
        }
        return answer;
      },
    };
  };
  const NAME = '__Host-latchkey-sign-in-';

  it('is apart from that of another tab: neither ends the other', async () => {
    const { call, names } = browser();
    const [first, second] = [await withTotp(app), await withTotp(app)];
    const open = async ({ email, password }: TwoFactorUser) =>
      (await call('POST', '/v1/sign-ins', { identifier: email, password, mode: 'cookie' })).body;
    const [one, two] = [await open(first), await open(second)];
    expect(names()).toEqual([`${NAME}${one.id}`, `${NAME}${two.id}`]);
    for (const { id } of [one, two]) expect((await call('GET', `/v1/sign-ins/${id}`)).body.status).toBe('needs_second_factor');
    const done = await call('POST', `/v1/sign-ins/${one.id}/attempts`, { totp: totpCode(first.totp.secret) });
    expect([done.body.status, done.body.session.user.id]).toEqual(['complete', first.id]);
    expect(names().filter((name) => name.startsWith(NAME))).toEqual([`${NAME}${two.id}`]);
    const other = await call('POST', `/v1/sign-ins/${two.id}/attempts`, { totp: totpCode(second.totp.secret) });
    expect([other.body.status, other.body.session.user.id]).toEqual(['complete', second.id]);
    expect(names()).toEqual(['__Host-latchkey-refresh']);
  });

  it('leaves the browser with few cookies, the newest, and none of a sign-in that is over', async () => {
    const { call, names } = browser();
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.push((await call('POST', '/v1/sign-ins', { mode: 'cookie' })).body.id);
    expect(names()).toEqual(ids.slice(-8).map((id) => `${NAME}${id}`));
    expect((await call('GET', `/v1/sign-ins/${ids[0]}`)).status).toBe(404);
    const [over = '', ...others] = ids.slice(-8);
    await app.rows(`UPDATE sign_ins SET expires_at = now() - interval '1 second' WHERE id = $1`, [over]);
    expect((await call('POST', `/v1/sign-ins/${over}/attempts`, { password: 'x' })).body.code).toBe('sign_in.expired');
    expect(names()).toEqual(others.map((id) => `${NAME}${id}`));
  });

  it('is refused to foreign pages', async () => {
    const answer = await app.post('/v1/sign-ins', { mode: 'cookie' }, { headers: { ...headers, origin: 'https://evil.example' } });
    expect(answer.body.code).toBe('request.origin_refused');
  });
});
