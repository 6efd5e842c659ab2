import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountDeletionService } from '../src/auth/account/account-deletion.service.js';
import { PASSWORD, type TestUser, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { authorized } from './support/authorized.js';
import { TOLD_MS, poll } from './support/poll.js';
import { type Answer, type CallOptions, PUBLIC_URL, type TestApp, sharedApp, startApp } from './support/start-app.js';
import { dump } from './support/tables.js';
import { sidOf } from './support/tokens.js';

const ME = '/v1/users/me';
const REFRESH_COOKIE = '__Host-latchkey-refresh';
const WRONG = 'four bright birds sang';

describe('deleting one’s account', () => {
  let app: TestApp;
  let second: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
    second = await startApp({}, app.settings.DATABASE_URL);
  });
  afterAll(async () => {
    await second.stop();
    await app.stop();
  });

  const remove = (token: string | undefined, body: unknown = { password: PASSWORD }, options: CallOptions = {}): Promise<Answer> =>
    app.call('DELETE', ME, { token, body, ...options });

  it('leaves nothing of the person in any table, and of their acts the bare id', async () => {
    const traces = {
      email: freshEmail('Zebulon'),
      username: `Zebulon.Q.${process.pid}`,
      mobile: '+1 (415) 555-0132',
      firstName: 'Zébulon',
      lastName: 'Quatermain',
    };
    const remoteAddress = '203.0.113.77';
    const headers = { 'user-agent': 'Trace/7.7 (Zeppelin)' };
    const from = { remoteAddress, headers };
    const { id } = (await app.post('/v1/auth/register', { ...traces, locale: 'de-CH', password: PASSWORD }, from)).body;
    const first = await app.post('/v1/auth/login', { identifier: traces.username, password: PASSWORD }, from);
    const token = first.body.accessToken;
    await app.call('PATCH', ME, { token, body: { metadata: { nickname: 'Zeb-o-matic' } }, ...from });
    await app.post('/v1/auth/login', { identifier: traces.email, password: WRONG }, from);
    await app.post('/v1/auth/email/verification', { email: traces.email }, from);
    await app.post('/v1/auth/email/verification/confirm', { email: traces.email, code: '000000' }, from);
    await app.post('/v1/auth/refresh', { refreshToken: first.body.refreshToken }, from);
    await app.get(`${ME}/export`, { token, ...from });
    // A mail that has not left yet, and one that never will.
    await app.rows(
      `INSERT INTO mails (id, dedupe_key, kind, user_id, recipient, params, message_id, due_at, state, last_error) VALUES
       (gen_random_uuid(), 'later', 'confirm-email', $1, $2, '{"firstName":"Zébulon"}', '<later@test>', now() + interval '1 day', 'queued', NULL),
       (gen_random_uuid(), 'never', 'confirm-email', $1, $2, '{}', '<never@test>', now(), 'failed', $3)`,
      [id, traces.email, `550 5.1.1 <${traces.email}> unknown`],
    );
    const found = [
      ...Object.values(traces),
      traces.email.toLowerCase(),
      traces.username.toLowerCase(),
      '+14155550132',
      'Zeb-o-matic',
      remoteAddress,
      'Trace/7.7',
      sidOf(token),
    ];
    const before = [...(await dump(app)).values()].flat().join('\n');
    for (const trace of found) expect(before).toContain(trace);

    expect((await remove(token, undefined, { body: { password: PASSWORD }, ...from })).status).toBe(204);

    const after = await dump(app);
    expect(after.size).toBeGreaterThan(10);
    const left = [...after].flatMap(([table, rows]) =>
      found.filter((trace) => rows.join('\n').includes(trace)).map((trace) => `${table}: ${trace}`),
    );
    // That this session is dead has to be known until its last access token has expired.
    expect(left).toEqual([`public.revocations: ${sidOf(token)}`]);
    expect([...after].filter(([, rows]) => rows.join('\n').includes(id)).map(([table]) => table)).toEqual(['public.audit_events']);
    const events = await app.rows<{ action: string }>(
      'SELECT action, ip, user_agent FROM audit_events WHERE subject_id = $1 OR actor_id = $1 ORDER BY id',
      [id],
    );
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        'account.registered',
        'session.opened',
        'password.checked',
        'account.exported',
        'sessions.ended',
        'account.deleted',
      ]),
    );
    expect(events).toEqual(events.map(({ action }) => ({ action, ip: null, user_agent: null })));
  });

  it('leaves other accounts, and what is on record of them, as they are', async () => {
    const [other, user] = [await signedIn(app), await signedIn(app)];
    const rows = () =>
      app.rows(
        `SELECT u.*, (SELECT json_agg(s) FROM sessions s WHERE s.user_id = u.id) AS sessions, (SELECT json_agg(m.id) FROM mails m WHERE m.user_id = u.id) AS mails,
                (SELECT json_agg(e) FROM audit_events e WHERE e.subject_id = u.id) AS events FROM users u WHERE id = $1`,
        [other.id],
      );
    const before = await rows();
    expect((await remove(user.accessToken)).status).toBe(204);
    expect(await rows()).toEqual(before);
    expect((await app.get(ME, { token: other.accessToken })).status).toBe(200);
  });

  it('ends every session at once, on this node and within a second on others', async () => {
    const user = await signedIn(app);
    const elsewhere = await signIn(second, user.email);
    expect((await second.get(ME, { token: elsewhere.accessToken })).status).toBe(200);
    expect((await remove(user.accessToken)).status).toBe(204);
    const refused = await app.get(ME, { token: elsewhere.accessToken });
    expect([refused.status, refused.body.code]).toEqual([401, 'token.revoked']);
    await poll(
      'the other node to refuse',
      async () => ((await second.get('/v1/auth/verify', { token: elsewhere.accessToken })).status === 401 ? true : undefined),
      TOLD_MS,
    );
    for (const node of [app, second]) {
      for (const { refreshToken } of [user, elsewhere]) {
        expect((await node.post('/v1/auth/refresh', { refreshToken })).body.code).toBe('refresh_token.invalid');
      }
      expect((await node.post('/v1/auth/login', { identifier: user.email, password: PASSWORD })).body.code).toBe('auth.bad_credentials');
    }
    expect((await remove(user.accessToken)).body.code).toBe('token.revoked');
  });

  it('frees the address, the number and the username', async () => {
    const fields = { username: `Reborn.${process.pid}`, mobile: '+12025550111' };
    const user = await signedIn(app, fields);
    await remove(user.accessToken);
    const again = await register(app, { ...fields, email: user.email });
    expect(again.id).not.toBe(user.id);
  });

  it('takes the refresh cookie away', async () => {
    const { email } = await register(app);
    const headers = { origin: PUBLIC_URL };
    const { body } = await app.post('/v1/auth/login', { identifier: email, password: PASSWORD, session: 'cookie' }, { headers });
    const answer = await remove(body.accessToken, { password: PASSWORD }, { headers: { cookie: `${REFRESH_COOKIE}=x` } });
    expect(answer.status).toBe(204);
    expect(String(answer.headers['set-cookie'])).toContain(`${REFRESH_COOKIE}=; Max-Age=0`);
  });

  describe('takes the password', () => {
    it('and counts wrong ones like those of a sign-in', async () => {
      const limited = await startApp({ RATE_LIMIT: 'on' }, app.settings.DATABASE_URL);
      try {
        const user = await signedIn(limited);
        const tries: Answer[] = [];
        for (let i = 0; i < 6; i += 1) tries.push(await limited.call('DELETE', ME, { token: user.accessToken, body: { password: WRONG } }));
        expect(tries.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
        expect(tries[0]?.body.code).toBe('auth.bad_credentials');
        expect((await limited.call('DELETE', ME, { token: user.accessToken, body: { password: PASSWORD } })).status).toBe(429);
        expect((await limited.post('/v1/auth/login', { identifier: user.email, password: PASSWORD })).status).toBe(401);
        expect((await limited.get(ME, { token: user.accessToken })).status).toBe(200);
        const [activity] = await app.rows<{ password_failures: number }>('SELECT password_failures FROM user_activity WHERE user_id = $1', [
          user.id,
        ]);
        expect(activity?.password_failures).toBe(5);
      } finally {
        await limited.stop();
      }
    });

    it.each([
      undefined,
      {},
      { password: '' },
      { password: null },
      { password: 7 },
      { password: [PASSWORD] },
      { password: PASSWORD, userId: 'x' },
      [],
      'x',
    ])('and not %j', async (body) => {
      const { accessToken } = await signedIn(app);
      const answer = await app.call('DELETE', ME, { token: accessToken, body });
      expect([400, 415, 422]).toContain(answer.status);
      expect((await app.get(ME, { token: accessToken })).status).toBe(200);
    });

    it('of a signed-in caller', async () => {
      expect((await remove(undefined)).body.code).toBe('access.unauthenticated');
    });
  });

  describe('of an administrator', () => {
    let admins: TestUser[];
    beforeAll(async () => {
      await app.rows(`UPDATE users SET roles = '{user}' WHERE 'admin' = ANY (roles)`);
      admins = await Promise.all([signedIn(app), signedIn(app), signedIn(app)]);
      await app.rows(`UPDATE users SET roles = '{user,admin}' WHERE id = ANY ($1)`, [admins.map(({ id }) => id)]);
    });

    it('keeps the last one who can act, whoever asks at the same time', async () => {
      const [disabled, ...active] = admins;
      await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled?.id]);
      const answers = await Promise.all(
        active.map(({ accessToken }, i) =>
          (i === 0 ? app : second).call('DELETE', ME, { token: accessToken, body: { password: PASSWORD } }),
        ),
      );
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409]);
      expect(answers.find(({ status }) => status === 409)?.body.code).toBe('user.last_admin');

      const left = active[answers.findIndex(({ status }) => status === 409)];
      const again = await remove(left?.accessToken);
      expect([again.status, again.body.code]).toEqual([409, 'user.last_admin']);
      expect((await app.get(ME, { token: left?.accessToken })).body.roles).toContain('admin');

      await app.rows('UPDATE users SET disabled_at = NULL WHERE id = $1', [disabled?.id]);
      expect((await remove(left?.accessToken)).status).toBe(204);
    });

    it('serves administration and other wire formats: no password is asked, and the admin’s address stays on record', async () => {
      const [admin, user] = [await signedIn(app), await signedIn(app)];
      const caller = { ip: '198.51.100.99', userAgent: 'Admin/1', requestId: 'x', limits: [] };
      const deletion = app.nest.get(AccountDeletionService);
      const leave = () => authorized(app, user.id, 'deletion', { actorId: admin.id, caller });
      const late = await leave();
      await deletion.delete(await leave(), caller);
      const [event] = await app.rows(`SELECT actor_id, ip FROM audit_events WHERE action = 'account.deleted' AND subject_id = $1`, [
        user.id,
      ]);
      expect(event).toEqual({ actor_id: admin.id, ip: '198.51.100.99' });
      await expect(deletion.delete(late, caller)).rejects.toMatchObject({ code: 'user.not_found' });
      await expect(leave()).rejects.toMatchObject({ code: 'user.not_found' });
      expect((await app.get(ME, { token: user.accessToken })).body.code).toBe('token.revoked');
    });
  });
});
