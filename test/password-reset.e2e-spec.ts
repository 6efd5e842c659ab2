import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordResetService } from '../src/auth/password-reset.service.js';
import type { Caller } from '../src/common/caller.js';
import { PASSWORD, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import type { ReceivedMail } from './support/mailbox.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const NEW_PASSWORD = 'seven calm rivers run';
const CHROME = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';

describe('resetting a password', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const forgot = (identifier: unknown, options: object = {}): Promise<Answer> => app.post('/v1/auth/password/forgot', { identifier }, options);
  const check = (body: object): Promise<Answer> => app.post('/v1/auth/password/reset/check', body);
  const reset = (body: object, options: object = {}): Promise<Answer> => app.post('/v1/auth/password/reset', { newPassword: NEW_PASSWORD, ...body }, options);
  const login = (identifier: string, password: string): Promise<Answer> => app.post('/v1/auth/login', { identifier, password });
  /** The mail that an address gets next, once the confirmation mail is there. */
  const resetMail = async (email: string, identifier = email): Promise<ReceivedMail> => {
    const before = await app.mailbox.newest(email);
    await forgot(identifier);
    return app.mailbox.newest(email, before);
  };
  const registered = async (fields: Record<string, unknown> = {}): Promise<{ id: string; email: string; mail: ReceivedMail }> => {
    const { id, email } = await register(app, fields);
    return { id, email, mail: await resetMail(email) };
  };
  const wrong = (code: string, by = 1): string => String((Number(code) + by) % 1_000_000).padStart(6, '0');
  const isInvalid = ({ status, body }: Answer): boolean => status === 400 && body.code === 'challenge.invalid';
  const userRow = async (id: string) => (await app.rows<{ email_verified_at: Date | null; password_hash: string }>('SELECT * FROM users WHERE id = $1', [id]))[0]!;

  it.each(['link', 'code'])('sets the new password by the %s, ends everything from before and tells the owner', async (by) => {
    const user = await signedIn(app);
    const mail = await resetMail(user.email);
    expect(mail.subject).toBe('Choose a new password for Latchkey');
    const proof = by === 'link' ? { token: mail.token } : { identifier: user.email, code: mail.secretCode };
    expect((await check(proof)).status).toBe(204);

    const done = await reset(proof, { headers: { 'user-agent': CHROME }, remoteAddress: '192.0.2.7' });
    expect([done.status, done.text]).toEqual([204, '']);
    expect(done.headers['set-cookie']).toBeUndefined();
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body.code).toBe('token.revoked');
    expect((await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).status).toBe(401);
    expect((await login(user.email, PASSWORD)).status).toBe(401);
    await signIn(app, user.email, NEW_PASSWORD);

    const notice = await app.mailbox.newest(user.email, mail);
    expect(notice.subject).toBe('Your Latchkey password was changed');
    expect(notice.text).toContain('Device: Chrome on macOS');
    expect(notice.text).toContain('IP address: 192.0.2.7');
    expect(notice.text).toMatch(/When: \d{1,2} \w+ \d{4} at \d\d:\d\d UTC/);
    expect(notice.links).toEqual([]);
    const events = await app.rows<{ action: string }>("SELECT action FROM audit_events WHERE subject_id = $1 AND outcome = 'success' ORDER BY id", [user.id]);
    expect(events.map(({ action }) => action)).toEqual(expect.arrayContaining(['password.reset_requested', 'email.verified', 'password.reset', 'sessions.ended']));
  });

  it('takes any identifier, and mails the stored address only', async () => {
    const username = `Joan.${process.pid}`;
    const mobile = '+1 202 555 0163';
    const email = freshEmail('Joan');
    await register(app, { email, username, mobile });
    for (const identifier of [` ${email.toUpperCase()} `, username.toLowerCase(), '2025550163']) {
      const mail = await resetMail(email, identifier);
      expect(mail.to).toEqual([email]);
      expect((await check({ identifier, code: mail.secretCode })).status).toBe(204);
    }
  });

  describe('asked for by a stranger', () => {
    it('answers alike for known, unknown, unverified, verified and disabled accounts, and for those without an address', async () => {
      const unverified = await register(app);
      const verified = await registered();
      await reset({ token: verified.mail.token });
      const disabled = await register(app);
      await app.mailbox.newest(disabled.email);
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id]);
      await app.post('/v1/auth/register', { mobile: '+1 202 555 0164', password: PASSWORD });

      const seen = [];
      for (const identifier of [unverified.email, verified.email, disabled.email, '+12025550164', freshEmail(), 'nobody-here', '99999999', 'no@address@here', ' ']) {
        const { status, text, headers } = await forgot(identifier);
        const { 'x-request-id': _id, date: _date, ...rest } = headers;
        seen.push({ status, text, headers: rest });
      }
      expect(seen[0]).toMatchObject({ status: 202, text: '' });
      for (const each of seen) expect(each).toEqual(seen[0]);
      expect(await app.rows("SELECT id FROM mails WHERE kind = 'reset-password' AND user_id = $1", [disabled.id])).toEqual([]);
    });

    it('answers alike to codes for unknown accounts and wrong codes', async () => {
      const { email, mail } = await registered();
      const other = await register(app);
      const seen = [];
      for (const identifier of [email, other.email, freshEmail(), 'nobody-here']) {
        for (const ask of [check, reset]) {
          const { status, body } = await ask({ identifier, code: wrong(mail.secretCode) });
          seen.push({ status, body: { ...body, requestId: '' } });
        }
      }
      expect(seen[0]).toMatchObject({ status: 400, body: { code: 'challenge.invalid' } });
      for (const each of seen) expect(each).toEqual(seen[0]);
    });

    it('builds the link from configuration, whatever the request says its host is', async () => {
      const { email } = await register(app);
      const before = await app.mailbox.newest(email);
      await forgot(email, { headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test', origin: 'https://evil.test', forwarded: 'host=evil.test' } });
      const mail = await app.mailbox.newest(email, before);
      expect(mail.links.length).toBeGreaterThan(0);
      expect(mail.links.every((link) => link.startsWith(`${app.settings.PUBLIC_URL}/account/reset-password?token=`))).toBe(true);
      expect(`${mail.html}${mail.text}`).not.toContain('evil');
    });
  });

  it('takes the account from a stranger who registered the address', async () => {
    const stranger = await signedIn(app);
    expect((await userRow(stranger.id)).email_verified_at).toBeNull();
    const mail = await resetMail(stranger.email);
    expect((await reset({ identifier: stranger.email, code: mail.secretCode })).status).toBe(204);
    expect((await userRow(stranger.id)).email_verified_at).not.toBeNull();
    expect((await app.get('/v1/users/me', { token: stranger.accessToken })).status).toBe(401);
    expect((await login(stranger.email, stranger.password)).status).toBe(401);
  });

  describe('when a password is refused', () => {
    it.each(['short', 'x'.repeat(129), 'own address'])('uses up neither link nor code nor a try: %.12s', async (bad) => {
      const { id, email, mail } = await registered();
      const newPassword = bad === 'own address' ? `my ${email}` : bad;
      for (let i = 0; i < 7; i += 1) {
        expect((await reset({ identifier: email, code: mail.secretCode, newPassword })).body.errors[0].pointer).toBe('/newPassword');
        expect((await reset({ token: mail.token, newPassword })).status).toBe(422);
      }
      const [tally] = await app.rows<{ tries: number }>('SELECT c.tries FROM challenges c WHERE user_id = $1 AND consumed_at IS NULL AND purpose = $2', [id, 'reset-password']);
      expect(tally?.tries).toBe(0);
      expect((await reset({ identifier: email, code: mail.secretCode })).status).toBe(204);
    });

    it('says so before it looks at the code', async () => {
      const { email, mail } = await registered();
      expect((await reset({ identifier: email, code: wrong(mail.secretCode), newPassword: 'short' })).status).toBe(422);
      expect((await reset({ identifier: freshEmail(), code: mail.secretCode, newPassword: 'short' })).status).toBe(422);
    });
  });

  describe('codes', () => {
    it('stay good however often they are checked', async () => {
      const { email, mail } = await registered();
      for (let i = 0; i < 8; i += 1) expect((await check({ identifier: email, code: mail.secretCode })).status).toBe(204);
      expect((await reset({ identifier: email, code: mail.secretCode })).status).toBe(204);
    });

    it('are locked by five wrong ones, checked or used; the link still works', async () => {
      const { email, mail } = await registered();
      for (let i = 1; i <= 5; i += 1) expect(isInvalid(await (i % 2 === 0 ? check : reset)({ identifier: email, code: wrong(mail.secretCode, i) }))).toBe(true);
      for (const ask of [check, reset]) expect(isInvalid(await ask({ identifier: email, code: mail.secretCode }))).toBe(true);
      expect((await check({ token: mail.token })).status).toBe(204);
      expect((await reset({ token: mail.token })).status).toBe(204);
    });

    it('are evaluated at most five times of 100 parallel wrong ones, and at most 20 times a day', async () => {
      const { id, email, mail } = await registered();
      const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? check : reset)({ identifier: email, code: wrong(mail.secretCode, i + 1) })));
      expect(answers.every(isInvalid)).toBe(true);
      const [challenge] = await app.rows<{ tries: number }>('SELECT tries FROM challenges WHERE user_id = $1 AND superseded_at IS NULL AND purpose = $2', [id, 'reset-password']);
      expect(challenge?.tries).toBe(5);
      await app.rows('UPDATE challenge_tallies SET tries = 20 WHERE user_id = $1', [id]);
      const next = await resetMail(email);
      expect(isInvalid(await reset({ identifier: email, code: next.secretCode }))).toBe(true);
      expect((await reset({ token: next.token })).status).toBe(204);
    });
  });

  it.each(['link', 'code'])('succeeds once of 50 parallel tries with one %s', async (by) => {
    const { id, email, mail } = await registered();
    const proof = by === 'link' ? { token: mail.token } : { identifier: email, code: mail.secretCode };
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => reset({ ...proof, newPassword: `${NEW_PASSWORD} ${i}` })));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(isInvalid)).toHaveLength(49);
    await signIn(app, email, `${NEW_PASSWORD} ${answers.findIndex(({ status }) => status === 204)}`);
    expect(await app.rows("SELECT id FROM mails WHERE user_id = $1 AND kind = 'password-changed'", [id])).toHaveLength(1);
  });

  describe('links and codes are dead', () => {
    const refused = async (mail: ReceivedMail, email: string): Promise<void> => {
      for (const ask of [check, reset]) {
        expect(isInvalid(await ask({ token: mail.token }))).toBe(true);
        expect(isInvalid(await ask({ identifier: email, code: mail.secretCode }))).toBe(true);
      }
    };

    it('after use', async () => {
      const { email, mail } = await registered();
      await reset({ token: mail.token });
      await refused(mail, email);
    });

    it('once a newer mail went out', async () => {
      const { email, mail } = await registered();
      const newer = await resetMail(email);
      await refused(mail, email);
      expect((await reset({ token: newer.token })).status).toBe(204);
    });

    it('after a change of the password', async () => {
      const { email, mail } = await registered();
      const { accessToken: token } = await signIn(app, email);
      await app.call('PUT', '/v1/auth/password', { token, body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD } });
      await refused(mail, email);
    });

    it('when the account has another address, or is disabled', async () => {
      const moved = await registered();
      const elsewhere = freshEmail();
      await app.rows('UPDATE users SET email = $2, email_key = $2 WHERE id = $1', [moved.id, elsewhere]);
      await refused(moved.mail, elsewhere);
      const disabled = await registered();
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id]);
      await refused(disabled.mail, disabled.email);
    });

    it('when they are too old', async () => {
      const { id, email, mail } = await registered();
      await app.rows("UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1", [id]);
      for (const ask of [check, reset]) {
        expect((await ask({ token: mail.token })).body.code).toBe('challenge.expired');
        expect((await ask({ identifier: email, code: mail.secretCode })).body.code).toBe('challenge.expired');
        expect(isInvalid(await ask({ identifier: email, code: wrong(mail.secretCode) }))).toBe(true);
      }
    });

    it('for anything else, and for anybody else', async () => {
      const { email, mail } = await registered();
      const other = await registered();
      const confirmation = await register(app);
      const { token, secretCode } = await app.mailbox.newest(confirmation.email);
      await refused({ ...mail, token }, freshEmail());
      expect(isInvalid(await reset({ identifier: confirmation.email, code: secretCode }))).toBe(true);
      expect(isInvalid(await reset({ identifier: other.email, code: mail.secretCode }))).toBe(true);
      for (const body of [{ token: mail.token, newPassword: NEW_PASSWORD }, { email, code: mail.secretCode }]) {
        expect((await app.post('/v1/auth/email/verification/confirm', body)).status).toBe(400);
      }
      expect((await app.get('/v1/users/me', { token: mail.token })).status).toBe(401);
      expect((await app.post('/v1/auth/refresh', { refreshToken: mail.token })).status).toBe(401);
    });
  });

  it.each([[['a']], [{ a: 1 }], [null], [''], [7], [undefined], [true]])('refuses %j as token, code, identifier or password', async (value) => {
    expect((await forgot(value)).status).toBe(422);
    for (const ask of [check, reset]) {
      for (const body of [{ token: value }, { identifier: value, code: '123456' }, { identifier: 'ada@example.com', code: value }]) expect((await ask(body)).status).toBe(422);
    }
    expect((await app.post('/v1/auth/password/reset', { token: 'a'.repeat(54), newPassword: value })).status).toBe(422);
  });

  it.each([{}, { token: 'a', identifier: 'ada', code: '123456' }, { token: 'a', code: '123456' }, { token: 'a', email: 'ada@example.com' }, { identifier: 'ada' }])('refuses %j as proof', async (body) => {
    for (const ask of [check, reset]) expect((await ask(body)).status).toBe(422);
  });

  describe('for other wire formats', () => {
    const caller: Caller = { ip: '127.0.0.1', userAgent: null, requestId: 'test', limits: [] };
    const service = (): PasswordResetService => app.nest.get(PasswordResetService);

    it('gives a grant that takes the code of its mail, and works once', async () => {
      const { email } = await register(app);
      const before = await app.mailbox.newest(email);
      const { found, grant } = await service().request(email, caller, { ttlSeconds: 900 });
      expect(found).toBe(true);
      const mail = await app.mailbox.newest(email, before);
      expect(mail.text).toContain('15 minutes');
      expect(grant).not.toContain(mail.secretCode);
      await expect(service().check({ grant, code: wrong(mail.secretCode) }, caller)).rejects.toMatchObject({ code: 'challenge.invalid' });
      await service().reset({ grant, code: mail.secretCode }, 'abc123', caller, { policy: 'legacy' });
      await expect(service().reset({ grant, code: mail.secretCode }, 'abc124', caller, { policy: 'legacy' })).rejects.toMatchObject({ code: 'challenge.invalid' });
      await signIn(app, email, 'abc123');
    });

    it('gives strangers a grant that looks the same and is good for nothing', async () => {
      const { email } = await register(app);
      const real = await service().request(email, caller);
      const decoy = await service().request(freshEmail(), caller);
      expect(decoy.found).toBe(false);
      expect(decoy.grant).toMatch(/^lkg_[\w-]{64}$/);
      expect(decoy.grant).toHaveLength(real.grant.length);
      await expect(service().check({ grant: decoy.grant, code: '123456' }, caller)).rejects.toMatchObject({ code: 'challenge.invalid' });
      const forged = `${real.grant.slice(0, -1)}${real.grant.endsWith('A') ? 'B' : 'A'}`;
      for (const grant of [forged, '', 'x', real.grant.slice(4)]) await expect(service().check({ grant, code: '123456' }, caller)).rejects.toMatchObject({ code: 'token.invalid' });
      expect((await reset({ token: real.grant })).status).toBe(400);
    });

    it('gives for a checked code the token of the link, of that account only; the code stays good', async () => {
      const { email, mail } = await registered();
      const other = await register(app);
      const token = await service().check({ identifier: email, code: mail.secretCode }, caller);
      expect(token).toBe(mail.token);
      await expect(service().check({ identifier: other.email, token }, caller)).rejects.toMatchObject({ code: 'challenge.invalid' });
      expect(await service().check({ identifier: email, token }, caller)).toBe(token);
      expect((await check({ identifier: email, code: mail.secretCode })).status).toBe(204);
      await service().reset({ identifier: email, token }, NEW_PASSWORD, caller);
    });
  });

  it('leaves no session of before alive in races with signing in and refreshing', async () => {
    for (let round = 0; round < 10; round += 1) {
      const user = await signedIn(app);
      const mail = await resetMail(user.email);
      const [done, ...others] = await Promise.all([
        reset({ token: mail.token }),
        ...Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? login(user.email, PASSWORD) : app.post('/v1/auth/refresh', { refreshToken: user.refreshToken }))),
      ]);
      expect(done.status).toBe(204);
      for (const { status, body } of others) {
        if (status !== 200) continue;
        expect((await app.get('/v1/users/me', { token: body.accessToken })).status).toBe(401);
        expect((await app.post('/v1/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(401);
      }
      expect(await app.rows('SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL', [user.id])).toEqual([]);
    }
  });

  it('ends sessions on other nodes within a second', async () => {
    const second = await startApp({}, app.settings.DATABASE_URL);
    const user = await signedIn(app);
    const mail = await resetMail(user.email);
    expect((await second.get('/v1/users/me', { token: user.accessToken })).status).toBe(200);
    await reset({ token: mail.token });
    await poll('the other node to know', async () => ((await second.get('/v1/users/me', { token: user.accessToken })).status === 401 ? true : undefined), 1_000);
    await second.stop();
  });
});
