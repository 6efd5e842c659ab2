import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountEditService } from '../src/contracts/shared/accounts/account-edit.service.js';
import type { Caller } from '../src/common/caller.js';
import { askerOf } from './support/authorized.js';
import { PASSWORD, type TestUser, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { addTotp, atLevel } from './support/factors.js';
import type { ReceivedMail } from './support/mailbox.js';
import { poll } from './support/poll.js';
import { type Answer, type CallOptions, type TestApp, sharedApp, startApp } from './support/start-app.js';

const NEW_PASSWORD = 'seven calm rivers run';
const ME = '/v1/users/me';
const CALLER: Caller = { ip: '192.0.2.7', userAgent: null, requestId: 'test', limits: [] };

interface UserRow {
  email: string;
  email_verified_at: Date | null;
  recovery_email: string | null;
}

describe('changing the e-mail address', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ CONTRACTS: 'all' });
  });
  afterAll(() => app.stop());

  const ask = (user: TestUser, email: unknown, fields: object = {}, options: CallOptions = {}): Promise<Answer> =>
    app.post(`${ME}/email`, { email, currentPassword: user.password, ...fields }, { token: user.accessToken, ...options });
  const confirm = (user: { accessToken: string }, proof: object): Promise<Answer> =>
    app.post(`${ME}/email/confirm`, proof, { token: user.accessToken });
  const undo = (body: object): Promise<Answer> => app.post('/v1/auth/email/undo', body);
  const login = (identifier: string, password = PASSWORD): Promise<Answer> => app.post('/v1/auth/login', { identifier, password });
  const userRow = async (id: string): Promise<UserRow> => {
    const [row] = await app.rows<UserRow>('SELECT * FROM users WHERE id = $1', [id]);
    if (row === undefined) throw new Error('There is no such user');
    return row;
  };
  const isInvalid = ({ status, body }: Answer): boolean => status === 400 && body.code === 'challenge.invalid';
  const wrong = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

  /** Somebody who is signed in, the address proven. */
  async function proven(fields: Record<string, unknown> = {}): Promise<TestUser> {
    const user = await signedIn(app, fields);
    const { secretCode } = await app.mailbox.newest(user.email);
    expect(
      (await app.post('/v1/auth/email/verification/confirm', { email: user.email, code: secretCode, password: PASSWORD })).status,
    ).toBe(200);
    return user;
  }

  async function asked(user: TestUser, email = freshEmail('new')): Promise<{ email: string; mail: ReceivedMail }> {
    expect((await ask(user, email)).status).toBe(202);
    return { email, mail: await app.mailbox.newest(email) };
  }

  /** The address is changed; the notice is what the former one got. */
  async function changed(user: TestUser): Promise<{ email: string; mail: ReceivedMail; notice: ReceivedMail }> {
    const before = await app.mailbox.newest(user.email);
    const { email, mail } = await asked(user);
    expect((await confirm(user, { code: mail.secretCode })).status).toBe(200);
    return { email, mail, notice: await app.mailbox.newest(user.email, before) };
  }

  it('is off once the account gets its first second factor: whoever knew the password alone began it', async () => {
    const user = await proven();
    const { mail } = await asked(user);
    await addTotp(app, user.accessToken);
    const strong = await atLevel(app, user);
    const answers = [
      await app.post('/account/confirm-new-email', { token: mail.token, password: PASSWORD }),
      await confirm(strong, { token: mail.token }),
      await confirm(strong, { code: mail.secretCode }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(await userRow(user.id)).toMatchObject({ email: user.email });
  });

  it('goes on when a further factor is added: it was begun with the second factor', async () => {
    const user = await proven();
    await addTotp(app, user.accessToken);
    const strong = await atLevel(app, user);
    const { email, mail } = await asked(strong);
    await addTotp(app, strong.accessToken, 'Another phone');
    expect((await confirm(strong, { code: mail.secretCode })).status).toBe(200);
    expect(await userRow(user.id)).toMatchObject({ email });
  });

  it.each(['code', 'token'])('waits for the new address to be confirmed by the %s, and tells the former one', async (by) => {
    const user = await proven();
    const before = await app.mailbox.newest(user.email);
    const { email, mail } = await asked(user);
    expect(mail.subject).toBe('Confirm your new e-mail address for Latchkey');
    expect(mail.links[0]).toBe(`${app.settings.PUBLIC_URL}/account/confirm-new-email?token=${mail.token}`);
    expect(await userRow(user.id)).toMatchObject({ email: user.email });
    await signIn(app, user.email);
    expect((await login(email)).status).toBe(401);
    expect(app.mailbox.count(user.email)).toBe(1);

    const done = await confirm(user, by === 'code' ? { code: mail.secretCode } : { token: mail.token });
    expect([done.status, done.body.email, done.body.emailVerified]).toEqual([200, email, true]);
    await signIn(app, email);
    expect((await login(user.email)).status).toBe(401);

    const notice = await app.mailbox.newest(user.email, before);
    expect(notice.subject).toBe('Your Latchkey e-mail address was changed');
    expect(notice.links[0]).toBe(`${app.settings.PUBLIC_URL}/account/undo-email-change?token=${notice.token}`);
    expect(notice.text).toContain('IP address: 127.0.0.1');
    expect(notice.text).toContain('good for 7 days');
    expect(notice.code).toBeNull();
    expect(`${notice.text}${notice.html}`).not.toContain(email);
    const events = await app.rows<{ action: string }>(
      "SELECT action FROM audit_events WHERE subject_id = $1 AND outcome = 'success' ORDER BY id",
      [user.id],
    );
    expect(events.map(({ action }) => action)).toEqual(expect.arrayContaining(['email.change_requested', 'email.changed']));
  });

  describe('asked for', () => {
    it('takes the password, and counts a wrong one', async () => {
      const limited = await startApp({ RATE_LIMIT: 'on' });
      try {
        const user = await signedIn(limited);
        const tried = async (currentPassword: string): Promise<Answer> =>
          limited.post(`${ME}/email`, { email: freshEmail(), currentPassword }, { token: user.accessToken });
        for (let i = 0; i < 5; i += 1) {
          const { status, body } = await tried(`four bright birds sang ${i}`);
          expect([status, body.code]).toEqual([401, 'auth.bad_credentials']);
        }
        const throttled = await tried(PASSWORD);
        expect([throttled.status, throttled.body.code]).toEqual([429, 'request.throttled']);
        expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0);
        expect(await limited.rows("SELECT id FROM challenges WHERE purpose = 'confirm-new-email'")).toEqual([]);
      } finally {
        await limited.stop();
      }
    });

    it('answers alike for free and taken addresses; the owner of a taken one is told', async () => {
      const user = await proven();
      const owner = await proven();
      const seen = [];
      for (const email of [freshEmail(), owner.email, ` ${owner.email.toUpperCase()}`]) {
        const { status, text, headers } = await ask(user, email);
        const { 'x-request-id': _id, date: _date, ...rest } = headers;
        seen.push({ status, text, headers: rest });
      }
      expect(seen[0]).toMatchObject({ status: 202, text: '' });
      for (const each of seen) expect(each).toEqual(seen[0]);
      const notice = await poll('a notice to the owner', () =>
        app.mailbox.newest(owner.email).then((mail) => (mail.subject === 'You already have an account at Latchkey' ? mail : undefined)),
      );
      expect(notice.links).toEqual([]);
    });

    it('kills an earlier code whether or not the next address is free, so that this tells nothing', async () => {
      const owner = await proven();
      for (const next of [freshEmail(), owner.email]) {
        const user = await proven();
        const { mail } = await asked(user);
        expect((await ask(user, next)).status).toBe(202);
        expect(isInvalid(await confirm(user, { code: mail.secretCode }))).toBe(true);
        expect(isInvalid(await confirm(user, { token: mail.token }))).toBe(true);
      }
    });

    it('refuses the address that the account has, however it is written', async () => {
      const user = await proven();
      const { status, body } = await ask(user, user.email.toUpperCase());
      expect([status, body.errors[0].rule]).toEqual([422, 'email.unchanged']);
    });

    it('keeps one canonical form of every spelling', async () => {
      const user = await proven();
      expect((await ask(user, '  Zoë@bücher.example ')).status).toBe(422);
      expect((await ask(user, `  Zoe.${process.pid}@BÜCHER.example `)).status).toBe(202);
      const mail = await app.mailbox.newest(`zoe.${process.pid}@xn--bcher-kva.example`);
      expect((await confirm(user, { code: mail.secretCode })).body.email).toBe(`Zoe.${process.pid}@xn--bcher-kva.example`);
    });

    it.each([[['a']], [{ a: 1 }], [null], [''], [7], [undefined], [true], ['no address'], ['a@b.test\r\nBcc: c@d.test']])(
      'refuses %j',
      async (email) => {
        const user = await signedIn(app);
        expect((await ask(user, email)).status).toBe(422);
        expect((await ask(user, freshEmail(), { currentPassword: email === 'no address' ? 7 : email })).status).not.toBe(202);
      },
    );

    it('builds the links from configuration, whatever the request says its host is', async () => {
      const user = await proven();
      const before = await app.mailbox.newest(user.email);
      const email = freshEmail();
      const headers = { host: 'evil.test', 'x-forwarded-host': 'evil.test', origin: 'https://evil.test', forwarded: 'host=evil.test' };
      expect((await ask(user, email, {}, { headers })).status).toBe(202);
      const mail = await app.mailbox.newest(email);
      await app.post(`${ME}/email/confirm`, { code: mail.secretCode }, { token: user.accessToken, headers });
      const notice = await app.mailbox.newest(user.email, before);
      for (const { links, text, html } of [mail, notice]) {
        expect(links.length).toBeGreaterThan(0);
        expect(links.every((link) => link.startsWith(`${app.settings.PUBLIC_URL}/account/`))).toBe(true);
        expect(`${html}${text}`).not.toContain('evil');
      }
    });

    it('is dead when the password is changed meanwhile', async () => {
      const user = await proven();
      const { mail } = await asked(user);
      await app.call('PUT', '/v1/auth/password', {
        token: user.accessToken,
        body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
      });
      const again = await signIn(app, user.email, NEW_PASSWORD);
      expect(isInvalid(await confirm(again, { code: mail.secretCode }))).toBe(true);
      expect(isInvalid(await confirm(again, { token: mail.token }))).toBe(true);
    });
  });

  describe('confirmed', () => {
    it('kills every other open code and link', async () => {
      const user = await signedIn(app);
      const confirmation = await app.mailbox.newest(user.email);
      await app.post('/v1/auth/password/forgot', { identifier: user.email });
      const reset = await app.mailbox.newest(user.email, confirmation);
      const { mail } = await asked(user);
      expect((await confirm(user, { code: mail.secretCode })).status).toBe(200);
      expect(isInvalid(await app.post('/v1/auth/password/reset', { token: reset.token, newPassword: NEW_PASSWORD }))).toBe(true);
      expect(isInvalid(await app.post('/v1/auth/email/verification/confirm', { token: confirmation.token, password: PASSWORD }))).toBe(
        true,
      );
      expect(isInvalid(await confirm(user, { token: mail.token }))).toBe(true);
    });

    it('fails with 409 when somebody proved the address meanwhile, and the code stays', async () => {
      const user = await proven();
      const { email, mail } = await asked(user);
      const rival = await register(app, { email });
      await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [rival.id]);
      for (let i = 0; i < 2; i += 1) {
        const { status, body } = await confirm(user, { code: mail.secretCode });
        expect([status, body.code]).toEqual([409, 'user.email_taken']);
      }
      await app.rows('DELETE FROM users WHERE id = $1', [rival.id]);
      expect((await confirm(user, { code: mail.secretCode })).status).toBe(200);
    });

    it('works once of 50 parallel tries', async () => {
      const user = await proven();
      const { mail } = await asked(user);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => confirm(user, i % 2 === 0 ? { code: mail.secretCode } : { token: mail.token })),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(isInvalid)).toHaveLength(49);
      expect(await app.rows("SELECT id FROM mails WHERE user_id = $1 AND kind = 'email-changed'", [user.id])).toHaveLength(1);
    });

    it('gives one address to one of two accounts that confirm it at once', async () => {
      const users = await Promise.all([proven(), proven(), proven()]);
      const email = freshEmail('shared');
      const asked: { user: TestUser; mail: ReceivedMail }[] = [];
      for (const user of users) {
        await ask(user, email);
        asked.push({ user, mail: await app.mailbox.newest(email, asked.at(-1)?.mail) });
      }
      const answers = await Promise.all(asked.map(({ user, mail }) => confirm(user, { code: mail.secretCode })));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(2);
    });

    it('is for the account alone, and the purpose', async () => {
      const user = await proven();
      const other = await proven();
      const { mail } = await asked(user);
      for (const proof of [{ code: mail.secretCode }, { token: mail.token }]) expect(isInvalid(await confirm(other, proof))).toBe(true);
      expect((await app.post(`${ME}/email/confirm`, { token: mail.token })).status).toBe(401);
      expect(isInvalid(await undo({ token: mail.token }))).toBe(true);
      expect(isInvalid(await app.post('/v1/auth/password/reset', { token: mail.token, newPassword: NEW_PASSWORD }))).toBe(true);
      expect((await app.post('/v1/auth/email/verification/confirm', { token: mail.token, password: PASSWORD })).status).toBe(400);
      expect(await userRow(user.id)).toMatchObject({ email: user.email });
    });

    it('is locked by five wrong codes; the link still works', async () => {
      const user = await proven();
      const { mail } = await asked(user);
      for (let i = 0; i < 5; i += 1) expect(isInvalid(await confirm(user, { code: wrong(mail.secretCode) }))).toBe(true);
      expect(isInvalid(await confirm(user, { code: mail.secretCode }))).toBe(true);
      expect((await confirm(user, { token: mail.token })).status).toBe(200);
    });

    it('is dead when it is too old', async () => {
      const user = await proven();
      const { mail } = await asked(user);
      await app.rows("UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1", [user.id]);
      expect((await confirm(user, { code: mail.secretCode })).body.code).toBe('challenge.expired');
      expect((await confirm(user, { token: mail.token })).body.code).toBe('challenge.expired');
    });

    it('takes exactly one of code and token', async () => {
      const user = await proven();
      for (const body of [{}, { code: '123456', token: 'x' }, { code: 123_456 }, { token: null }, { code: ['123456'] }]) {
        expect((await confirm(user, body)).status).toBe(422);
      }
    });
  });

  describe('undone by the former address', () => {
    it('has it again, verified; everybody is signed out and the new password is the only one', async () => {
      const user = await proven();
      const { email, notice } = await changed(user);
      const thief = await signIn(app, email);
      const done = await undo({ token: notice.token, newPassword: NEW_PASSWORD });
      expect([done.status, done.text]).toEqual([204, '']);
      expect(await userRow(user.id)).toMatchObject({ email: user.email, email_verified_at: expect.any(Date) });
      for (const { accessToken, refreshToken } of [user, thief]) {
        expect((await app.get(ME, { token: accessToken })).body.code).toBe('token.revoked');
        expect((await app.post('/v1/auth/refresh', { refreshToken })).status).toBe(401);
      }
      expect((await login(user.email)).status).toBe(401);
      expect((await login(email, NEW_PASSWORD)).status).toBe(401);
      await signIn(app, user.email, NEW_PASSWORD);
      expect(isInvalid(await undo({ token: notice.token }))).toBe(true);
    });

    it('locks the password and mails a reset when no new one is given', async () => {
      const user = await proven();
      const { notice } = await changed(user);
      expect((await undo({ token: notice.token })).status).toBe(204);
      expect((await login(user.email)).status).toBe(401);
      expect((await app.get(ME, { token: user.accessToken })).body.code).toBe('token.revoked');
      const reset = await app.mailbox.newest(user.email, notice);
      expect(reset.subject).toBe('Choose a new password for Latchkey');
      expect((await app.post('/v1/auth/password/reset', { token: reset.token, newPassword: NEW_PASSWORD })).status).toBe(204);
      await signIn(app, user.email, NEW_PASSWORD);
    });

    it('works after the thief changed the password, and the address again', async () => {
      const user = await proven();
      const first = await changed(user);
      await app.call('PUT', '/v1/auth/password', {
        token: user.accessToken,
        body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
      });
      // The notice of that is not to be taken for the next one.
      await app.mailbox.newest(first.email, first.mail);
      const thief = { ...user, email: first.email, password: NEW_PASSWORD, ...(await signIn(app, first.email, NEW_PASSWORD)) };
      const second = await changed(thief);
      await app.post('/v1/auth/password/forgot', { identifier: second.email });
      expect((await undo({ token: first.notice.token, newPassword: 'eleven owls read on' })).status).toBe(204);
      expect(await userRow(user.id)).toMatchObject({ email: user.email });
      // The way back to the thief's first address died with it; the owner's would have survived the thief's.
      expect(isInvalid(await undo({ token: second.notice.token }))).toBe(true);
    });

    it('survives when a later address goes back to itself first', async () => {
      const user = await proven();
      const first = await changed(user);
      const second = await changed({ ...user, email: first.email });
      expect((await undo({ token: second.notice.token })).status).toBe(204);
      expect(await userRow(user.id)).toMatchObject({ email: first.email });
      expect((await undo({ token: first.notice.token })).status).toBe(204);
      expect(await userRow(user.id)).toMatchObject({ email: user.email });
    });

    it('finds its address held: nobody else can take it for 7 days, not even at the same moment', async () => {
      const user = await proven();
      const { mail } = await asked(user);
      const [done, ...rivals] = await Promise.all([
        confirm(user, { code: mail.secretCode }),
        ...Array.from({ length: 8 }, () => app.post('/v1/auth/register', { email: user.email, password: PASSWORD })),
      ]);
      expect(done.status).toBe(200);
      expect(rivals.map(({ body }) => body.code)).toEqual(Array.from({ length: 8 }, () => 'user.email_taken'));
      expect((await app.get(`/v1/availability?email=${user.email}`)).body).toEqual({ available: false });

      const rival = await proven();
      const before = app.mailbox.count(user.email);
      expect((await ask(rival, user.email)).status).toBe(202);
      expect(app.mailbox.count(user.email)).toBe(before);
      await app.rows("UPDATE held_emails SET held_until = now() - interval '1 second' WHERE email_key = $1", [user.email]);
      expect((await app.get(`/v1/availability?email=${user.email}`)).body).toEqual({ available: true });
      await register(app, { email: user.email });
    });

    it('can also be had again by asking for it', async () => {
      const user = await proven();
      const { email, notice } = await changed(user);
      expect((await ask({ ...user, email }, user.email)).status).toBe(202);
      const mail = await app.mailbox.newest(user.email, notice);
      expect((await confirm(user, { code: mail.secretCode })).body.email).toBe(user.email);
    });

    it('fails with 409 when another account has proven the address after all', async () => {
      const user = await proven();
      const { notice } = await changed(user);
      await app.rows('DELETE FROM held_emails WHERE email_key = $1', [user.email]);
      const { id } = await register(app, { email: user.email });
      await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [id]);
      const { status, body } = await undo({ token: notice.token, newPassword: NEW_PASSWORD });
      expect([status, body.code]).toEqual([409, 'user.email_taken']);
      await signIn(app, (await userRow(user.id)).email);
    });

    it('works once of 50 parallel tries', async () => {
      const user = await proven();
      const { notice } = await changed(user);
      const answers = await Promise.all(Array.from({ length: 50 }, () => undo({ token: notice.token })));
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(answers.filter(isInvalid)).toHaveLength(49);
    });

    it('is refused for a disabled account, after 7 days, and for passwords that are not acceptable', async () => {
      const user = await proven();
      const { notice } = await changed(user);
      const short = await undo({ token: notice.token, newPassword: 'short' });
      expect([short.status, short.body.errors[0].pointer]).toEqual([422, '/newPassword']);
      expect((await undo({ token: notice.token, newPassword: `my ${user.email}` })).body.errors[0].rule).toBe('password.personal');
      const [row] = await app.rows<{ days: number }>(
        "SELECT extract(epoch FROM expires_at - created_at)::float8 / 86400 AS days FROM challenges WHERE user_id = $1 AND purpose = 'undo-email-change'",
        [user.id],
      );
      expect(row?.days).toBeCloseTo(7, 3);
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]);
      expect(isInvalid(await undo({ token: notice.token }))).toBe(true);
      await app.rows('UPDATE users SET disabled_at = NULL WHERE id = $1', [user.id]);
      await app.rows("UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1", [user.id]);
      expect((await undo({ token: notice.token })).body.code).toBe('challenge.expired');
    });

    it.each([[['a']], [{ a: 1 }], [null], [''], [7], [undefined], [true]])('refuses %j as token', async (token) => {
      expect((await undo({ token })).status).toBe(422);
    });

    it('is not offered to an address that nobody has proven: it may be a stranger’s', async () => {
      const user = await signedIn(app);
      const { notice } = await changed(user);
      expect(notice.subject).toBe('Your Latchkey e-mail address was changed');
      expect(notice.links).toEqual([]);
      expect(await app.rows("SELECT id FROM challenges WHERE user_id = $1 AND purpose = 'undo-email-change'", [user.id])).toEqual([]);
      await register(app, { email: user.email });
    });
  });

  describe('at once, as contracts have it', () => {
    const atOnce = async (id: string, email: string) =>
      app.nest.get(AccountEditService).edit(id, { email }, await askerOf(app, id), CALLER);

    it('counts unverified; the proven address gets a notice with undo and stays the recovery address', async () => {
      const user = await proven({ username: `grace.${process.pid}` });
      const before = await app.mailbox.newest(user.email);
      const email = freshEmail('thief');
      expect(await atOnce(user.id, email)).toMatchObject({ email, emailVerifiedAt: null, recoveryEmail: user.email });
      await signIn(app, email);
      const notice = await app.mailbox.newest(user.email, before);
      expect(notice.links[0]).toContain('/account/undo-email-change?token=');
      const confirmation = await app.mailbox.newest(email);
      expect(confirmation.subject).toBe('Confirm your e-mail address for Latchkey');

      // Whatever is typed, the reset goes to the address that was proven.
      let last = notice;
      for (const identifier of [email, `grace.${process.pid}`, user.email]) {
        await app.post('/v1/auth/password/forgot', { identifier });
        last = await app.mailbox.newest(user.email, last);
        expect(last.subject).toBe('Choose a new password for Latchkey');
      }
      expect(app.mailbox.count(email)).toBe(1);
      const byCode = { identifier: user.email, code: last.secretCode, newPassword: NEW_PASSWORD };
      expect((await app.post('/v1/auth/password/reset', byCode)).status).toBe(204);
      await signIn(app, email, NEW_PASSWORD);
      expect(await userRow(user.id)).toMatchObject({ email, email_verified_at: null, recovery_email: user.email });
      expect((await app.mailbox.newest(user.email, last)).subject).toBe('Your Latchkey password was changed');

      expect((await undo({ token: notice.token, newPassword: PASSWORD })).status).toBe(204);
      expect(await userRow(user.id)).toMatchObject({ email: user.email, recovery_email: null });
    });

    it('keeps the last proven address through several changes', async () => {
      const user = await proven();
      await atOnce(user.id, freshEmail());
      await atOnce(user.id, freshEmail());
      expect(await userRow(user.id)).toMatchObject({ recovery_email: user.email });
    });

    it('changes nothing for the address that it has, and takes nobody else’s', async () => {
      const user = await proven();
      const other = await register(app);
      expect(await atOnce(user.id, user.email.toUpperCase())).toMatchObject({ email: user.email, emailVerifiedAt: expect.any(Date) });
      await expect(atOnce(user.id, other.email)).rejects.toMatchObject({ code: 'user.email_unproven' });
      await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [other.id]);
      await expect(atOnce(user.id, other.email)).rejects.toMatchObject({ code: 'user.email_taken' });
      await expect(atOnce(user.id, 'no address')).rejects.toMatchObject({ code: 'request.invalid' });
    });
  });
});
