import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, signedIn } from './support/accounts.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';
import { sidOf } from './support/tokens.js';

const EXPORT = '/v1/users/me/export';

describe('exporting one’s account', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const take = (token?: string): Promise<Answer> =>
    app.get(EXPORT, { token, headers: { 'user-agent': 'Export/1' }, remoteAddress: '203.0.113.5' });

  it('is a file with everything that is kept of the account', async () => {
    const user = await signedIn(app, { username: `Ida.${process.pid}`, firstName: 'Ida', locale: 'en-GB', mobile: '+12025550123' });
    const mail = await app.mailbox.newest(user.email);
    await app.call('PATCH', '/v1/users/me', { token: user.accessToken, body: { metadata: { theme: 'dark' } } });
    await app.post('/v1/auth/email/verification/confirm', { email: user.email, code: mail.secretCode, password: user.password });
    // It has arrived before the server knows that.
    await poll('the mail to be known as sent', async () => {
      const [stored] = await app.rows<{ state: string }>('SELECT state FROM mails WHERE user_id = $1', [user.id]);
      return stored?.state === 'sent' ? true : undefined;
    });

    const answer = await take(user.accessToken);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="account.json"',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const me = (await app.get('/v1/users/me', { token: user.accessToken })).body;
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(answer.body).toEqual({
      exportedAt: time,
      account: {
        ...me,
        metadata: { theme: 'dark' },
        emailVerifiedAt: time,
        recoveryEmail: null,
        recoveryMobile: null,
        mobileVerifiedAt: null,
        mfaRequiredAt: null,
        factors: [],
        activatedAt: null,
        disabledAt: null,
        version: 3,
        lastSignInAt: time,
        passwordFailures: 0,
      },
      heldEmails: [],
      identities: [],
      passkeys: [],
      sessions: [
        {
          id: sidOf(user.accessToken),
          clientId: 'latchkey',
          ip: '127.0.0.1',
          userAgent: expect.any(String),
          aal: 1,
          amr: ['pwd'],
          authTime: time,
          createdAt: time,
          lastUsedAt: time,
          expiresAt: time,
          endedAt: null,
          endReason: null,
        },
      ],
      authenticators: [],
      recoveryCodes: [],
      devices: [],
      challenges: [
        {
          purpose: 'confirm-email',
          address: user.email,
          tries: expect.any(Number),
          createdAt: time,
          expiresAt: time,
          usedAt: time,
          supersededAt: null,
        },
      ],
      mails: [{ kind: 'confirm-email', recipient: user.email, locale: 'en-GB', state: 'sent', params: {}, createdAt: time, sentAt: time }],
      events: expect.arrayContaining([
        {
          occurredAt: time,
          action: 'account.registered',
          outcome: 'success',
          byYou: true,
          ip: '127.0.0.1',
          userAgent: expect.any(String),
          details: {},
        },
        {
          occurredAt: time,
          action: 'account.exported',
          outcome: 'success',
          byYou: true,
          ip: '203.0.113.5',
          userAgent: 'Export/1',
          details: {},
        },
      ]),
    });
  });

  it('names former e-mail addresses as long as they are held', async () => {
    const user = await signedIn(app);
    await app.rows(`UPDATE users SET recovery_email = 'Before@example.com' WHERE id = $1`, [user.id]);
    await app.rows(`INSERT INTO held_emails (email_key, user_id, held_until) VALUES ('before@example.com', $1, '2100-01-01T00:00:00Z')`, [
      user.id,
    ]);
    const { body } = await take(user.accessToken);
    expect(body.account.recoveryEmail).toBe('Before@example.com');
    expect(body.heldEmails).toEqual([{ email: 'before@example.com', heldUntil: '2100-01-01T00:00:00.000Z' }]);
  });

  it('holds no secret', async () => {
    const user = await signedIn(app);
    const mail = await app.mailbox.newest(user.email);
    const { text } = await take(user.accessToken);
    const [row] = await app.rows<{ password_hash: string }>('SELECT password_hash FROM users WHERE id = $1', [user.id]);
    const macs = await app.rows<{ mac: string }>(`SELECT encode(code_mac, 'hex') AS mac FROM challenges WHERE user_id = $1`, [user.id]);
    for (const secret of [
      PASSWORD,
      String(row?.password_hash),
      '$argon2',
      mail.secretCode,
      mail.token,
      user.accessToken,
      user.refreshToken,
      ...macs.map(({ mac }) => mac),
    ]) {
      expect(text).not.toContain(secret);
    }
  });

  it('is of the caller alone, and tells nothing of others who had to do with the account', async () => {
    const [user, admin] = [await signedIn(app), await signedIn(app)];
    await app.rows(
      `INSERT INTO audit_events (action, outcome, actor_id, subject_id, ip, user_agent) VALUES
       ('account.updated', 'success', $1, $2, '198.51.100.44', 'Admin/1'), ('password.checked', 'failure', NULL, $2, '198.51.100.45', 'Guess/1')`,
      [admin.id, user.id],
    );
    const { body, text } = await take(user.accessToken);
    expect(body.account.id).toBe(user.id);
    expect(text).not.toContain(admin.id);
    expect(text).not.toContain(admin.email);
    expect(text).not.toContain('198.51.100.44');
    expect(body.events).toContainEqual(expect.objectContaining({ action: 'account.updated', byYou: false, ip: null, userAgent: null }));
    expect(body.events).toContainEqual(
      expect.objectContaining({ action: 'password.checked', byYou: null, ip: '198.51.100.45', userAgent: 'Guess/1' }),
    );
    expect((await take()).body.code).toBe('access.unauthenticated');
  });

  it('is complete, however much there is', async () => {
    const user = await signedIn(app);
    await app.rows(
      `INSERT INTO audit_events (action, outcome, actor_id, subject_id) SELECT 'session.opened', 'success', $1, $1 FROM generate_series(1, 1234)`,
      [user.id],
    );
    await app.rows(
      `INSERT INTO sessions (id, user_id, client_id, idle_expires_at, expires_at, revoked_at, revoke_reason)
       SELECT gen_random_uuid(), $1, 'latchkey', now(), now(), now(), 'sign-out' FROM generate_series(1, 1000)`,
      [user.id],
    );
    await app.rows(
      `INSERT INTO mails (id, dedupe_key, kind, user_id, recipient, message_id, state) SELECT gen_random_uuid(), $2 || i, 'confirm-email', $1, $2, '<x@test>', 'failed' FROM generate_series(1, 500) i`,
      [user.id, user.email],
    );
    const { body } = await take(user.accessToken);
    expect(body.sessions).toHaveLength(1_001);
    expect(new Set(body.sessions.map(({ id }: { id: string }) => id)).size).toBe(1_001);
    expect(body.mails).toHaveLength(501);
    const [count] = await app.rows<{ count: number }>('SELECT count(*)::int FROM audit_events WHERE subject_id = $1', [user.id]);
    expect(body.events).toHaveLength(Number(count?.count));
    const times = body.events.map(({ occurredAt }: { occurredAt: string }) => occurredAt);
    expect(times).toEqual(times.toSorted());
  });

  it('has no body when only its head is asked for', async () => {
    const { accessToken } = await signedIn(app);
    const answer = await app.call('HEAD', EXPORT, { token: accessToken });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  it('is limited per account', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on', LIMIT_EXPORT: '2/60' }, app.settings.DATABASE_URL);
    try {
      const [user, other] = [await signedIn(limited, { email: freshEmail() }), await signedIn(limited)];
      for (let i = 0; i < 2; i += 1) expect((await limited.get(EXPORT, { token: user.accessToken })).status).toBe(200);
      expect((await limited.get(EXPORT, { token: user.accessToken })).body.code).toBe('request.throttled');
      expect((await limited.get(EXPORT, { token: other.accessToken })).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });
});
