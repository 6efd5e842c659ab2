import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PasswordHasher } from '../src/auth/passwords/password-hasher.service.js';
import { PASSWORD, freshEmail, register, signedIn, signedInAs } from './support/accounts.js';
import { forgetStep, totpCode, wrongTotp } from './support/factors.js';
import { type TwoFactorUser, type WaitingSignIn, attempt, begin, beginWithPassword, readSignIn, withTotp } from './support/sign-ins.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';
import { claimsOf } from './support/tokens.js';

const NEVER = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';

describe('a sign-in step by step', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const sessionsOf = async (userId: string): Promise<number> =>
    (await app.rows('SELECT 1 FROM sessions WHERE user_id = $1', [userId])).length;

  describe('of an account with a password alone', () => {
    it('is complete at once with the right one', async () => {
      const { email } = await register(app);
      const { status, body } = await app.post('/v1/sign-ins', { identifier: email, password: PASSWORD });
      expect({ status, ...body }).toMatchObject({
        status: 'complete',
        factors: [],
        requiredAal: 1,
        session: { tokenType: 'Bearer', user: { email } },
      });
      expect(body).not.toHaveProperty('secret');
      expect((await app.get('/v1/users/me', { token: body.session.accessToken })).body.email).toBe(email);
      expect(claimsOf(body.session.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal1', amr: ['pwd'] });
    });

    it('is refused with a wrong one, and none is made', async () => {
      const { email } = await register(app);
      const before = (await app.rows('SELECT 1 FROM sign_ins')).length;
      const { status, body } = await app.post('/v1/sign-ins', { identifier: email, password: 'not the right one' });
      expect([status, body.code]).toEqual([401, 'auth.bad_credentials']);
      expect((await app.rows('SELECT 1 FROM sign_ins')).length).toBe(before);
    });

    it('takes the password in a step of its own', async () => {
      const { email, id } = await register(app);
      const signIn = await begin(app, { identifier: email });
      expect(signIn).toMatchObject({ status: 'needs_first_factor', requiredAal: 1 });
      expect(signIn.factors).toContainEqual({ type: 'password', role: 'first' });
      const { body } = await attempt(app, signIn, { password: PASSWORD });
      expect(body).toMatchObject({ id: signIn.id, status: 'complete', session: { user: { id } } });
      expect(await sessionsOf(id)).toBe(1);
    });

    it('takes identifier and password together, in one that began with nothing', async () => {
      const { email } = await register(app);
      const signIn = await begin(app);
      expect((await attempt(app, signIn, { password: PASSWORD })).body.errors).toEqual([
        expect.objectContaining({ pointer: '/identifier' }),
      ]);
      expect((await attempt(app, signIn, { identifier: email, password: PASSWORD })).body.status).toBe('complete');
    });

    it('demands more if the client does, and says what can be set up', async () => {
      const user = await register(app);
      const { status, factors } = await begin(app, { identifier: user.email, password: PASSWORD, requiredAal: 2 });
      expect(status).toBe('needs_enrollment');
      expect(factors).toContainEqual({ type: 'totp', role: 'second' });
      expect(await sessionsOf(user.id)).toBe(0);
    });
  });

  describe('of an account that needs a second factor', () => {
    let user: TwoFactorUser;
    beforeEach(async () => {
      user = await withTotp(app);
      await app.rows('DELETE FROM sessions WHERE user_id = $1', [user.id]);
    });

    it('goes on after the password, with nothing opened before the code', async () => {
      const signIn = await beginWithPassword(app, user);
      expect(signIn).toMatchObject({ status: 'needs_second_factor', requiredAal: 2 });
      expect(signIn).not.toHaveProperty('session');
      expect(signIn.factors).toEqual([
        { type: 'totp', role: 'second', name: expect.any(String), authenticatorId: user.totp.id },
        { type: 'recovery_code', role: 'second' },
      ]);
      expect(await sessionsOf(user.id)).toBe(0);
      const { status, body } = await attempt(app, signIn, { totp: totpCode(user.totp.secret) });
      expect({ code: status, ...body }).toMatchObject({ code: 200, status: 'complete', session: { user: { id: user.id } } });
      expect(claimsOf(body.session.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal2', amr: ['pwd', 'otp', 'mfa'] });
      const refreshed = await app.post('/v1/auth/refresh', { refreshToken: body.session.refreshToken });
      expect(claimsOf(refreshed.body.accessToken).acr).toBe('urn:latchkey:aal2');
    });

    it('begins with a sign-in in one step, which is refused and says where to go on', async () => {
      const { status, body } = await app.post('/v1/auth/login', { identifier: user.email, password: user.password });
      expect([status, body.code]).toEqual([403, 'auth.second_factor_required']);
      expect(body.signIn).toMatchObject({ status: 'needs_second_factor', secret: expect.any(String) });
      expect(JSON.stringify(body)).not.toMatch(/accessToken|refreshToken/);
      expect((await attempt(app, body.signIn, { totp: totpCode(user.totp.secret) })).body.status).toBe('complete');
    });

    it('shows nothing of the account before its first factor', async () => {
      const known = await begin(app, { identifier: user.email });
      const unknown = await begin(app, { identifier: freshEmail() });
      const told = ({ status, factors, requiredAal }: WaitingSignIn) => ({ status, factors, requiredAal });
      expect(told(known)).toEqual(told(unknown));
      // A code is no first factor, and none of its tries is used up.
      for (const signIn of [known, unknown]) {
        const { status, body } = await attempt(app, signIn, { totp: totpCode(user.totp.secret) });
        expect([status, body.code]).toEqual([409, 'sign_in.wrong_state']);
      }
    });

    it('completes once, however many answer at the same time', async () => {
      const signIn = await beginWithPassword(app, user);
      const code = totpCode(user.totp.secret);
      const answers = await Promise.all(Array.from({ length: 50 }, () => attempt(app, signIn, { totp: code })));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(new Set(answers.map(({ status }) => status))).not.toContain(500);
      expect(await sessionsOf(user.id)).toBe(1);
    });

    it('gives one session for two factors that are right at the same time', async () => {
      const signIn = await beginWithPassword(app, user);
      const [code] = user.totp.recoveryCodes;
      const answers = await Promise.all([
        attempt(app, signIn, { totp: totpCode(user.totp.secret) }),
        attempt(app, signIn, { recoveryCode: code }),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(await sessionsOf(user.id)).toBe(1);
    });

    it('takes no code twice, in whichever sign-in', async () => {
      const [first, second] = [await beginWithPassword(app, user), await beginWithPassword(app, user)];
      const code = totpCode(user.totp.secret);
      expect((await attempt(app, first, { totp: code })).status).toBe(200);
      const { status, body } = await attempt(app, second, { totp: code });
      expect([status, body.code]).toEqual([401, 'factor.invalid']);
    });

    it('ends after ten wrong tries, for the right code too', async () => {
      const other = await withTotp(app);
      const signIn = await beginWithPassword(app, other);
      for (let count = 0; count < 10; count += 1) {
        expect((await attempt(app, signIn, { totp: wrongTotp(other.totp.secret) })).status).toBe(401);
      }
      await forgetStep(app, other.totp.id);
      const { status, body } = await attempt(app, signIn, { totp: totpCode(other.totp.secret) });
      expect([status, body.code]).toEqual([410, 'sign_in.expired']);
      expect(body.restart).toEqual({ purpose: 'sign_in', clientId: 'latchkey', returnTo: null });
    });

    it.each([
      ['its 15 minutes are over', `UPDATE sign_ins SET expires_at = now() WHERE user_id = $1`],
      ['all sessions of the account ended', `UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1`],
      ['the account was disabled', `UPDATE users SET disabled_at = now() WHERE id = $1`],
    ])('ends when %s', async (_, change) => {
      const signIn = await beginWithPassword(app, user);
      await app.rows(change, [user.id]);
      expect((await readSignIn(app, signIn)).status).toBe(410);
      const { status, body } = await attempt(app, signIn, { totp: totpCode(user.totp.secret) });
      expect([status, body.code]).toEqual([410, 'sign_in.expired']);
      expect(await sessionsOf(user.id)).toBe(0);
    });

    it('is found by nobody without its secret', async () => {
      const signIn = await beginWithPassword(app, user);
      const other = await beginWithPassword(app, user);
      const wrong = [
        { id: signIn.id, secret: other.secret },
        { id: signIn.id, secret: '' },
        { id: NEVER, secret: signIn.secret },
        { id: 'no-id', secret: signIn.secret },
      ];
      const codes = await Promise.all(
        wrong.map(async (each) => [(await readSignIn(app, each)).body.code, (await attempt(app, each, { totp: '000000' })).body.code]),
      );
      expect(new Set(codes.flat())).toEqual(new Set(['sign_in.not_found']));
    });

    it('has a code of another account for wrong', async () => {
      const thief = await withTotp(app);
      const signIn = await beginWithPassword(app, user);
      const { status, body } = await attempt(app, signIn, { totp: totpCode(thief.totp.secret) });
      expect([status, body.code]).toEqual([401, 'factor.invalid']);
    });

    it('takes one answer at a time', async () => {
      const signIn = await beginWithPassword(app, user);
      for (const answer of [{}, { totp: '123456', recoveryCode: 'abcd' }, { trustDevice: true }]) {
        const { status, body } = await attempt(app, signIn, answer);
        expect([status, body.errors[0].rule]).toEqual([422, 'attempt.ambiguous']);
      }
      expect((await attempt(app, signIn, { newPassword: 'another very good one' })).body.code).toBe('sign_in.wrong_state');
    });

    it('is told of a disabled account after the password, as before', async () => {
      const signIn = await begin(app, { identifier: user.email });
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]);
      expect((await attempt(app, signIn, { password: user.password })).body.code).toBe('auth.account_disabled');
    });

    it('tells what it came to, once', async () => {
      const signIn = await beginWithPassword(app, user);
      await attempt(app, signIn, { totp: totpCode(user.totp.secret) });
      const { body } = await readSignIn(app, signIn);
      expect(body).toMatchObject({ status: 'complete', factors: [] });
      expect(body).not.toHaveProperty('session');
      expect((await attempt(app, signIn, { totp: totpCode(user.totp.secret) })).body.code).toBe('sign_in.wrong_state');
    });

    it('counts attempts that were not looked at as none', async () => {
      const signIn = await beginWithPassword(app, user);
      for (let count = 0; count < 12; count += 1) expect((await attempt(app, signIn, { password: user.password })).status).toBe(409);
      expect((await attempt(app, signIn, { totp: totpCode(user.totp.secret) })).status).toBe(200);
    });
  });

  describe('with a recovery code', () => {
    it('opens a session that may read, and replace authenticators, and has the level for a while', async () => {
      const user = await withTotp(app);
      const signIn = await beginWithPassword(app, user);
      const { body } = await attempt(app, signIn, { recoveryCode: user.totp.recoveryCodes[0], trustDevice: true });
      const { accessToken: token, refreshToken } = body.session;
      expect(body).not.toHaveProperty('deviceToken');
      expect(claimsOf(token)).toMatchObject({ acr: 'urn:latchkey:aal2', recovered: true });
      expect((await app.get('/v1/users/me', { token })).status).toBe(200);
      const edit = await app.call('PATCH', '/v1/users/me', { token, body: { firstName: 'Ada' } });
      expect([edit.status, edit.body.code]).toEqual([401, 'auth.step_up_required']);
      expect((await app.post('/v1/users/me/authenticators/totp', {}, { token })).status).toBe(201);
      // When its time is over, the level is.
      await app.rows('UPDATE sessions SET recovered_until = now() WHERE recovered_until IS NOT NULL AND user_id = $1', [user.id]);
      const refreshed = await app.post('/v1/auth/refresh', { refreshToken });
      expect(claimsOf(refreshed.body.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal1', recovered: true });
      expect((await app.post('/v1/users/me/authenticators/totp', {}, { token: refreshed.body.accessToken })).body.code).toBe(
        'auth.step_up_required',
      );
    });
  });

  describe('of a password that could not be set today, if the server wants another one', () => {
    const WEAK = 'password1234567';
    const GOOD = 'six purple clouds drift by';
    let strict: TestApp;
    beforeAll(async () => {
      strict = await sharedApp({ WEAK_PASSWORDS: 'replace' });
    });
    afterAll(() => strict.stop());

    /** As if it had been imported, or was weak only by the rules of today. */
    const weaken = async ({ id }: { id: string }): Promise<void> => {
      const hash = await strict.nest.get(PasswordHasher).hash(WEAK, null);
      await strict.rows('UPDATE users SET password_hash = $2 WHERE id = $1', [id, hash]);
    };

    it('goes on with another one', async () => {
      const user = await signedIn(strict);
      const good = await strict.post('/v1/sign-ins', { identifier: user.email, password: user.password });
      expect(good.status).toBe(200);
      await weaken(user);
      const login = await strict.post('/v1/auth/login', { identifier: user.email, password: WEAK });
      expect([login.status, login.body.code]).toEqual([403, 'auth.new_password_required']);
      const { signIn } = login.body;
      expect(signIn).toMatchObject({ status: 'needs_new_password', factors: [] });
      expect((await attempt(strict, signIn, { newPassword: WEAK })).body.errors[0]).toMatchObject({ pointer: '/newPassword' });
      const { body } = await attempt(strict, signIn, { newPassword: GOOD });
      expect(body).toMatchObject({ status: 'complete', session: { user: { id: user.id } } });
      // As with any change of a password, the other sessions ended.
      expect((await strict.get('/v1/users/me', { token: user.accessToken })).status).toBe(401);
      expect((await strict.post('/v1/sign-ins', { identifier: user.email, password: GOOD })).status).toBe(200);
    });

    it('takes the second factor before, on a remembered device, too', async () => {
      const user = await withTotp(strict);
      const first = await beginWithPassword(strict, user);
      const { deviceToken } = (await attempt(strict, first, { totp: totpCode(user.totp.secret), trustDevice: true })).body;
      expect((await strict.post('/v1/sign-ins', { identifier: user.email, password: user.password, deviceToken })).status).toBe(200);
      await weaken(user);
      await forgetStep(strict, user.totp.id);
      const login = await strict.post('/v1/auth/login', { identifier: user.email, password: WEAK, deviceToken });
      expect([login.status, login.body.code]).toEqual([403, 'auth.second_factor_required']);
      const { signIn } = login.body;
      expect(signIn).toMatchObject({ status: 'needs_second_factor', requiredAal: 2 });
      expect((await attempt(strict, signIn, { newPassword: GOOD })).body.code).toBe('sign_in.wrong_state');
      expect((await attempt(strict, signIn, { totp: totpCode(user.totp.secret) })).body.status).toBe('needs_new_password');
      const { body } = await attempt(strict, signIn, { newPassword: GOOD });
      expect(body).toMatchObject({ status: 'complete', session: { user: { id: user.id } } });
    });

    it('lets a short one pass with `replace-known`, but none that attackers try first', async () => {
      const lenient = await sharedApp({ WEAK_PASSWORDS: 'replace-known' });
      try {
        const user = await signedIn(lenient);
        const login = async (password: string): Promise<Answer> => {
          const hash = await lenient.nest.get(PasswordHasher).hash(password, null);
          await lenient.rows('UPDATE users SET password_hash = $2 WHERE id = $1', [user.id, hash]);
          return lenient.post('/v1/auth/login', { identifier: user.email, password });
        };
        for (const known of ['perasperaadastra', 'Trustno1', 'abc123']) {
          const { status, body } = await login(known);
          expect([known, status, body.code]).toEqual([known, 403, 'auth.new_password_required']);
          expect((await attempt(lenient, body.signIn, { newPassword: known })).body.errors[0].rule).toMatch(/^password\./);
        }
        expect((await login('kelp4moths')).status).toBe(200);
      } finally {
        await lenient.stop();
      }
    });

    it('wants another one of administrators, whatever the setting: they may have been users with fewer rules', async () => {
      const hash = await app.nest.get(PasswordHasher).hash(WEAK, null);
      const outcomes: unknown[] = [];
      for (const role of ['admin', 'librarian'] as const) {
        const user = await signedInAs(app, role);
        await app.rows('UPDATE users SET password_hash = $2 WHERE id = $1', [user.id, hash]);
        const { status, body } = await app.post('/v1/auth/login', { identifier: user.email, password: WEAK });
        outcomes.push([role, status, body.code]);
      }
      expect(outcomes).toEqual([
        ['admin', 403, 'auth.new_password_required'],
        ['librarian', 200, undefined],
      ]);
    });

    it('does not end the session that steps up by it', async () => {
      const user = await signedIn(strict);
      await weaken(user);
      const signIn = await begin(strict, { purpose: 'step_up' }, { token: user.accessToken });
      const { body } = await attempt(strict, signIn, { password: WEAK });
      expect(body.status).toBe('complete');
      expect((await strict.get('/v1/users/me', { token: body.session.accessToken })).status).toBe(200);
    });
  });
});
