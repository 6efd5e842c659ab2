import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, register, signIn, signedIn } from './support/accounts.js';
import { Administration } from './support/administrators.js';
import type { TestApp } from './support/start-app.js';

const NEW_PASSWORD = 'seven calm rivers run';

describe('what an account may do', () => {
  let office: Administration;
  let app: TestApp;
  beforeAll(async () => {
    office = await Administration.start();
    ({ app } = office);
  });
  afterAll(() => office.stop());

  describe('disabling', () => {
    it('ends every session on every node, lets nobody sign in, and enabling lets its owner in again', async () => {
      const user = await signedIn(app);
      const elsewhere = await signIn(office.second, user.email);
      const disabled = await office.act('POST', `${user.id}/disable`, { reason: '  Sent advertisements ' });
      expect([disabled.status, disabled.body.status, disabled.body.disabledReason]).toEqual([200, 'disabled', 'Sent advertisements']);
      expect(disabled.body.disabledAt).toEqual(expect.any(String));
      await office.expectRefused(user);
      await office.expectRefused(elsewhere);
      const refused = await app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD });
      expect([refused.status, refused.body.code]).toEqual([403, 'auth.account_disabled']);

      const enabled = await office.act(
        'POST',
        `${user.id}/enable`,
        { reason: 'Said sorry' },
        { headers: { 'if-match': String(disabled.headers.etag) } },
      );
      expect([enabled.status, enabled.body.status, enabled.body.disabledAt, enabled.body.disabledReason]).toEqual([
        200,
        'active',
        null,
        null,
      ]);
      await office.expectRefused(user);
      const again = await signIn(app, user.email);
      const own = await app.get('/v1/users/me/security-events', { token: again.accessToken });
      expect(own.body.data.find(({ action }: { action: string }) => action === 'account.disabled')).toMatchObject({
        byYou: false,
        ip: null,
        details: { note: 'Sent advertisements' },
      });
      expect(await office.onRecord(user.id)).toEqual([
        { action: 'sessions.ended', details: { reason: 'disabled' } },
        { action: 'account.disabled', details: { note: 'Sent advertisements' } },
        { action: 'account.enabled', details: { note: 'Said sorry' } },
      ]);
    });

    it('kills every code and link of the account, and they stay dead when it is enabled', async () => {
      const user = await signedIn(app);
      const confirm = await app.mailbox.newest(user.email);
      await app.post('/v1/auth/password/forgot', { identifier: user.email });
      const reset = await app.mailbox.newest(user.email, confirm);
      const newEmail = `new.${user.email}`;
      await app.post('/v1/users/me/email', { email: newEmail, currentPassword: PASSWORD }, { token: user.accessToken });
      const change = await app.mailbox.newest(newEmail);
      expect([confirm, reset, change].every(({ token }) => token.length > 40)).toBe(true);
      const redeem = async (): Promise<string[]> => {
        const { email, password } = user;
        const tries = [
          app.post('/v1/auth/email/verification/confirm', { token: confirm.token, password }),
          app.post('/v1/auth/email/verification/confirm', { token: confirm.token, newPassword: NEW_PASSWORD }),
          app.post('/v1/auth/email/verification/confirm', { email, code: confirm.secretCode, password }),
          app.post('/v1/auth/password/reset', { token: reset.token, newPassword: NEW_PASSWORD }),
          app.post('/v1/auth/password/reset', { identifier: email, code: reset.secretCode, newPassword: NEW_PASSWORD }),
          app.post('/account/confirm-new-email', undefined, {
            headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://accounts.latchkey.test' },
            payload: new URLSearchParams({ token: change.token, password }).toString(),
          }),
        ];
        return (await Promise.all(tries)).map(({ status, body }) => `${status} ${body?.code ?? ''}`.trim());
      };
      const dead = [
        '400 challenge.invalid',
        '400 challenge.invalid',
        '400 challenge.invalid',
        '400 challenge.invalid',
        '400 challenge.invalid',
        '400',
      ];
      const before = await app.rows('SELECT email, email_verified_at, password_hash FROM users WHERE id = $1', [user.id]);
      await office.act('POST', `${user.id}/disable`, { reason: 'Looking into it' });
      expect(await redeem()).toEqual(dead);
      for (const path of ['password/forgot', 'email/verification']) {
        await app.post(`/v1/auth/${path}`, {
          identifier: path === 'password/forgot' ? user.email : undefined,
          email: path === 'password/forgot' ? undefined : user.email,
        });
      }
      await office.act('POST', `${user.id}/enable`, { reason: 'All is well' });
      expect(await redeem()).toEqual(dead);
      expect(await app.rows('SELECT email, email_verified_at, password_hash FROM users WHERE id = $1', [user.id])).toEqual(before);
      expect(await app.rows('SELECT 1 AS open FROM challenges WHERE user_id = $1 AND superseded_at IS NULL', [user.id])).toEqual([]);
    });

    it.each([
      undefined,
      {},
      { reason: '' },
      { reason: '   ' },
      { reason: 7 },
      { reason: 'two\nlines' },
      { reason: 'x'.repeat(301) },
      { reason: 'x', until: 'y' },
    ])('takes a reason, and not %j', async (body) => {
      const { id } = await register(app);
      for (const path of ['disable', 'enable']) {
        const answer = await office.act('POST', `${id}/${path}`, body);
        expect([path, answer.status]).toEqual([path, 422]);
      }
      expect((await office.act('GET', id)).body.status).toBe('active');
    });
  });

  describe('roles', () => {
    it('are set as a whole, and tokens with the former ones are refused everywhere', async () => {
      const user = await signedIn(app);
      const set = await office.act('PUT', `${user.id}/roles`, { roles: ['librarian', 'admin'] });
      expect([set.status, set.body.roles]).toEqual([200, ['admin', 'librarian', 'user']]);
      await office.expectRefused(user);
      const promoted = await signIn(app, user.email);
      expect((await app.get('/v1/audit', { token: promoted.accessToken })).status).toBe(200);
      expect((await office.act('PUT', `${user.id}/roles`, { roles: ['user'] })).body.roles).toEqual(['user']);
      await office.expectRefused(promoted);
      const demoted = await signIn(app, user.email);
      expect((await app.get('/v1/audit', { token: demoted.accessToken })).status).toBe(403);
      expect((await office.onRecord(user.id)).filter(({ action }) => action === 'roles.changed')).toEqual([
        { action: 'roles.changed', details: { from: 'user', to: 'admin librarian user' } },
        { action: 'roles.changed', details: { from: 'admin librarian user', to: 'user' } },
      ]);
    });

    it('that are set to what they are leave version and sessions alone', async () => {
      const user = await signedIn(app);
      const etag = await office.versionOf(user.id);
      expect((await office.act('PUT', `${user.id}/roles`, { roles: ['user'] })).headers.etag).toBe(etag);
      expect((await app.get('/v1/users/me', { token: user.accessToken })).status).toBe(200);
    });

    it.each([
      {},
      { roles: [] },
      { roles: 'admin' },
      { roles: ['root'] },
      { roles: ['user', 'user'] },
      { roles: [null] },
      { roles: { 0: 'admin' } },
      { roles: ['admin'], isAdmin: true },
    ])('are not %j', async (body) => {
      const { id } = await register(app);
      expect((await office.act('PUT', `${id}/roles`, body)).status).toBe(422);
      expect((await office.act('GET', id)).body.roles).toEqual(['user']);
    });
  });
});
