import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeletionFlow } from './support/account-deletion.js';
import { PASSWORD, freshEmail, signedIn } from './support/accounts.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

describe('deleting an account by mail:', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const { ask, asked, exists, mailFor, open, proven, submit } = new DeletionFlow(() => app);
  const expectDead = async (user: { id: string }, token: string): Promise<void> => {
    for (const answer of [await open(token), await submit({ token })]) {
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('This link does not work any more');
      expect(answer.text).not.toContain('<form');
    }
    expect(await exists(user)).toBe(true);
  };

  describe('the link is dead', () => {
    it('once there is a newer one', async () => {
      const user = await asked();
      const newer = await mailFor(user);
      await expectDead(user, user.mail.token);
      expect((await submit({ token: newer.token })).status).toBe(200);
    });

    it('after a change of the password', async () => {
      const user = await asked();
      const body = { currentPassword: PASSWORD, newPassword: 'seven calm rivers run' };
      expect((await app.call('PUT', '/v1/auth/password', { token: user.accessToken, body })).status).toBe(204);
      await expectDead(user, user.mail.token);
    });

    it('after a change of the e-mail address', async () => {
      const user = await asked();
      const email = freshEmail('new');
      await app.post('/v1/users/me/email', { email, currentPassword: PASSWORD }, { token: user.accessToken });
      const { secretCode } = await app.mailbox.newest(email);
      const changed = await app.post('/v1/users/me/email/confirm', { code: secretCode }, { token: user.accessToken });
      expect(changed.status).toBe(200);
      await expectDead(user, user.mail.token);
      const fresh = await mailFor({ ...user, email });
      expect(fresh.to).toContain(email);
    });

    it('while the account is disabled', async () => {
      const user = await asked();
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]);
      await expectDead(user, user.mail.token);
    });

    it('where its address is not the account’s any more', async () => {
      const user = await asked();
      await app.rows('UPDATE users SET email = $2, email_key = $2 WHERE id = $1', [user.id, freshEmail('moved')]);
      await expectDead(user, user.mail.token);
    });

    it('past its hour', async () => {
      const user = await asked();
      const [row] = await app.rows<{ seconds: number }>(
        `SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM challenges WHERE user_id = $1 AND purpose = 'delete-account'`,
        [user.id],
      );
      expect(row?.seconds).toBe(3_600);
      await app.rows(`UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1`, [user.id]);
      for (const answer of [await open(user.mail.token), await submit({ token: user.mail.token })]) {
        expect(answer.status).toBe(410);
        expect(answer.text).toContain('This link has expired');
      }
      expect(await exists(user)).toBe(true);
    });

    it('for anything else, and nothing else is good for it', async () => {
      const user = await asked();
      const { token } = user.mail;
      const before = user.mail;
      const elsewhere = [
        await app.post('/v1/auth/email/verification/confirm', { token, password: PASSWORD }),
        await app.post('/v1/auth/password/reset', { token, newPassword: 'seven calm rivers run' }),
        await app.post('/v1/users/me/email/confirm', { token }, { token: user.accessToken }),
        await app.post('/v1/auth/email/undo', { token }),
      ];
      expect(elsewhere.map(({ body }) => body.code)).toEqual(elsewhere.map(() => 'challenge.invalid'));
      await app.post('/v1/auth/password/forgot', { identifier: user.email });
      await expectDead(user, (await app.mailbox.newest(user.email, before)).token);
      expect((await open(token)).status).toBe(200);
    });
  });

  describe('no mail goes out', () => {
    it('to an address that nobody has proven, which may be a stranger’s', async () => {
      const user = await signedIn(app);
      await app.mailbox.newest(user.email);
      const answer = await ask(user.accessToken);
      expect([answer.status, answer.text]).toEqual([202, '']);
      expect(await app.rows(`SELECT id FROM mails WHERE user_id = $1 AND kind = 'delete-account'`, [user.id])).toEqual([]);
    });

    it('to an address that took the place of a proven one and is not proven itself: the former one gets it', async () => {
      const user = await proven();
      await app.rows('UPDATE users SET recovery_email = email, email = $2, email_key = $2, email_verified_at = NULL WHERE id = $1', [
        user.id,
        freshEmail('unproven'),
      ]);
      const { token } = await mailFor(user);
      expect((await submit({ token })).status).toBe(200);
    });

    it('without a session, nor with fields that are none', async () => {
      expect((await ask(undefined)).body.code).toBe('access.unauthenticated');
      const { accessToken } = await proven();
      for (const body of [{ userId: 'x' }, { email: 'x@example.com' }, [], 'x', { password: PASSWORD }]) {
        expect([400, 415, 422]).toContain((await ask(accessToken, body)).status);
      }
    });

    it('more often than an address can bear, though one always does', async () => {
      const limited = await startApp({ RATE_LIMIT: 'on', LIMIT_MAIL_ADDRESS: '2/900', LIMIT_MAIL_REQUESTS: '8/900' });
      try {
        const strict = new DeletionFlow(() => limited);
        const user = await strict.proven();
        // The second mail of the address is a stranger's doing.
        await limited.post('/v1/auth/password/forgot', { identifier: user.email });
        const answers: Answer[] = [];
        for (let i = 0; i < 8; i += 1) answers.push(await strict.ask(user.accessToken));
        expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 202, 202, 429]);
        expect(await limited.rows(`SELECT id FROM mails WHERE kind = 'delete-account'`)).toHaveLength(1);
      } finally {
        await limited.stop();
      }
    });
  });
});
