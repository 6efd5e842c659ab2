import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OwnerNotices } from '../src/auth/challenges/owner-notices.service.js';
import { DelayedResetJobs } from '../src/auth/lost-factors/delayed-reset-jobs.service.js';
import { DatabaseService } from '../src/database/database.service.js';
import { ChallengeClosing } from '../src/tokens/challenges/challenge-closing.service.js';
import { UsersService } from '../src/users/users.service.js';
import { DeletionFlow } from './support/account-deletion.js';
import { PASSWORD, type TestUser, freshEmail, signIn, signedIn } from './support/accounts.js';
import { CALLER } from './support/authorized.js';
import { DisavowalFlow, PAGE, subjectOf } from './support/disavowal.js';
import { addTotp, atLevel, totpCode } from './support/factors.js';
import { NEW_PASSWORD, ResetFlow, isRefused } from './support/password-reset.js';
import { factorsOf, plantTotp } from './support/second-factor.js';
import { attempt, beginWithPassword } from './support/sign-ins.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const HOUR_MS = 3_600_000;

/** Who does what in which order: thieves of a session, of the password or of the mailbox, and the owner. */
describe('"This wasn\'t me" gives a thief nothing', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ MFA: 'optional' });
  });
  afterAll(() => app.stop());

  const { proven } = new DeletionFlow(() => app);
  const resets = new ResetFlow(() => app);
  const { disavow, noticeOf, isSignedIn, addPasskey, signInWith } = new DisavowalFlow(() => app);
  const changePassword = (user: TestUser, newPassword = NEW_PASSWORD): Promise<Answer> =>
    app.call('PUT', '/v1/auth/password', { token: user.accessToken, body: { currentPassword: PASSWORD, newPassword } });
  const makeAdmin = (user: TestUser) => app.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [user.id]);
  /** An account with an authenticator app that was added just now, and the mail about it. */
  const withNewTotp = async () => {
    const user = await proven();
    const totp = await addTotp(app, user.accessToken);
    return { ...user, totp, notice: await noticeOf('authenticator-added', user) };
  };
  const waiverOf = async ({ id }: TestUser): Promise<string | undefined> =>
    (await app.rows<{ id: string }>('SELECT id FROM factor_waivers WHERE user_id = $1', [id]))[0]?.id;

  describe('over the second factor', () => {
    it('which stays demanded where it is the only one, and goes after a wait; who lacks the mailbox is out at once', async () => {
      const user = await withNewTotp();
      const waiting = await beginWithPassword(app, user);
      const { body } = await disavow(user.notice.token);
      expect(body).toEqual({ undone: 'later', dueAt: expect.any(String), next: 'reset' });
      expect(Math.abs(Date.parse(body.dueAt) - Date.now() - 24 * HOUR_MS)).toBeLessThan(60_000);
      expect(await factorsOf(app, user.id)).toEqual(['totp']);
      // Whoever added it has the password, and the app.
      expect((await attempt(app, waiting, { totp: totpCode(user.totp.secret, 1) })).status).toBe(410);
      expect((await app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD })).status).toBe(401);
      expect(await isSignedIn(user)).toBe(false);
      // A mailbox alone does not get past it.
      const mail = await noticeOf('reset-password', user);
      expect((await resets.reset({ token: mail.token })).body.code).toBe('auth.second_factor_required');
      await app.rows(`UPDATE authenticators SET confirmed_at = now() - interval '2 days', last_used_at = NULL WHERE user_id = $1`, [
        user.id,
      ]);
      await app.rows(`UPDATE factor_waivers SET asked_at = asked_at - interval '1 day', due_at = now() WHERE user_id = $1`, [user.id]);
      await app.nest.get(DelayedResetJobs, { strict: false }).open(String(await waiverOf(user)));
      expect((await resets.reset({ token: (await noticeOf('reset-due', user)).token })).status).toBe(204);
      expect(await factorsOf(app, user.id)).toEqual([]);
    });

    it('whose owner needs no wait: mailbox and app together end it', async () => {
      const user = await withNewTotp();
      // A thief of the mailbox did.
      await disavow(user.notice.token);
      const { token } = await noticeOf('reset-password', user);
      expect((await resets.reset({ token, totp: totpCode(user.totp.secret, 1) })).status).toBe(204);
      expect(await waiverOf(user)).toBeUndefined();
      expect(await factorsOf(app, user.id)).toEqual(['totp']);
    });

    it('of which one from before is still asked for', async () => {
      const user = await proven();
      await plantTotp(app, user.id);
      const strong = await atLevel(app, user);
      await addTotp(app, strong.accessToken, 'Second');
      const { token } = await noticeOf('authenticator-added', user);
      expect((await disavow(token)).body.undone).toBe('undone');
      expect(await app.rows('SELECT name FROM authenticators WHERE user_id = $1', [user.id])).toEqual([{ name: 'Phone' }]);
      const mail = await noticeOf('reset-password', user);
      expect((await resets.reset({ token: mail.token })).body.code).toBe('auth.second_factor_required');
    });

    it('where that is a passkey, which signs nobody in any more and stays demanded', async () => {
      const user = await proven();
      const device = await addPasskey(user);
      await app.rows('UPDATE users SET mfa_required_at = now() WHERE id = $1', [user.id]);
      expect(await signInWith(device)).toBe(200);
      const { token } = await noticeOf('authenticator-added', user);
      expect((await disavow(token)).body).toEqual({ undone: 'later', dueAt: expect.any(String), next: 'reset' });
      expect(await signInWith(device)).toBe(401);
      expect(await factorsOf(app, user.id)).toEqual(['passkey']);
      const mail = await noticeOf('reset-password', user);
      expect((await resets.reset({ token: mail.token })).body.code).toBe('auth.second_factor_required');
    });

    it('of an administrator, which only another administrator removes', async () => {
      const user = await withNewTotp();
      await makeAdmin(user);
      expect((await disavow(user.notice.token)).body).toEqual({ undone: 'later', dueAt: null, next: 'reset' });
      expect(await waiverOf(user)).toBeUndefined();
      expect(await factorsOf(app, user.id)).toEqual(['totp']);
    });
  });

  describe('over what the owner did', () => {
    it('to throw the thief out: a removed passkey does not come back', async () => {
      const user = await proven();
      const device = await addPasskey(user);
      const added = await noticeOf('authenticator-added', user);
      const [{ id } = { id: '' }] = await app.rows<{ id: string }>('SELECT id FROM authenticators WHERE user_id = $1', [user.id]);
      const { accessToken: token } = await atLevel(app, user);
      expect((await app.call('DELETE', `/v1/users/me/authenticators/${id}`, { token })).status).toBe(204);
      const removed = await noticeOf('authenticator-removed', user);
      expect((await disavow(added.token)).body.undone).toBe('gone');
      expect(await signInWith(device)).toBe(401);
      // Told of an act that the first link has put right along with everything else.
      expect(isRefused(await disavow(removed.token))).toBe(true);
    });

    it('since, by a reset: earlier links lock nothing again, and only undo', async () => {
      const user = await proven();
      const device = await addPasskey(user);
      const added = await noticeOf('authenticator-added', user);
      await changePassword(await atLevel(app, user));
      const changed = await noticeOf('password-changed', user);
      const mail = await resets.mailFor(user.email);
      expect((await resets.reset({ token: mail.token })).status).toBe(204);
      expect(isRefused(await disavow(changed.token))).toBe(true);
      const sentBefore = app.mailbox.count(user.email);
      const fresh = await signIn(app, user.email, NEW_PASSWORD);
      expect((await disavow(added.token)).body).toEqual({ undone: 'undone', dueAt: null, next: 'sign-in' });
      expect([await signInWith(device), await isSignedIn(fresh)]).toEqual([401, false]);
      await signIn(app, user.email, NEW_PASSWORD);
      await noticeOf('authenticator-removed', user);
      expect(app.mailbox.count(user.email)).toBeLessThanOrEqual(sentBefore + 2);
    });

    it('and a thief who changes the password does not end it', async () => {
      const user = await proven();
      const device = await addPasskey(user);
      const added = await noticeOf('authenticator-added', user);
      await changePassword(await atLevel(app, user));
      expect((await disavow(added.token)).body).toEqual({ undone: 'undone', dueAt: null, next: 'reset' });
      expect((await app.post('/v1/auth/login', { identifier: user.email, password: NEW_PASSWORD })).status).toBe(401);
      expect(await signInWith(device)).toBe(401);
    });

    it('by a wait for a reset that somebody else asked for, whose stopping link would be dead', async () => {
      const user = await proven();
      await addPasskey(user);
      const added = await noticeOf('authenticator-added', user);
      await plantTotp(app, user.id);
      await app.rows(`UPDATE users SET factors = '{passkey,totp}' WHERE id = $1`, [user.id]);
      const mail = await resets.mailFor(user.email);
      expect((await app.post('/v1/auth/password/reset/delayed', { token: mail.token })).status).toBe(202);
      expect((await disavow(added.token)).body.undone).toBe('undone');
      expect(await waiverOf(user)).toBeUndefined();
    });
  });

  describe('over addresses', () => {
    it('that the account had: sessions end, and no reset goes to the new one', async () => {
      const user = await proven();
      await addPasskey(user);
      const { token } = await noticeOf('authenticator-added', user);
      const email = freshEmail('thief');
      await app.rows('UPDATE users SET email = $2, email_key = $2 WHERE id = $1', [user.id, email]);
      expect((await disavow(token)).body).toEqual({ undone: 'undone', dueAt: null, next: 'elsewhere' });
      expect(await isSignedIn(user)).toBe(false);
      await app.mailbox.about(subjectOf('authenticator-removed'), email);
      expect(await app.rows(`SELECT FROM mails WHERE user_id = $1 AND kind = 'reset-password'`, [user.id])).toEqual([]);
    });

    it('that a thief put there, and resets the password by: the owner’s link locks that one', async () => {
      const user = await proven();
      const device = await addPasskey(user);
      const { token } = await noticeOf('authenticator-added', user);
      const email = freshEmail('thief');
      await app.rows('UPDATE users SET email = $2, email_key = $2 WHERE id = $1', [user.id, email]);
      await resets.forgot(email);
      const mail = await noticeOf('reset-password', { email });
      expect((await resets.reset({ token: mail.token })).status).toBe(204);
      expect((await disavow(token)).body).toEqual({ undone: 'undone', dueAt: null, next: 'elsewhere' });
      expect((await app.post('/v1/auth/login', { identifier: email, password: NEW_PASSWORD })).status).toBe(401);
      expect(await signInWith(device)).toBe(401);
    });

    it('that nobody has proven, or only its reader: their mails have no link', async () => {
      const unproven = await signedIn(app);
      await addPasskey(unproven);
      const claimed = await proven();
      await app.rows('UPDATE users SET email_claimed = true WHERE id = $1', [claimed.id]);
      await addPasskey(claimed);
      for (const user of [unproven, claimed]) {
        const notice = await noticeOf('authenticator-added', user);
        expect([notice.links, notice.token]).toEqual([[], '']);
        expect(String(notice.text).replaceAll(/\s+/g, ' ')).toContain('choose “Forgot password”');
      }
    });
  });

  describe('by its link', () => {
    it.each([
      ['expired', `UPDATE challenges SET expires_at = now() WHERE user_id = $1`, 'challenge.expired', 410],
      ['of a deleted account', 'DELETE FROM users WHERE id = $1', 'challenge.invalid', 400],
      ['of a disabled account', 'UPDATE users SET disabled_at = now() WHERE id = $1', 'challenge.invalid', 200],
    ])('%s', async (_, sql, code, status) => {
      const user = await proven();
      await changePassword(user);
      const { token } = await noticeOf('password-changed', user);
      await app.rows(sql, [user.id]);
      expect((await app.get(`${PAGE}?token=${token}`)).status).toBe(status);
      const answer = await disavow(token);
      expect([answer.status, answer.body.code]).toEqual([400, code]);
    });

    it('at another page, or with that of another page', async () => {
      const user = await proven();
      await changePassword(user);
      const { token } = await noticeOf('password-changed', user);
      expect(isRefused(await resets.reset({ token }))).toBe(true);
      expect(isRefused(await app.post('/v1/auth/email/undo', { token }))).toBe(true);
      const mail = await resets.mailFor(user.email);
      expect(isRefused(await disavow(mail.token))).toBe(true);
      expect(isRefused(await disavow(`${token.slice(0, -2)}AA`))).toBe(true);
      expect((await disavow(token)).status).toBe(200);
    });

    it('of somebody else: it concerns one account', async () => {
      const [user, other] = [await proven(), await proven()];
      await changePassword(user);
      expect((await disavow((await noticeOf('password-changed', user)).token)).status).toBe(200);
      expect(await isSignedIn(other)).toBe(true);
    });

    it('twenty times at once: it is done once', async () => {
      const user = await proven();
      await changePassword(user);
      const { token } = await noticeOf('password-changed', user);
      const answers = await Promise.all(Array.from({ length: 20 }, () => disavow(token)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(await app.rows(`SELECT FROM mails WHERE user_id = $1 AND kind = 'reset-password'`, [user.id])).toHaveLength(1);
    });
  });

  it('and the owner a mail without a link, rather than none, if the link died on the way', async () => {
    const user = await proven();
    const account = await app.nest.get(UsersService).getById(user.id);
    await app.nest.get(DatabaseService).transaction(async () => {
      await app.nest.get(OwnerNotices, { strict: false }).send('password-changed', account, CALLER, { undo: null });
      await app.nest.get(ChallengeClosing, { strict: false }).closeEvery(user.id);
    });
    const notice = await noticeOf('password-changed', user);
    expect(notice.links).toEqual([]);
  });

  it('does not put a number back that is somebody else’s by now', async () => {
    const [user, other] = [await proven(), await proven()];
    const [former, next] = ['+12125556101', '+12125556102'];
    for (const mobile of [former, next]) {
      await app.call('PUT', '/v1/users/me/mobile', { token: user.accessToken, body: { mobile, currentPassword: PASSWORD } });
    }
    const { token } = await noticeOf('mobile-changed', user);
    await app.rows('UPDATE users SET mobile = $2, mobile_key = $2, mobile_verified_at = now() WHERE id = $1', [other.id, former]);
    expect((await disavow(token)).body.undone).toBe('undone');
    expect(await app.rows('SELECT mobile FROM users WHERE id = $1', [user.id])).toEqual([{ mobile: null }]);
  });

  it('makes no account choose a password that has none', async () => {
    const user = await proven();
    await addPasskey(user);
    await app.rows('UPDATE users SET password_hash = NULL WHERE id = $1', [user.id]);
    const { token } = await noticeOf('authenticator-added', user);
    expect((await disavow(token)).body).toEqual({ undone: 'undone', dueAt: null, next: 'sign-in' });
    expect(await app.rows(`SELECT FROM mails WHERE user_id = $1 AND kind = 'reset-password'`, [user.id])).toEqual([]);
  });
});

describe('"This wasn\'t me" on a server', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ EMAIL_CODE: 'off', RATE_LIMIT: 'on', LIMIT_DISAVOWALS: '1/86400' });
  });
  afterAll(() => app.stop());

  it('that mails no codes sends a reset to an account without a password; and not endlessly often', async () => {
    const { proven } = new DeletionFlow(() => app);
    const { disavow, noticeOf, addPasskey } = new DisavowalFlow(() => app);
    const user = await proven();
    await addPasskey(user);
    const older = await noticeOf('authenticator-added', user);
    await addPasskey(await atLevel(app, user));
    const newer = await noticeOf('authenticator-added', user, older);
    await app.rows('UPDATE users SET password_hash = NULL WHERE id = $1', [user.id]);
    expect((await disavow(newer.token)).body.next).toBe('reset');
    const { status, body } = await disavow(older.token);
    expect([status, body.code]).toEqual([429, 'request.throttled']);
  });
});
