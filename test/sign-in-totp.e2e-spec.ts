import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, register, signedIn } from './support/accounts.js';
import { type TestTotp, addTotp, totpCode, wrongTotp } from './support/factors.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';
import { claimsOf } from './support/tokens.js';

const PARALLEL = 100;

/** A sign-in that is under way. */
interface Started {
  id: string;
  secret: string;
}

const login = (app: TestApp, { email, password }: { email: string; password: string }): Promise<Answer> =>
  app.post('/v1/auth/login', { identifier: email, password });
const attempt = (app: TestApp, { id, secret }: Started, body: object): Promise<Answer> =>
  app.post(`/v1/sign-ins/${id}/attempts`, body, { headers: { 'sign-in-secret': secret } });

describe('a sign-in with a second factor', () => {
  let app: TestApp;
  let user: TestUser;
  let totp: TestTotp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    user = await signedIn(app);
    totp = await addTotp(app, user.accessToken, 'Phone');
  });

  const started = async (): Promise<Started> => (await login(app, user)).body.signIn;

  it('asks for it after the right password, and opens a session of the second level', async () => {
    const first = await login(app, user);
    expect([first.status, first.body.code]).toEqual([403, 'auth.second_factor_required']);
    expect(first.body.signIn).toMatchObject({
      status: 'needs_second_factor',
      factors: [
        { type: 'totp', role: 'second', name: 'Phone', authenticatorId: totp.id },
        { type: 'recovery_code', role: 'second' },
      ],
    });
    const wrong = await attempt(app, first.body.signIn, { totp: wrongTotp(totp.secret) });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'factor.invalid']);
    const { status, body } = await attempt(app, first.body.signIn, { totp: totpCode(totp.secret) });
    expect([status, body.status]).toEqual([200, 'complete']);
    const { acr, amr } = claimsOf(body.session.accessToken);
    expect([acr, new Set(amr)]).toEqual(['urn:latchkey:aal2', new Set(['pwd', 'otp', 'mfa'])]);
  });

  it('of a hundred with the same code at the same time, one opens a session', async () => {
    const waiting = await Promise.all(Array.from({ length: PARALLEL }, started));
    const code = totpCode(totp.secret);
    const answers = await Promise.all(waiting.map((signIn) => attempt(app, signIn, { totp: code })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body.code))).toEqual(new Set(['factor.invalid']));
    const sessions = await app.rows(`SELECT id FROM sessions WHERE user_id = $1 AND aal = 2`, [user.id]);
    expect(sessions).toHaveLength(1);
  });

  it('a recovery code opens a session that only puts the authenticators right', async () => {
    const [recoveryCode = ''] = totp.recoveryCodes;
    const { body } = await attempt(app, await started(), { recoveryCode: recoveryCode.toLowerCase() });
    const { accessToken: token } = body.session;
    expect(claimsOf(token)).toMatchObject({ acr: 'urn:latchkey:aal2', amr: expect.arrayContaining(['pwd', 'kba']) });
    const edit = await app.call('PATCH', '/v1/users/me', { token, body: { firstName: 'Ada' } });
    expect([edit.status, edit.body.code]).toEqual([401, 'auth.step_up_required']);
    const fresh = await addTotp(app, token, 'New phone');
    expect((await app.call('DELETE', `/v1/users/me/authenticators/${totp.id}`, { token })).status).toBe(204);
    await app.mailbox.about('A recovery code of your Latchkey account was used', user.email);
    const again = await attempt(app, await started(), { recoveryCode });
    expect([again.status, again.body.code]).toEqual([401, 'factor.invalid']);
    expect((await attempt(app, await started(), { totp: totpCode(fresh.secret, 1) })).body.status).toBe('complete');
  });

  it('remembered devices are forgotten when an authenticator is added or removed', async () => {
    const trusted = async (code: string): Promise<Answer> => attempt(app, await started(), { totp: code, trustDevice: true });
    const { deviceToken, session } = (await trusted(totpCode(totp.secret))).body;
    const start = (): Promise<Answer> => app.post('/v1/sign-ins', { identifier: user.email, password: user.password, deviceToken });
    expect((await start()).body.status).toBe('complete');
    const tablet = await addTotp(app, session.accessToken, 'Tablet');
    expect((await start()).body.status).toBe('needs_second_factor');
    const again = (await trusted(totpCode(tablet.secret, 1))).body;
    await app.call('DELETE', `/v1/users/me/authenticators/${totp.id}`, { token: again.session.accessToken });
    expect(await app.rows('SELECT id FROM devices WHERE user_id = $1', [user.id])).toEqual([]);
  });
});

