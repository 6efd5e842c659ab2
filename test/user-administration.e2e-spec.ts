import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, register, signIn, signedIn } from './support/accounts.js';
import { Administration, type Method } from './support/administrators.js';
import { poll } from './support/poll.js';
import type { TestApp } from './support/start-app.js';
import { sidOf } from './support/tokens.js';

const NOBODY = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';
const NEW_PASSWORD = 'seven calm rivers run';

describe('administering accounts', () => {
  let office: Administration;
  let app: TestApp;
  beforeAll(async () => {
    office = await Administration.start();
    ({ app } = office);
  });
  afterAll(() => office.stop());

  it('reads an account with its standing, its last sign-in and what became of its mails', async () => {
    const user = await signedIn(app, { firstName: 'Ada', username: `read.${process.pid}` });
    await app.mailbox.newest(user.email);
    const mails = await poll('the mail to be noted as sent', async () => {
      const { body } = await office.act('GET', user.id);
      return body.mails[0]?.state === 'sent' ? body.mails : undefined;
    });
    expect(mails).toEqual([
      {
        kind: 'confirm-email',
        recipient: user.email,
        state: 'sent',
        attempts: 1,
        lastError: null,
        createdAt: expect.any(String),
        sentAt: expect.any(String),
      },
    ]);
    const { status, body, headers } = await office.act('GET', user.id);
    expect(status).toBe(200);
    expect(headers.etag).toBe(`"${body.version}"`);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({
      id: user.id,
      email: user.email,
      firstName: 'Ada',
      roles: ['user'],
      status: 'active',
      disabledAt: null,
      disabledReason: null,
      emailVerified: false,
      emailVerifiedAt: null,
      hasPassword: true,
      passwordLocked: false,
      lastSignInAt: expect.stringMatching(/^\d{4}-/),
    });
    const keys =
      'activatedAt avatar createdAt disabledAt disabledReason email emailVerified emailVerifiedAt factors firstName gender hasPassword id ' +
      'lastName lastSignInAt locale mails metadata mfaRequired mfaRequiredAt mobile mobileVerified mobileVerifiedAt number passwordLocked publicMetadata recoveryEmail recoveryMobile roles ' +
      'status throttledUntil updatedAt username version';
    expect(Object.keys(body).toSorted()).toEqual(keys.split(' '));
  });

  it('edits a profile on the version that was read, and says so on record', async () => {
    const user = await register(app);
    const etag = await office.versionOf(user.id);
    const edited = await office.act('PATCH', user.id, { firstName: 'Grace', locale: 'de-ch' }, { headers: { 'if-match': etag } });
    expect([edited.status, edited.body.firstName, edited.body.locale]).toEqual([200, 'Grace', 'de-CH']);
    expect(edited.headers.etag).not.toBe(etag);
    expect(edited.headers.etag).toBe(await office.versionOf(user.id));
    expect(await office.onRecord(user.id)).toEqual([{ action: 'account.updated', details: { fields: 'firstName locale' } }]);
  });

  it.each(['"0"', '"1000000"', 'W/"1"', '1', 'x', '""', '*, "1"'])(
    'changes nothing when If-Match is %s and the account has another version',
    async (tag) => {
      const user = await register(app);
      // Another edit since.
      await office.act('PATCH', user.id, { firstName: 'Ada' });
      const before = await app.rows('SELECT * FROM users WHERE id = $1', [user.id]);
      const headers = { 'if-match': tag };
      for (const [method, path, body] of [
        ['PATCH', '', { firstName: 'Grace' }],
        ['POST', '/disable', { reason: 'because' }],
        ['POST', '/enable', { reason: 'because' }],
        ['PUT', '/roles', { roles: ['librarian'] }],
        ['DELETE', '', undefined],
      ] as const) {
        const answer = await office.act(method, `${user.id}${path}`, body, { headers });
        expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 412, 'request.precondition_failed']);
      }
      expect(await app.rows('SELECT * FROM users WHERE id = $1', [user.id])).toEqual(before);
    },
  );

  it('of two edits on the same version makes one', async () => {
    const user = await register(app);
    const headers = { 'if-match': await office.versionOf(user.id) };
    const answers = await Promise.all(
      ['Ada', 'Grace', 'Joan'].map((firstName) => office.act('PATCH', user.id, { firstName }, { headers })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
  });

  describe('a forced password reset', () => {
    it('locks the password, ends all sessions, and mails the owner a link to choose another', async () => {
      const user = await signedIn(app);
      const former = await app.mailbox.newest(user.email);
      expect((await office.act('POST', `${user.id}/password-reset`)).status).toBe(202);
      await office.expectRefused(user);
      const locked = await app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD });
      expect([locked.status, locked.body.code]).toEqual([401, 'auth.bad_credentials']);
      expect((await office.act('GET', user.id)).body.passwordLocked).toBe(true);
      expect((await app.post('/v1/auth/email/verification/confirm', { token: former.token, newPassword: NEW_PASSWORD })).status).toBe(400);
      const mail = await app.mailbox.newest(user.email, former);
      expect((await app.post('/v1/auth/password/reset', { token: mail.token, newPassword: NEW_PASSWORD })).status).toBe(204);
      await signIn(app, user.email, NEW_PASSWORD);
      expect((await office.act('GET', user.id)).body).toMatchObject({ passwordLocked: false, emailVerified: true });
      expect((await office.onRecord(user.id)).map(({ action }) => action)).toEqual(['sessions.ended', 'password.reset_forced']);
    });

    it('is refused where no mail could bring the owner back', async () => {
      const { id } = await register(app, { email: undefined, mobile: `+1202555${String(process.pid % 10_000).padStart(4, '0')}` });
      for (const path of ['password-reset', 'email-verification']) {
        const answer = await office.act('POST', `${id}/${path}`);
        expect([path, answer.status, answer.body.code]).toEqual([path, 409, 'user.email_missing']);
      }
      expect((await office.act('GET', id)).body.passwordLocked).toBe(false);
    });

    it('is the only way: no body of any route takes a password', async () => {
      const user = await register(app);
      const before = await app.rows('SELECT password_hash FROM users WHERE id = $1', [user.id]);
      for (const field of ['password', 'newPassword', 'passwordHash', 'password_hash']) {
        const body = { [field]: NEW_PASSWORD };
        for (const [method, path] of [
          ['PATCH', ''],
          ['POST', '/disable'],
          ['PUT', '/roles'],
        ] as const) {
          expect((await office.act(method, `${user.id}${path}`, { ...body, reason: 'x', roles: ['user'] })).status).toBe(422);
        }
        await office.act('POST', `${user.id}/password-reset`, body);
      }
      expect(await app.rows('SELECT password_hash FROM users WHERE id = $1', [user.id])).toEqual(before);
    });
  });

  it('sends a confirmation mail again; the earlier one is dead', async () => {
    const user = await register(app);
    const first = await app.mailbox.newest(user.email);
    expect((await office.act('POST', `${user.id}/email-verification`)).status).toBe(202);
    const mail = await app.mailbox.newest(user.email, first);
    expect(
      (await app.post('/v1/auth/email/verification/confirm', { email: user.email, code: mail.secretCode, password: user.password })).status,
    ).toBe(200);
    expect((await office.act('POST', `${user.id}/email-verification`)).status).toBe(202);
    expect(
      await app.rows('SELECT 1 AS open FROM challenges WHERE user_id = $1 AND consumed_at IS NULL AND superseded_at IS NULL', [user.id]),
    ).toEqual([]);
    expect((await office.onRecord(user.id)).map(({ action }) => action)).toEqual([
      'email.verification_requested',
      'email.verification_requested',
    ]);
  });

  it('lists and ends sessions of an account', async () => {
    const user = await signedIn(app);
    const other = await signIn(app, user.email);
    const stranger = await signedIn(app);
    const { body } = await office.act('GET', `${user.id}/sessions`);
    expect(body.data.map(({ id }: { id: string }) => id).toSorted()).toEqual(
      [sidOf(user.accessToken), sidOf(other.accessToken)].toSorted(),
    );
    expect(body.data.every(({ current }: { current: boolean }) => !current)).toBe(true);
    // One that is somebody else's, ended, or none at all.
    for (const id of [sidOf(stranger.accessToken), NOBODY, 'x']) {
      const answer = await office.act('DELETE', `${user.id}/sessions/${id}`);
      expect([answer.status, answer.body.code]).toEqual([404, 'session.not_found']);
    }
    expect((await office.act('DELETE', `${user.id}/sessions/${sidOf(user.accessToken)}`)).status).toBe(204);
    await office.expectRefused(user);
    expect((await app.get('/v1/users/me', { token: other.accessToken })).status).toBe(200);
    expect((await office.act('DELETE', `${user.id}/sessions`)).status).toBe(204);
    await office.expectRefused(other);
    expect((await app.get('/v1/users/me', { token: stranger.accessToken })).status).toBe(200);
    expect(await office.onRecord(user.id)).toEqual([
      { action: 'session.ended', details: { reason: 'by-admin' } },
      { action: 'sessions.ended', details: { reason: 'by-admin' } },
    ]);
  });

  it('deletes an account with what administrators wrote about it, on the version that was read', async () => {
    const user = await signedIn(app);
    await office.act('POST', `${user.id}/disable`, { reason: 'Zorilla of Lambeth' });
    const stale = await office.act('DELETE', user.id, undefined, { headers: { 'if-match': '"1"' } });
    expect(stale.status).toBe(412);
    expect((await office.act('DELETE', user.id, undefined, { headers: { 'if-match': await office.versionOf(user.id) } })).status).toBe(204);
    await office.expectRefused(user);
    expect((await office.act('GET', user.id)).body.code).toBe('user.not_found');
    expect((await office.act('DELETE', user.id)).status).toBe(404);
    const events = await app.rows<{ row: string; action: string }>(
      'SELECT e::text AS row, action, actor_id, ip FROM audit_events e WHERE subject_id = $1',
      [user.id],
    );
    expect(events.map(({ row }) => row).join('\n')).not.toMatch(/Zorilla|@example/);
    expect((await office.onRecord(user.id)).map(({ action }) => action)).toEqual([
      'sessions.ended',
      'account.disabled',
      'sessions.ended',
      'account.deleted',
    ]);
    expect(
      events
        // What was read before, and not on record yet, has lost its address with the account.
        .filter((event) => 'actor_id' in event && event.actor_id === office.admin.id && event.action !== 'administration.read')
        .every((event) => 'ip' in event && event.ip === '127.0.0.1'),
    ).toBe(true);
  });

  it.each(['', '/disable', '/enable', '/roles', '/password-reset', '/email-verification', '/sessions', `/sessions/${NOBODY}`])(
    'knows nobody by a strange id at %s',
    async (path) => {
      const bodies: Record<string, unknown> = {
        '/disable': { reason: 'x' },
        '/enable': { reason: 'x' },
        '/roles': { roles: ['user'] },
        '': {},
      };
      const methods: Record<string, Method[]> = { '': ['GET', 'PATCH', 'DELETE'], '/roles': ['PUT'], '/sessions': ['GET', 'DELETE'] };
      for (const id of [NOBODY, 'x', '42', `${NOBODY}%00`, "'%20OR%201=1", '%E0%A4%A']) {
        for (const method of methods[path] ?? [path.startsWith('/sessions/') ? 'DELETE' : 'POST']) {
          const answer = await office.act(method, `${id}${path}`, method === 'GET' || method === 'DELETE' ? undefined : bodies[path]);
          expect([id, method, id === '%E0%A4%A' ? 400 : 404]).toEqual([id, method, answer.status]);
        }
      }
    },
  );
});
