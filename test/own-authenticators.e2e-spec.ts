import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, signIn, signedIn } from './support/accounts.js';
import { type TestTotp, addTotp, atLevel } from './support/factors.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const AUTHENTICATORS = '/v1/users/me/authenticators';

describe('the authenticators of an account', () => {
  let app: TestApp;
  let user: TestUser;
  let phone: TestTotp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    user = await signedIn(app);
    phone = await addTotp(app, user.accessToken, 'Phone');
    user = await atLevel(app, user);
  });

  const rename = (body: object, token = user.accessToken): Promise<Answer> =>
    app.call('PATCH', `${AUTHENTICATORS}/${phone.id}`, { token, body });
  const remove = (id = phone.id, token = user.accessToken): Promise<Answer> => app.call('DELETE', `${AUTHENTICATORS}/${id}`, { token });
  const names = async (): Promise<string[]> =>
    (await app.get(AUTHENTICATORS, { token: user.accessToken })).body.totp.map(({ name }: { name: string }) => name);

  it('are renamed by their owner', async () => {
    const { status, body } = await rename({ name: ' Old phone ' });
    expect([status, body]).toEqual([
      200,
      { id: phone.id, name: 'Old phone', createdAt: expect.any(String), lastUsedAt: expect.any(String) },
    ]);
    for (const name of ['', '  ', 'a\u0000b', 7, null]) expect((await rename({ name })).status).toBe(422);
    expect(await names()).toEqual(['Old phone']);
  });

  it('are neither renamed nor removed nor added to by a session without the second factor', async () => {
    const { accessToken: weak } = await atLevel(app, user, 'aal = 1, auth_time = now()');
    const answers = await Promise.all([
      rename({ name: 'Mine' }, weak),
      remove(phone.id, weak),
      app.post(`${AUTHENTICATORS}/totp`, {}, { token: weak }),
    ]);
    for (const { status, body } of answers)
      expect([status, body.code, body.acrValues]).toEqual([401, 'auth.step_up_required', 'urn:latchkey:aal2']);
    expect(await names()).toEqual(['Phone']);
  });

  it('nor by one that ends while the change waits, as by a reset that was faster', async () => {
    const other = await app.db.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [user.id]);
      const adding = app.post(`${AUTHENTICATORS}/totp`, {}, { token: user.accessToken });
      await poll('the change to wait for the account', async () => {
        const [waiting] = await app.rows(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`);
        return waiting;
      });
      await other.query(`UPDATE sessions SET revoked_at = now(), revoke_reason = 'password-reset' WHERE user_id = $1`, [user.id]);
      await other.query('COMMIT');
      expect((await adding).status).toBe(401);
    } finally {
      other.release();
    }
    expect(await app.rows('SELECT name FROM authenticators WHERE user_id = $1', [user.id])).toEqual([{ name: 'Phone' }]);
  });

  it('nor by one whose second factor was shown more than five minutes ago', async () => {
    const { accessToken: late } = await atLevel(app, user, `aal = 2, auth_time = now() - interval '6 minutes'`);
    for (const { body } of [await rename({ name: 'Mine' }, late), await remove(phone.id, late)])
      expect([body.code, body.maxAge]).toEqual(['auth.step_up_required', 300]);
  });

  it('a session that a recovery code opened changes them, and nothing else', async () => {
    const { accessToken: token } = await atLevel(app, user, `aal = 2, auth_time = now(), recovered_until = now() + interval '10 minutes'`);
    expect((await app.call('PATCH', '/v1/users/me', { token, body: { firstName: 'Ada' } })).body.code).toBe('auth.step_up_required');
    await addTotp(app, token, 'New phone');
    expect((await rename({ name: 'Lost phone' }, token)).status).toBe(200);
    expect((await app.post('/v1/users/me/recovery-codes', undefined, { token })).status).toBe(201);
    expect((await remove(phone.id, token)).status).toBe(204);
  });

  it('removing one ends the other sessions, tells the owner, and is on record', async () => {
    user = await signedIn(app);
    const other = await signIn(app, user.email);
    phone = await addTotp(app, user.accessToken);
    user = await atLevel(app, user);
    expect((await remove()).status).toBe(204);
    const states = await Promise.all([user, other].map(({ accessToken: token }) => app.get('/v1/users/me', { token })));
    expect(states.map(({ status }) => status)).toEqual([200, 401]);
    const mail = await app.mailbox.about('A way to sign in was removed from your Latchkey account', user.email);
    expect(mail.text).toMatch(/This was removed from your account at Latchkey: an\s+authenticator\s+app\./);
    expect((await app.rows('SELECT factors FROM users WHERE id = $1', [user.id]))[0]).toEqual({ factors: [] });
    const [event] = await app.rows(`SELECT details FROM audit_events WHERE subject_id = $1 AND action = 'authenticator.removed'`, [
      user.id,
    ]);
    expect(event).toEqual({ details: { type: 'totp', authenticatorId: phone.id } });
    expect((await remove()).body.code).toBe('authenticator.not_found');
  });

  it('are nobody else’s', async () => {
    const stranger = await signedIn(app);
    expect((await remove(phone.id, stranger.accessToken)).body.code).toBe('authenticator.not_found');
    expect((await rename({ name: 'Mine' }, stranger.accessToken)).body.code).toBe('authenticator.not_found');
    for (const id of ['nonsense', crypto.randomUUID()]) expect((await remove(id)).body.code).toBe('authenticator.not_found');
  });

  describe('the last way in stays:', () => {
    it('of an account without a password, a passkey', async () => {
      const passkey = crypto.randomUUID();
      await app.rows(`INSERT INTO authenticators (id, user_id, type, name, confirmed_at) VALUES ($1, $2, 'passkey', 'Laptop', now())`, [
        passkey,
        user.id,
      ]);
      await app.rows(`UPDATE users SET password_hash = NULL, factors = '{passkey,totp}' WHERE id = $1`, [user.id]);
      const list = (await app.get(AUTHENTICATORS, { token: user.accessToken })).body;
      expect([list.password, list.passkeys.map(({ id }: { id: string }) => id)]).toEqual([false, [passkey]]);
      const refused = await remove(passkey);
      expect([refused.status, refused.body.code]).toEqual([409, 'authenticator.last_way_in']);
      expect((await remove()).status).toBe(204);
    });

    it('of one that wants a second factor itself, the last second factor', async () => {
      await app.rows('UPDATE users SET mfa_required_at = now() WHERE id = $1', [user.id]);
      expect((await remove()).body.code).toBe('authenticator.last_way_in');
      const { id } = await addTotp(app, user.accessToken, 'Tablet');
      const both = await Promise.all([remove(), remove(id)]);
      expect(new Set(both.map(({ status }) => status))).toEqual(new Set([204, 409]));
    });

    it('of one of which the installation demands it, alike', async () => {
      const strict = await startApp({ MFA: 'required-for-admins' });
      try {
        let admin = await signedIn(strict);
        const { id } = await addTotp(strict, admin.accessToken);
        admin = await atLevel(strict, admin);
        await strict.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [admin.id]);
        const refused = await strict.call('DELETE', `${AUTHENTICATORS}/${id}`, { token: admin.accessToken });
        expect([refused.status, refused.body.code]).toEqual([409, 'authenticator.last_way_in']);
        const waived = await strict.call('PATCH', '/v1/users/me', { token: admin.accessToken, body: { mfaRequired: false } });
        expect([waived.status, waived.body.code]).toEqual([409, 'auth.second_factor_demanded']);
      } finally {
        await strict.stop();
      }
    });
  });

  describe('mfaRequired', () => {
    const set = (body: object, token = user.accessToken): Promise<Answer> => app.call('PATCH', '/v1/users/me', { token, body });

    it('is set and taken back by its owner, who is told', async () => {
      const on = await set({ mfaRequired: true, firstName: 'Ada' });
      expect([on.status, on.body.mfaRequired, on.body.firstName]).toEqual([200, true, 'Ada']);
      await app.mailbox.about('Your Latchkey account asks for a second factor now', user.email);
      expect((await set({ mfaRequired: true })).status).toBe(200);
      const off = await set({ mfaRequired: false });
      expect([off.status, off.body.mfaRequired]).toEqual([200, false]);
      await app.mailbox.about('Your Latchkey account no longer insists on a second factor', user.email);
      const events = await app.rows<{ action: string }>(
        `SELECT action FROM audit_events WHERE subject_id = $1 AND action LIKE 'second_factor.%' ORDER BY id`,
        [user.id],
      );
      expect(events.map(({ action }) => action)).toEqual(['second_factor.demanded', 'second_factor.waived']);
    });

    it('needs the second factor of late; the rest of the profile does not', async () => {
      const { accessToken: weak } = await atLevel(app, user, 'aal = 1, auth_time = now()');
      const { accessToken: late } = await atLevel(app, user, `aal = 2, auth_time = now() - interval '6 minutes'`);
      for (const token of [weak, late]) {
        for (const mfaRequired of [true, false, null])
          expect((await set({ mfaRequired, firstName: 'Eve' }, token)).body.code).toBe('auth.step_up_required');
        expect((await set({ lastName: 'Lovelace' }, token)).status).toBe(200);
      }
      expect((await app.get('/v1/users/me', { token: user.accessToken })).body).toMatchObject({ firstName: null, mfaRequired: false });
    });

    it('is refused to an account that could not sign in any more, and changes nothing then', async () => {
      const other = await signedIn(app);
      const refused = await set({ mfaRequired: true, firstName: 'Eve' }, other.accessToken);
      expect([refused.status, refused.body.code]).toEqual([409, 'authenticator.none']);
      expect((await app.get('/v1/users/me', { token: other.accessToken })).body).toMatchObject({ firstName: null, mfaRequired: false });
      for (const mfaRequired of ['true', 1, null]) expect((await set({ mfaRequired }, other.accessToken)).status).toBe(422);
    });
  });

  it('where the installation has none, nothing is set up; what there is can be removed', async () => {
    const without = await startApp({ MFA: 'off' });
    try {
      const owner = await signedIn(without);
      const refused = await without.post(`${AUTHENTICATORS}/totp`, {}, { token: owner.accessToken });
      expect([refused.status, refused.body.code]).toEqual([403, 'auth.method_disabled']);
      const demanded = await without.call('PATCH', '/v1/users/me', { token: owner.accessToken, body: { mfaRequired: true } });
      expect(demanded.body.code).toBe('auth.method_disabled');
    } finally {
      await without.stop();
    }
  });
});
