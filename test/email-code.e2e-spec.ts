import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn as signInByPassword, signedIn } from './support/accounts.js';
import { forgetStep, totpCode } from './support/factors.js';
import { askForCode, attempt, begin, mailedCode, readSignIn, wrongCode, withTotp } from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';
import { claimsOf } from './support/tokens.js';

const NEVER = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';

describe('signing in by a mailed code', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const proven = async (): Promise<{ id: string; email: string }> => {
    const user = await register(app);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    return user;
  };
  const sessionsOf = async (userId: string): Promise<number> =>
    (await app.rows('SELECT 1 FROM sessions WHERE user_id = $1 AND revoked_at IS NULL', [userId])).length;
  const userWith = async (email: string) =>
    (
      await app.rows<{ id: string; password_hash: string | null; email_verified_at: Date | null }>('SELECT * FROM users WHERE email = $1', [
        email,
      ])
    )[0];

  it('is offered to everybody, and opens a session with the right code', async () => {
    const { id, email } = await proven();
    const signIn = await begin(app, { identifier: email });
    expect(signIn.factors).toContainEqual({ type: 'email_code', role: 'first' });
    const { answer, body } = await mailedCode(app, signIn, email);
    const { challengeId, code } = answer;
    expect(body).toMatchObject({ id: challengeId, type: 'email_code', maskedTo: `a•••${email.slice(email.indexOf('@'))}` });
    expect(code).toMatch(/^\d{8}$/);
    const done = (await attempt(app, signIn, { challengeId, code })).body;
    expect(done).toMatchObject({ status: 'complete', session: { user: { id } } });
    expect(claimsOf(done.session.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal1', amr: ['otp'] });
    expect((await app.rows('SELECT password_hash FROM users WHERE id = $1', [id]))[0]).not.toMatchObject({ password_hash: null });
  });

  it('also finds the account by its username, and does not tell its address', async () => {
    const username = `ada.${Date.now() % 1e9}`;
    const user = await register(app, { username });
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    const signIn = await begin(app, { identifier: username });
    const { answer, body } = await mailedCode(app, signIn, user.email);
    expect(body).not.toHaveProperty('maskedTo');
    expect((await attempt(app, signIn, answer)).body.status).toBe('complete');
  });

  it('needs an identifier', async () => {
    const { status, body } = await askForCode(app, await begin(app));
    expect([status, body.code]).toEqual([409, 'sign_in.wrong_state']);
  });

  it('works once, for its sign-in and while it is the newest', async () => {
    const { id, email } = await proven();
    const [one, other] = [await begin(app, { identifier: email }), await begin(app, { identifier: email })];
    const first = await mailedCode(app, one, email);
    expect((await attempt(app, other, first.answer)).body.code).toBe('factor.invalid');
    const second = await mailedCode(app, one, email);
    expect((await attempt(app, one, first.answer)).body.code).toBe('factor.invalid');
    expect((await attempt(app, one, second.answer)).body.status).toBe('complete');
    expect((await attempt(app, one, second.answer)).status).not.toBe(200);
    expect(await sessionsOf(id)).toBe(1);
  });

  it('opens one session for fifty right codes at once', async () => {
    const { id, email } = await proven();
    const signIn = await begin(app, { identifier: email });
    const { answer } = await mailedCode(app, signIn, email);
    const answers = await Promise.all(Array.from({ length: 50 }, () => attempt(app, signIn, answer)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await sessionsOf(id)).toBe(1);
  });

  it('compares at most five codes with one', async () => {
    const { email } = await proven();
    const signIn = await begin(app, { identifier: email });
    const { challengeId, code } = (await mailedCode(app, signIn, email)).answer;
    const wrong = await Promise.all(Array.from({ length: 5 }, () => attempt(app, signIn, { challengeId, code: wrongCode(code) })));
    expect(wrong.map(({ body }) => body.code)).toEqual(Array.from({ length: 5 }, () => 'factor.invalid'));
    expect((await attempt(app, signIn, { challengeId, code })).body.code).toBe('factor.invalid');
    // Another one has tries of its own, as long as the sign-in lasts.
    expect((await attempt(app, signIn, (await mailedCode(app, signIn, email)).answer)).body.status).toBe('complete');
  });

  it('counts wrong codes for the sign-in, and puts them on record', async () => {
    const { id, email } = await proven();
    const signIn = await begin(app, { identifier: email });
    const { challengeId, code } = (await mailedCode(app, signIn, email)).answer;
    for (let i = 0; i < 10; i++) await attempt(app, signIn, { challengeId: i < 5 ? challengeId : NEVER, code: wrongCode(code) });
    expect((await attempt(app, signIn, { challengeId, code })).body.code).toBe('sign_in.expired');
    expect(
      await app.rows(`SELECT 1 FROM audit_events WHERE action = 'sign_in.code_requested' AND outcome = 'success' AND subject_id = $1`, [
        id,
      ]),
    ).toHaveLength(1);
    expect(await app.rows(`SELECT 1 FROM audit_events WHERE action = 'factor.checked' AND details->>'factor' = 'email_code'`)).not.toEqual(
      [],
    );
  });

  it('dies with the sessions of the account, with its address and with the account', async () => {
    for (const harm of [
      'UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1',
      `UPDATE users SET email = 'x.' || email, email_key = 'x.' || email_key WHERE id = $1`,
      'DELETE FROM users WHERE id = $1',
    ]) {
      const { id, email } = await proven();
      const signIn = await begin(app, { identifier: email });
      const { answer } = await mailedCode(app, signIn, email);
      await app.rows(harm, [id]);
      expect((await attempt(app, signIn, answer)).body.code).toBe('factor.invalid');
      expect(await sessionsOf(id)).toBe(0);
    }
  });

  it('goes on to the second factor of an account that has one, and is none itself', async () => {
    const user = await withTotp(app);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    await app.rows('DELETE FROM sessions WHERE user_id = $1', [user.id]);
    const signIn = await begin(app, { identifier: user.email });
    const half = (await attempt(app, signIn, (await mailedCode(app, signIn, user.email)).answer)).body;
    expect(half).toMatchObject({ status: 'needs_second_factor' });
    expect(half.factors.map(({ type }: { type: string }) => type)).not.toContain('email_code');
    expect((await askForCode(app, signIn)).body.code).toBe('sign_in.wrong_state');
    expect(await sessionsOf(user.id)).toBe(0);
    await forgetStep(app, user.totp.id);
    const done = (await attempt(app, signIn, { totp: totpCode(user.totp.secret) })).body;
    expect(claimsOf(done.session.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal2' });

    const byPassword = await begin(app, { identifier: user.email, password: PASSWORD });
    expect((await askForCode(app, byPassword)).body.code).toBe('sign_in.wrong_state');
  });

  it('does for the second level nothing beside a password', async () => {
    const user = await signedIn(app);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    const stepUp = await begin(app, { purpose: 'step_up', requiredAal: 2 }, { token: user.accessToken });
    expect((await attempt(app, stepUp, (await mailedCode(app, stepUp, user.email)).answer)).body.status).toBe('needs_enrollment');
    const again = await begin(app, { purpose: 'step_up', requiredAal: 1 }, { token: user.accessToken });
    const raised = (await attempt(app, again, (await mailedCode(app, again, user.email)).answer)).body;
    expect(claimsOf(raised.session.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal1' });
  });

  describe('for somebody without an account', () => {
    it('answers alike, wherever nobody gets a code', async () => {
      const known = await proven();
      const disabled = await proven();
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id]);
      const answers = await Promise.all(
        [known.email, disabled.email, freshEmail('eve'), 'nobody.at.all', '+12025550199'].map(async (identifier) => {
          const signIn = await begin(app, { identifier });
          const asked = await askForCode(app, signIn);
          const tried = await attempt(app, signIn, { challengeId: asked.body.id, code: '00000000' });
          const { id: _, expiresAt: __, maskedTo, ...rest } = asked.body;
          return { status: asked.status, rest, masked: maskedTo?.slice(1), tried: [tried.status, tried.body.code] };
        }),
      );
      expect(new Set(answers.slice(0, 3).map((each) => JSON.stringify(each))).size).toBe(1);
      expect(new Set(answers.slice(3).map((each) => JSON.stringify(each))).size).toBe(1);
      expect(await app.rows(`SELECT 1 FROM mails WHERE recipient = $1 AND kind LIKE 'sign-%'`, [disabled.email])).toEqual([]);
    });

    it('makes the account with the right code, proven and without a password', async () => {
      const email = freshEmail('new');
      const signIn = await begin(app, { identifier: email.replace('example.com', 'EXAMPLE.com') });
      const { answer, mail } = await mailedCode(app, signIn, email);
      expect(mail.subject).toBe('Your code to sign up at Latchkey');
      expect(await userWith(email)).toBeUndefined();
      const done = (await attempt(app, signIn, answer)).body;
      expect(done).toMatchObject({ status: 'complete', session: { user: { email, emailVerified: true } } });
      expect(await userWith(email)).toMatchObject({ password_hash: null });
      const { id } = done.session.user;
      const events = await app.rows<{ action: string }>('SELECT action FROM audit_events WHERE subject_id = $1', [id]);
      expect(events.map(({ action }) => action)).toEqual(
        expect.arrayContaining(['account.registered', 'email.verified', 'session.opened']),
      );
      // The same address signs in from now on.
      const again = await begin(app, { identifier: email });
      expect((await attempt(app, again, (await mailedCode(app, again, email)).answer)).body).toMatchObject({ session: { user: { id } } });
    });

    it('makes one account of several right codes at once', async () => {
      const email = freshEmail('twice');
      const codes = [];
      for (let i = 0; i < 3; i++) {
        const signIn = await begin(app, { identifier: email });
        codes.push({ signIn, answer: (await mailedCode(app, signIn, email)).answer });
      }
      const answers = await Promise.all(codes.map(({ signIn, answer }) => attempt(app, signIn, answer)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(await app.rows('SELECT 1 FROM users WHERE email = $1', [email])).toHaveLength(1);
    });

    it('takes an address over that somebody else has only claimed', async () => {
      const claimer = await signedIn(app);
      const email = freshEmail('claimed');
      await app.rows('UPDATE users SET email = $2, email_key = $2, email_claimed = true WHERE id = $1', [claimer.id, email]);
      const signIn = await begin(app, { identifier: email });
      const done = (await attempt(app, signIn, (await mailedCode(app, signIn, email)).answer)).body;
      expect(done.session.user).toMatchObject({ email, emailVerified: true });
      expect(done.session.user.id).not.toBe(claimer.id);
    });
  });

  describe('of an account that nobody has proven', () => {
    it('is the first proof: password, sessions and number of before are gone', async () => {
      const stranger = await signedIn(app, { mobile: '+1 202 555 0143' });
      const signIn = await begin(app, { identifier: stranger.email });
      const done = (await attempt(app, signIn, (await mailedCode(app, signIn, stranger.email)).answer)).body;
      expect(done).toMatchObject({ status: 'complete', session: { user: { id: stranger.id, emailVerified: true, mobile: null } } });
      expect((await app.post('/v1/auth/login', { identifier: stranger.email, password: PASSWORD })).body.code).toBe('auth.bad_credentials');
      expect((await app.get('/v1/users/me', { token: stranger.accessToken })).body.code).toBe('token.revoked');
      expect((await app.get('/v1/users/me', { token: done.session.accessToken })).status).toBe(200);
      expect(await userWith(stranger.email)).toMatchObject({ password_hash: null });
    });

    it('leaves an authenticator of the stranger no way to keep the owner out', async () => {
      const stranger = await withTotp(app);
      const signIn = await begin(app, { identifier: stranger.email });
      expect((await attempt(app, signIn, (await mailedCode(app, signIn, stranger.email)).answer)).body.status).toBe('complete');
      expect(await app.rows('SELECT 1 FROM authenticators WHERE user_id = $1', [stranger.id])).toEqual([]);
    });

    it('leaves all as it is when a session steps up', async () => {
      const user = await signedIn(app);
      const stepUp = await begin(app, { purpose: 'step_up' }, { token: user.accessToken });
      expect((await attempt(app, stepUp, (await mailedCode(app, stepUp, user.email)).answer)).body.status).toBe('complete');
      expect(await userWith(user.email)).toMatchObject({ email_verified_at: expect.any(Date) });
      await signInByPassword(app, user.email);
    });
  });

  it('shows no code in the answers, the tables and the log', async () => {
    const { email } = await proven();
    const signIn = await begin(app, { identifier: email });
    const { answer, mail } = await mailedCode(app, signIn, email);
    const rows = JSON.stringify(await app.rows('SELECT * FROM sign_in_codes'));
    expect(rows).not.toContain(answer.code);
    expect(rows).not.toContain(mail.token);
    expect(app.logs.join('\n')).not.toContain(answer.code);
    expect((await readSignIn(app, signIn)).text).not.toContain(answer.code);
  });
});

describe('a mailed code where sign-ups are closed, or codes are off', () => {
  it('answers alike for an address that nobody has, and sends nothing', async () => {
    const app = await sharedApp({ EMAIL_CODE: 'sign-in' });
    try {
      const email = freshEmail('closed');
      const asked = await askForCode(app, await begin(app, { identifier: email }));
      expect(asked.status).toBe(201);
      expect(asked.body.maskedTo).toMatch(/^c•••@/);
      expect(await app.rows('SELECT 1 FROM mails WHERE recipient = $1', [email])).toEqual([]);
    } finally {
      await app.stop();
    }
  });

  it('is not offered', async () => {
    const app = await sharedApp({ EMAIL_CODE: 'off' });
    try {
      const signIn = await begin(app, { identifier: freshEmail() });
      expect(signIn.factors).not.toContainEqual(expect.objectContaining({ type: 'email_code' }));
      expect((await askForCode(app, signIn)).body.code).toBe('auth.method_disabled');
    } finally {
      await app.stop();
    }
  });
});

describe('limits of mailed codes', () => {
  it('are told alike, whoever has the identifier, and in every spelling of it', async () => {
    const app = await sharedApp({ RATE_LIMIT: 'on', LIMIT_SIGN_IN_CODES: '2/3600' });
    try {
      const { email } = await register(app);
      for (const identifier of [email, freshEmail('nobody')]) {
        const statuses: number[] = [];
        for (const spelling of [identifier, identifier.toUpperCase(), ` ${identifier} `])
          statuses.push((await askForCode(app, await begin(app, { identifier: spelling }))).status);
        expect(statuses).toEqual([201, 201, 429]);
      }
    } finally {
      await app.stop();
    }
  });
});
