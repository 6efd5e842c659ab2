import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn } from './support/accounts.js';
import type { ReceivedMail } from './support/mailbox.js';
import { NEW_PASSWORD, ResetFlow, isRefused, wrongCode } from './support/password-reset.js';
import { type TestApp, sharedApp } from './support/start-app.js';

describe('codes and links that reset a password', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const { forgot, check, reset, mailFor, candidate } = new ResetFlow(() => app);

  describe('codes', () => {
    it('stay good however often they are checked', async () => {
      const { email, mail } = await candidate();
      for (let i = 0; i < 8; i += 1) expect((await check({ identifier: email, code: mail.secretCode })).status).toBe(204);
      expect((await reset({ identifier: email, code: mail.secretCode })).status).toBe(204);
    });

    it('are locked by five wrong ones, checked or used; the link still works', async () => {
      const { email, mail } = await candidate();
      for (let i = 1; i <= 5; i += 1)
        expect(isRefused(await (i % 2 === 0 ? check : reset)({ identifier: email, code: wrongCode(mail.secretCode, i) }))).toBe(true);
      for (const ask of [check, reset]) expect(isRefused(await ask({ identifier: email, code: mail.secretCode }))).toBe(true);
      expect((await check({ token: mail.token })).status).toBe(204);
      expect((await reset({ token: mail.token })).status).toBe(204);
    });

    it('have eight digits, and are evaluated at most five times of 100 parallel wrong ones of a network', async () => {
      const { id, email, mail } = await candidate();
      expect(mail.secretCode).toMatch(/^\d{8}$/);
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          (i % 2 === 0 ? check : reset)({ identifier: email, code: wrongCode(mail.secretCode, i + 1) }),
        ),
      );
      expect(answers.every(isRefused)).toBe(true);
      const [challenge] = await app.rows<{ tries: number }>(
        'SELECT tries FROM challenges WHERE user_id = $1 AND superseded_at IS NULL AND purpose = $2',
        [id, 'reset-password'],
      );
      expect(challenge?.tries).toBe(5);
      expect(isRefused(await reset({ identifier: email, code: mail.secretCode }))).toBe(true);
      expect((await reset({ token: mail.token })).status).toBe(204);
    });
  });

  it.each(['link', 'code'])('succeeds once of 50 parallel tries with one %s', async (by) => {
    const { id, email, mail } = await candidate();
    const proof = by === 'link' ? { token: mail.token } : { identifier: email, code: mail.secretCode };
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => reset({ ...proof, newPassword: `${NEW_PASSWORD} ${i}` })));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(isRefused)).toHaveLength(49);
    await signIn(app, email, `${NEW_PASSWORD} ${answers.findIndex(({ status }) => status === 204)}`);
    expect(await app.rows("SELECT id FROM mails WHERE user_id = $1 AND kind = 'password-changed'", [id])).toHaveLength(1);
  });

  describe('links and codes are dead', () => {
    const expectDead = async (mail: ReceivedMail, email: string): Promise<void> => {
      for (const ask of [check, reset]) {
        expect(isRefused(await ask({ token: mail.token }))).toBe(true);
        expect(isRefused(await ask({ identifier: email, code: mail.secretCode }))).toBe(true);
      }
    };

    it('after use', async () => {
      const { email, mail } = await candidate();
      await reset({ token: mail.token });
      await expectDead(mail, email);
    });

    it('once a newer mail went out', async () => {
      const { email, mail } = await candidate();
      const newer = await mailFor(email);
      await expectDead(mail, email);
      expect((await reset({ token: newer.token })).status).toBe(204);
    });

    it('after a change of the password', async () => {
      const { email, mail } = await candidate();
      await app.rows('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
      const { accessToken: token } = await signIn(app, email);
      await app.call('PUT', '/v1/auth/password', { token, body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD } });
      await expectDead(mail, email);
    });

    it('when the account has another address, or is disabled', async () => {
      const moved = await candidate();
      const elsewhere = freshEmail();
      await app.rows('UPDATE users SET email = $2, email_key = $2 WHERE id = $1', [moved.id, elsewhere]);
      await expectDead(moved.mail, elsewhere);
      const disabled = await candidate();
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id]);
      await expectDead(disabled.mail, disabled.email);
    });

    it('when they are too old', async () => {
      const { id, email, mail } = await candidate();
      await app.rows("UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1", [id]);
      for (const ask of [check, reset]) {
        expect((await ask({ token: mail.token })).body.code).toBe('challenge.expired');
        expect((await ask({ identifier: email, code: mail.secretCode })).body.code).toBe('challenge.expired');
        expect(isRefused(await ask({ identifier: email, code: wrongCode(mail.secretCode) }))).toBe(true);
      }
    });

    it('for anything else, and for anybody else', async () => {
      const { email, mail } = await candidate();
      const other = await candidate();
      const confirmation = await register(app);
      const { token, secretCode } = await app.mailbox.newest(confirmation.email);
      await expectDead({ ...mail, token }, freshEmail());
      expect(isRefused(await reset({ identifier: confirmation.email, code: secretCode }))).toBe(true);
      expect((await reset({ identifier: confirmation.email, code: secretCode.slice(2) })).status).toBe(422);
      expect(isRefused(await reset({ identifier: other.email, code: mail.secretCode }))).toBe(true);
      for (const body of [
        { token: mail.token, newPassword: NEW_PASSWORD },
        { email, code: mail.secretCode },
      ]) {
        expect((await app.post('/v1/auth/email/verification/confirm', body)).status).toBe(400);
      }
      expect((await app.get('/v1/users/me', { token: mail.token })).status).toBe(401);
      expect((await app.post('/v1/auth/refresh', { refreshToken: mail.token })).status).toBe(401);
    });
  });

  it.each([[['a']], [{ a: 1 }], [null], [''], [7], [undefined], [true]])(
    'refuses %j as token, code, identifier or password',
    async (value) => {
      expect((await forgot(value)).status).toBe(422);
      for (const ask of [check, reset]) {
        for (const body of [{ token: value }, { identifier: value, code: '12345678' }, { identifier: 'ada@example.com', code: value }])
          expect((await ask(body)).status).toBe(422);
      }
      expect((await app.post('/v1/auth/password/reset', { token: 'a'.repeat(54), newPassword: value })).status).toBe(422);
    },
  );

  it.each([
    {},
    { token: 'a', identifier: 'ada', code: '12345678' },
    { token: 'a', code: '12345678' },
    { identifier: 'ada@example.com', code: '123456' },
    { token: 'a', email: 'ada@example.com' },
    { identifier: 'ada' },
  ])('refuses %j as proof', async (body) => {
    for (const ask of [check, reset]) expect((await ask(body)).status).toBe(422);
  });
});