describe('wrong second factors', () => {
  let app: TestApp;
  let user: TestUser;
  let totp: TestTotp;
  beforeAll(async () => {
    app = await startApp({ RATE_LIMIT: 'on', LIMIT_FACTOR: '3/300', LIMIT_FACTOR_DAY: '5/86400' });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    user = await signedIn(app);
    totp = await addTotp(app, user.accessToken);
  });

  const tried = async (body: object): Promise<Answer> => attempt(app, (await login(app, user)).body.signIn, body);

  it('are limited by account, and lock neither the password nor the other factor', async () => {
    for (let i = 0; i < 3; i += 1) expect((await tried({ totp: wrongTotp(totp.secret) })).status).toBe(401);
    const limited = await tried({ totp: totpCode(totp.secret) });
    expect([limited.status, limited.body.code]).toEqual([429, 'factor.throttled']);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(200);
    expect((await login(app, user)).body.code).toBe('auth.second_factor_required');
    expect((await tried({ recoveryCode: totp.recoveryCodes[0] })).body.status).toBe('complete');
  });

  it('are tried by nobody who lacks the first factor', async () => {
    const { body } = await app.post('/v1/sign-ins', { identifier: user.email });
    for (let i = 0; i < 4; i += 1) {
      const answer = await attempt(app, body, { totp: wrongTotp(totp.secret) });
      expect([answer.status, answer.body.code]).toEqual([409, 'sign_in.wrong_state']);
    }
    expect((await tried({ totp: totpCode(totp.secret) })).body.status).toBe('complete');
  });

  it('recovery codes are limited alike', async () => {
    for (const recoveryCode of ['7QK2-9F3D-0XWA-B6MT', 'nonsense', '7QK2-9F3D-0XWA-B6M0'])
      expect((await tried({ recoveryCode })).body.code).toBe('factor.invalid');
    expect((await tried({ recoveryCode: totp.recoveryCodes[0] })).body.code).toBe('factor.throttled');
    expect((await tried({ totp: totpCode(totp.secret) })).body.status).toBe('complete');
  });
});

describe('a sign-in of an account that needs a second factor and has none', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ MFA: 'required' });
  });
  afterAll(() => app.stop());

  const enroll = ({ id, secret }: Started, body: object = {}): Promise<Answer> =>
    app.post(`/v1/sign-ins/${id}/authenticators/totp`, body, { headers: { 'sign-in-secret': secret } });
  const confirm = ({ id, secret }: Started, authenticatorId: string, code: string): Promise<Answer> =>
    app.post(`/v1/sign-ins/${id}/authenticators/${authenticatorId}/confirm`, { code }, { headers: { 'sign-in-secret': secret } });

  it('goes on by setting one up, which completes it', async () => {
    const account = await register(app);
    const refused = await login(app, account);
    expect([refused.status, refused.body.code]).toEqual([403, 'auth.enrollment_required']);
    const { signIn } = refused.body;
    expect(signIn).toMatchObject({
      status: 'needs_enrollment',
      factors: [
        { type: 'passkey', role: 'second' },
        { type: 'totp', role: 'second' },
      ],
    });
    const { status, body } = await enroll(signIn, { name: 'Phone' });
    expect(status).toBe(201);
    const wrong = await confirm(signIn, body.id, wrongTotp(body.secret));
    expect([wrong.status, wrong.body.code]).toEqual([401, 'factor.invalid']);
    expect(await app.rows('SELECT id FROM sessions WHERE user_id = $1', [account.id])).toEqual([]);
    const done = await confirm(signIn, body.id, totpCode(body.secret));
    expect([done.status, done.body.status]).toEqual([200, 'complete']);
    expect(done.body.recoveryCodes).toHaveLength(10);
    expect(claimsOf(done.body.session.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal2' });
    await app.mailbox.about('A way to sign in was added to your Latchkey account', account.email);
    const next = await login(app, account);
    expect(next.body.code).toBe('auth.second_factor_required');
    expect((await attempt(app, next.body.signIn, { totp: totpCode(body.secret, 1) })).body.status).toBe('complete');
    expect((await enroll(next.body.signIn)).body.code).toBe('sign_in.wrong_state');
  });

  it('is nobody else’s, and happens once', async () => {
    const account = await register(app);
    const { signIn } = (await login(app, account)).body;
    expect((await enroll({ ...signIn, secret: 'x'.repeat(43) })).body.code).toBe('sign_in.not_found');
    const { body } = await enroll(signIn);
    const code = totpCode(body.secret);
    const other = (await login(app, await register(app))).body.signIn;
    expect((await confirm(other, body.id, code)).body.code).toBe('authenticator.not_found');
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(signIn, body.id, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await app.rows('SELECT id FROM sessions WHERE user_id = $1', [account.id])).toHaveLength(1);
  });

  it('an account that has one cannot be given another by the password alone', async () => {
    const account = await register(app);
    const before = (await login(app, account)).body.signIn;
    const waiting = (await enroll(before)).body;
    const { signIn } = (await login(app, account)).body;
    const { id, secret } = (await enroll(signIn)).body;
    await confirm(signIn, id, totpCode(secret));
    for (const answer of [await enroll(before), await confirm(before, waiting.id, totpCode(waiting.secret))])
      expect([answer.status, answer.body.code]).toEqual([409, 'sign_in.wrong_state']);
    expect(await app.rows('SELECT id FROM authenticators WHERE user_id = $1 AND confirmed_at IS NOT NULL', [account.id])).toEqual([{ id }]);
  });
});
