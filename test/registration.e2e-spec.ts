import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { type TestApp, sharedApp } from './support/start-app.js';

describe('registering and confirming an e-mail address', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  it('creates an account, confirms it by the mailed code and signs in', async () => {
    const email = freshEmail();
    const created = await app.post('/v1/auth/register', {
      email,
      username: 'Ada.L',
      firstName: ' Ada ',
      gender: 'female',
      locale: 'de-ch',
      password: PASSWORD,
    });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      email,
      username: 'Ada.L',
      firstName: 'Ada',
      gender: 'female',
      locale: 'de-CH',
      emailVerified: false,
      roles: ['user'],
    });

    const mail = await app.mailbox.newest(email);
    const ticket = created.body.registrationTicket;
    const confirmed = await app.post('/v1/auth/email/verification/confirm', { ticket, code: mail.secretCode });
    expect(confirmed.status).toBe(200);
    expect(confirmed.body.emailVerified).toBe(true);

    const login = await app.post('/v1/auth/login', { identifier: 'ada.l', password: PASSWORD });
    expect(login.status).toBe(200);
    expect(Object.keys(login.body).toSorted()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'tokenType', 'user']);
    const me = await app.get('/v1/users/me', { token: login.body.accessToken });
    expect(me.body).toEqual(login.body.user);
    expect(me.body.emailVerified).toBe(true);
  });

  it('shows exactly the documented fields of an account', async () => {
    const { accessToken } = await signedIn(app);
    const me = await app.get('/v1/users/me', { token: accessToken });
    expect(Object.keys(me.body).toSorted()).toEqual([
      'avatar',
      'createdAt',
      'email',
      'emailVerified',
      'firstName',
      'gender',
      'id',
      'lastName',
      'locale',
      'metadata',
      'mfaRequired',
      'mobile',
      'mobileVerified',
      'number',
      'publicMetadata',
      'roles',
      'updatedAt',
      'username',
    ]);
    expect(me.body.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
    expect(Number.isInteger(me.body.number)).toBe(true);
  });

  it('queues no mail when the address is taken', async () => {
    const { email } = await register(app);
    const { secretCode: code } = await app.mailbox.newest(email);
    await app.post('/v1/auth/email/verification/confirm', { email, code, password: PASSWORD });
    const again = await app.post('/v1/auth/register', { email: email.toUpperCase(), password: PASSWORD });
    expect(again.status).toBe(409);
    expect(again.body.code).toBe('user.email_taken');
    const mails = await app.rows('SELECT id FROM mails WHERE lower(recipient) = $1', [email]);
    expect(mails).toHaveLength(1);
  });

  it('signs in by mobile number in any spelling', async () => {
    const created = await app.post('/v1/auth/register', { mobile: '(202) 555-0147', password: PASSWORD });
    expect(created.status).toBe(201);
    expect(created.body.mobile).toBe('(202) 555-0147');
    await signIn(app, '+1 202 555 0147');
    await signIn(app, '2025550147');
    const taken = await app.post('/v1/auth/register', { mobile: '+12025550147', password: PASSWORD });
    expect(taken.body.code).toBe('user.mobile_unproven');
  });

  it('asks for an address or a number', async () => {
    const answer = await app.post('/v1/auth/register', { username: 'nobody1', password: PASSWORD });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({ pointer: '/email', rule: 'identifier.missing' });
  });

  it('keeps one row of 50 parallel registrations with one address', async () => {
    const email = freshEmail();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        app.post('/v1/auth/register', { email: i % 2 === 0 ? email : email.toUpperCase(), password: PASSWORD }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
    expect(await app.rows('SELECT id FROM users WHERE email_key = $1', [email])).toHaveLength(1);
  });

  describe('asking for the mail again', () => {
    it('answers alike for known, unknown and verified addresses', async () => {
      const { email } = await register(app);
      const first = await app.mailbox.newest(email);
      const verified = await register(app);
      const mail = await app.mailbox.newest(verified.email);
      await app.post('/v1/auth/email/verification/confirm', { email: verified.email, code: mail.secretCode, password: PASSWORD });

      for (const address of [email, freshEmail(), verified.email, 'not an address']) {
        const answer = await app.post('/v1/auth/email/verification', { email: address });
        expect(answer.status).toBe(202);
        expect(answer.text).toBe('');
      }
      const second = await app.mailbox.newest(email, first);
      expect(second.secretCode).not.toBe(first.secretCode);
      expect(app.mailbox.count(verified.email)).toBe(1);
    });

    it('makes the earlier code and link worthless', async () => {
      const { email } = await register(app);
      const first = await app.mailbox.newest(email);
      await app.post('/v1/auth/email/verification', { email });
      const second = await app.mailbox.newest(email, first);
      for (const body of [
        { email, code: first.secretCode },
        { token: first.token, password: PASSWORD },
      ]) {
        const answer = await app.post('/v1/auth/email/verification/confirm', body);
        expect(answer.status).toBe(400);
        expect(answer.body.code).toBe('challenge.invalid');
      }
      expect((await app.post('/v1/auth/email/verification/confirm', { email, code: second.secretCode, password: PASSWORD })).status).toBe(
        200,
      );
    });
  });

  describe('confirming by the link', () => {
    const confirm = (body: object, token?: string) => app.post('/v1/auth/email/verification/confirm', body, { token });

    it('takes the password of the account, or a session of it', async () => {
      const first = await register(app);
      const { token } = await app.mailbox.newest(first.email);
      expect((await confirm({ token })).body.code).toBe('auth.proof_required');
      expect((await confirm({ token, password: 'four bright birds sang' })).body.code).toBe('auth.bad_credentials');
      expect((await confirm({ token, password: PASSWORD })).body.emailVerified).toBe(true);

      const second = await signedIn(app);
      const mail = await app.mailbox.newest(second.email);
      const stranger = await signedIn(app);
      expect((await confirm({ token: mail.token }, stranger.accessToken)).body.code).toBe('auth.proof_required');
      expect((await confirm({ token: mail.token }, second.accessToken)).body.emailVerified).toBe(true);
    });

    it('ends password and sessions of a stranger who registered the address', async () => {
      const stranger = await signedIn(app);
      const { token } = await app.mailbox.newest(stranger.email);
      const owned = await confirm({ token, newPassword: 'seven calm rivers run' });
      expect(owned.body.emailVerified).toBe(true);
      expect((await app.get('/v1/users/me', { token: stranger.accessToken })).body.code).toBe('token.revoked');
      expect((await app.post('/v1/auth/refresh', { refreshToken: stranger.refreshToken })).status).toBe(401);
      expect((await app.post('/v1/auth/login', { identifier: stranger.email, password: PASSWORD })).status).toBe(401);
      await signIn(app, stranger.email, 'seven calm rivers run');
    });

    it('succeeds once of 50 parallel tries', async () => {
      const { email } = await register(app);
      const { token } = await app.mailbox.newest(email);
      const owner = await signIn(app, email);
      const answers = await Promise.all(Array.from({ length: 50 }, () => confirm({ token }, owner.accessToken)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
    });
  });

  it('evaluates at most five of 100 parallel wrong codes, and the link still works', async () => {
    const { email } = await register(app);
    const mail = await app.mailbox.newest(email);
    const wrong = Array.from({ length: 100 }, (_, i) => String((Number(mail.secretCode) + 1 + i) % 100_000_000).padStart(8, '0'));
    const answers = await Promise.all(wrong.map((code) => app.post('/v1/auth/email/verification/confirm', { email, code })));
    expect(answers.every(({ body }) => body.code === 'challenge.invalid')).toBe(true);
    const [challenge] = await app.rows<{ tries: number }>(
      'SELECT tries FROM challenges JOIN users u ON u.id = user_id WHERE email_key = $1',
      [email],
    );
    expect(challenge?.tries).toBe(5);
    expect((await app.post('/v1/auth/email/verification/confirm', { email, code: mail.secretCode })).status).toBe(400);
    expect((await app.post('/v1/auth/email/verification/confirm', { token: mail.token, password: PASSWORD })).status).toBe(200);
  });

  it('builds links from configuration, whatever the request says its host is', async () => {
    const email = freshEmail();
    const headers = {
      host: 'evil.test',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'ftp',
      origin: 'https://evil.test',
      forwarded: 'host=evil.test',
    };
    await app.post('/v1/auth/register', { email, password: PASSWORD }, { headers });
    const mail = await app.mailbox.newest(email);
    expect(mail.links.length).toBeGreaterThan(0);
    expect(mail.links.every((link) => link.startsWith(`${app.settings.PUBLIC_URL}/`))).toBe(true);
    expect(`${mail.html}${mail.text}`).not.toContain('evil');
  });

  it.each([[['a']], [{ a: 1 }], [null], [''], [7], [undefined], [true]])('refuses %j as token, code or address', async (value) => {
    for (const body of [{ token: value }, { email: value, code: '123456' }, { email: 'ada@example.com', code: value }]) {
      expect((await app.post('/v1/auth/email/verification/confirm', body)).status).toBe(422);
    }
    expect((await app.post('/v1/auth/email/verification', { email: value })).status).toBe(422);
  });
});
