import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SettingValues } from '../src/common/declared.js';
import { Settings } from '../src/config/settings.js';
import { type TestUser, register, signedIn } from './support/accounts.js';
import { ContractClient } from './support/contracts.js';
import { forgetStep, totpCode } from './support/factors.js';
import { HOOK_SECRET, HookReceiver } from './support/hook-receiver.js';
import { attempt, beginWithPassword, stepUp, withTotp } from './support/sign-ins.js';
import { type Answer, PUBLIC_URL, type TestApp, sharedApp } from './support/start-app.js';
import { TO_THIS_MACHINE } from './support/webhook-receiver.js';

const SENTENCE = 'Your company has no licence any more.';

// eslint-disable-next-line typescript/no-explicit-any -- claims of every shape
const claimsIn = (token: string): any => JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());

describe('the hook before a token', () => {
  let app: TestApp;
  let hook: HookReceiver;
  let before: Partial<SettingValues>;
  const choose = (settings: Partial<SettingValues>) => Object.assign(app.nest.get(Settings), settings);
  const hooked = () => choose({ HOOK_BEFORE_TOKEN: hook.url, HOOK_SECRETS: [HOOK_SECRET] });
  const login = ({ email, password }: Pick<TestUser, 'email' | 'password'>): Promise<Answer> =>
    app.post('/v1/auth/login', { identifier: email, password });
  const refresh = (refreshToken: string, more = {}): Promise<Answer> => app.post('/v1/auth/refresh', { refreshToken, ...more });
  const deny = (): void => void (hook.manner = () => ({ decision: 'deny', detail: SENTENCE }));
  const fail = (): void => void (hook.manner = (_asked, response) => void response.writeHead(500).end());
  const endOf = async (user: { id: string }) =>
    (
      await app.rows<{ reason: string | null }>(
        'SELECT revoke_reason AS reason FROM sessions WHERE user_id = $1 ORDER BY created_at DESC',
        [user.id],
      )
    )[0]?.reason;

  beforeAll(async () => {
    [app, hook] = await Promise.all([sharedApp({ CONTRACTS: 'all', ...TO_THIS_MACHINE }), HookReceiver.start()]);
    before = { ...app.nest.get(Settings) };
  });
  beforeEach(() => hook.reset());
  afterEach(() => {
    const settings = app.nest.get(Settings);
    delete settings.HOOK_BEFORE_TOKEN;
    Object.assign(settings, before);
  });
  afterAll(async () => {
    await hook.stop();
    await app.stop();
  });

  it('is asked at sign-in, refresh and step-up, and its claims are in each token', async () => {
    const user = await withTotp(app);
    hooked();
    hook.manner = ({ data }) => ({ decision: 'allow', claims: { plan: 'pro', why: data.reason } });
    const waiting = await beginWithPassword(app, user);
    await forgetStep(app, user.totp.id);
    const opened = await attempt(app, waiting, { totp: totpCode(user.totp.secret) });
    const { accessToken, refreshToken } = opened.body.session;
    expect(claimsIn(accessToken).ext).toEqual({ plan: 'pro', why: 'sign_in' });
    const refreshed = await refresh(refreshToken);
    expect(claimsIn(refreshed.body.accessToken).ext).toEqual({ plan: 'pro', why: 'refresh' });
    const raised = await stepUp(app, { ...user, accessToken: refreshed.body.accessToken });
    expect(claimsIn(raised).ext).toEqual({ plan: 'pro', why: 'step_up' });
    const { sid } = claimsIn(raised);
    expect(hook.asked.map(({ data }) => data)).toEqual([
      expect.objectContaining({ reason: 'sign_in', accountId: user.id, sessionId: null, clientId: 'latchkey', acr: 'urn:latchkey:aal2' }),
      expect.objectContaining({ reason: 'refresh', accountId: user.id, sessionId: sid, acr: 'urn:latchkey:aal2', emailVerified: false }),
      expect.objectContaining({ reason: 'step_up', accountId: user.id, sessionId: sid }),
    ]);
    expect(Object.keys(hook.asked[0]?.data).toSorted()).toEqual(
      ['accountId', 'acr', 'amr', 'clientId', 'emailVerified', 'ip', 'reason', 'sessionId', 'userAgent'].toSorted(),
    );
    // The server's own claims are what they were, and the token is good.
    expect((await app.get('/v1/users/me', { token: raised })).body.id).toBe(user.id);
  });

  it('is asked before a sign-in that remembers the device, outside its transaction', async () => {
    const user = await withTotp(app);
    hooked();
    hook.manner = () => ({ decision: 'allow', claims: { plan: 'pro' } });
    const waiting = await beginWithPassword(app, user);
    await forgetStep(app, user.totp.id);
    const { body } = await attempt(app, waiting, { totp: totpCode(user.totp.secret), trustDevice: true });
    expect(claimsIn(body.session.accessToken).ext).toEqual({ plan: 'pro' });
    expect(hook.asked).toHaveLength(1);
  });

  it('denies a sign-in with the sentence of the operator, also through a contract', async () => {
    const user = await register(app);
    hooked();
    deny();
    const denied = await login(user);
    expect([denied.status, denied.body.code, denied.body.detail]).toEqual([403, 'hook.denied', SENTENCE]);
    expect(await app.rows('SELECT FROM sessions WHERE user_id = $1', [user.id])).toEqual([]);
    const events = await app.rows('SELECT details FROM audit_events WHERE action = $1 AND subject_id = $2', ['hook.denied', user.id]);
    expect(events).toEqual([{ details: { hook: 'before_token' } }]);
    const contract = await new ContractClient(app, 'user-spec').send('POST', '/users/login', {
      username: user.email,
      password: user.password,
    });
    expect([contract.status, contract.body.message]).toEqual([400, SENTENCE]);
    hook.reset();
    expect((await login(user)).status).toBe(200);
    // A wrong password is nothing to ask about.
    hook.asked.length = 0;
    expect((await login({ ...user, password: 'another password of birds' })).status).toBe(401);
    expect(hook.asked).toEqual([]);
  });

  it('denies a refresh, which ends the session', async () => {
    const user = await signedIn(app);
    hooked();
    deny();
    const denied = await refresh(user.refreshToken);
    expect([denied.status, denied.body.code, denied.body.detail]).toEqual([403, 'hook.denied', SENTENCE]);
    expect(await endOf(user)).toBe('denied');
    hook.reset();
    expect((await refresh(user.refreshToken)).body.code).toBe('refresh_token.invalid');
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body.code).toBe('token.revoked');
    expect(hook.asked).toEqual([]);
  });

  it('that does not answer leaves the refresh token as good as before, for longer than a repeated one is answered', async () => {
    const user = await signedIn(app);
    hooked();
    fail();
    const failed = await refresh(user.refreshToken);
    expect([failed.status, failed.body.code, failed.headers['retry-after']]).toEqual([503, 'hook.unavailable', '5']);
    await app.rows(
      `UPDATE sessions SET rotated_at = now() - interval '5 minutes', last_used_at = now() - interval '5 minutes' WHERE user_id = $1`,
      [user.id],
    );
    expect((await refresh(user.refreshToken)).status).toBe(503);
    expect(await endOf(user)).toBeNull();
    hook.reset();
    const refreshed = await refresh(user.refreshToken);
    expect([refreshed.status, claimsIn(refreshed.body.accessToken).ext]).toEqual([200, undefined]);
    // One whose answer was lost is asked about, too; one from long ago is refused without a question.
    expect((await refresh(user.refreshToken)).status).toBe(200);
    expect(hook.asked).toHaveLength(2);
    await refresh(refreshed.body.refreshToken);
    hook.asked.length = 0;
    expect((await refresh(user.refreshToken)).body.code).toBe('refresh_token.reused');
    expect(hook.asked).toEqual([]);
  });

  it('that does not answer lets everybody in where that is set, without claims', async () => {
    const user = await register(app);
    hooked();
    fail();
    expect((await login(user)).body.code).toBe('hook.unavailable');
    choose({ HOOK_BEFORE_TOKEN_FAILURE: 'open' });
    const opened = await login(user);
    expect([opened.status, claimsIn(opened.body.accessToken).ext]).toEqual([200, undefined]);
    expect((await refresh(opened.body.refreshToken)).status).toBe(200);
  });

  it.each<[string, unknown]>([
    ['of a reserved name', { sub: 'somebody-else' }],
    ['of a reserved name in capitals', { Roles: ['admin'] }],
    ['that are too deep', { tenant: { id: { number: 1 } } }],
    ['that are too long', { text: 'x'.repeat(1_100) }],
    ['that are no object', ['pro']],
    ['with a null', { plan: null }],
  ])('adds no claims %s: the answer is none', async (_, claims) => {
    const user = await register(app);
    hooked();
    hook.manner = () => ({ decision: 'allow', claims: claims as object });
    expect((await login(user)).body.code).toBe('hook.unavailable');
  });

  it('takes the cookie away with the session, and says why to a client that asks whether it is signed in', async () => {
    const user = await register(app);
    const identifier = { identifier: user.email, password: user.password, session: 'cookie' };
    const origin = { origin: new URL(PUBLIC_URL).origin, 'content-type': 'application/json' };
    const opened = await app.post('/v1/auth/login', identifier, { headers: origin });
    const cookie = String(opened.headers['set-cookie']).split(';')[0];
    hooked();
    deny();
    const headers = { ...origin, cookie };
    const denied = await app.post('/v1/auth/refresh', { ifSignedIn: true }, { headers });
    expect([denied.status, denied.body.code]).toEqual([403, 'hook.denied']);
    expect(String(denied.headers['set-cookie'])).toContain('Max-Age=0');
  });

  it('decides about tokens of contracts that refresh without rotation', async () => {
    const user = await register(app);
    const api = new ContractClient(app, 'entity-user');
    hooked();
    hook.manner = ({ data }) => ({ decision: 'allow', claims: { why: data.reason } });
    const { access_token: access, refresh_token: token } = (
      await api.send('POST', '/login', { email: user.email, password: user.password })
    ).body.data;
    expect(claimsIn(access).ext).toEqual({ why: 'sign_in' });
    const refreshed = await api.send('POST', '/refresh', {}, { token });
    expect(claimsIn(refreshed.body.data.access_token).ext).toEqual({ why: 'refresh' });
    expect(hook.asked.map(({ data }) => [data.reason, data.clientId])).toEqual([
      ['sign_in', 'entity-user'],
      ['refresh', 'entity-user'],
    ]);
    deny();
    const denied = await api.send('POST', '/refresh', {}, { token });
    expect([denied.status, denied.body]).toEqual([400, { data: [], message: SENTENCE }]);
    expect(await endOf(user)).toBe('denied');
  });
});
