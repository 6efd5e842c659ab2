import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type TestUser, signIn } from './support/accounts.js';
import { DeletionFlow } from './support/account-deletion.js';
import { signedInAdmin } from './support/administrators.js';
import { CommandLine } from './support/command-line.js';
import { factorsOf, plantTotp } from './support/second-factor.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const REASON = 'Lost her phone, came in person';

describe('second factors that somebody has lost', () => {
  let app: TestApp;
  let admin: TestUser;
  let cli: CommandLine;
  beforeAll(async () => {
    app = await sharedApp();
    admin = await signedInAdmin(app);
    cli = new CommandLine(String(app.settings.DATABASE_URL));
  });
  afterAll(async () => {
    await app.stop();
    cli.clear();
  });

  const { proven } = new DeletionFlow(() => app);
  const owner = async () => {
    const user = await proven();
    return { ...user, totp: await plantTotp(app, user.id) };
  };
  const act = (method: 'GET' | 'DELETE', path: string, body?: object, token = admin.accessToken): Promise<Answer> =>
    app.call(method, `/v1/users/${path}`, { token, body });
  const eventsOf = (id: string): Promise<object[]> =>
    app.rows(`SELECT actor_id, details->>'note' AS note FROM audit_events WHERE subject_id = $1 AND action = 'authenticators.reset'`, [id]);
  it('are listed for administrators, without a secret', async () => {
    const user = await owner();
    const { status, body, text } = await act('GET', `${user.id}/authenticators`);
    expect([status, body.data]).toEqual([
      200,
      [{ id: user.totp.id, type: 'totp', name: 'Phone', createdAt: expect.any(String), lastUsedAt: null }],
    ]);
    expect(text).not.toContain('secret');
    expect((await act('GET', `${user.id}/authenticators`, undefined, user.accessToken)).status).toBe(403);
    expect((await act('GET', `${crypto.randomUUID()}/authenticators`)).status).toBe(404);
  });

  it('are removed by an administrator with a reason; sessions end, the owner is told, and the account demands a new one', async () => {
    const user = await owner();
    await app.rows(`INSERT INTO recovery_codes (id, user_id, generation, mac) VALUES (gen_random_uuid(), $1, 1, '\\x00')`, [user.id]);
    expect((await act('DELETE', `${user.id}/authenticators`, {})).status).toBe(422);
    expect((await act('DELETE', `${user.id}/authenticators`, { reason: ' ' })).status).toBe(422);
    expect(await factorsOf(app, user.id)).toEqual(['totp']);
    expect((await act('DELETE', `${user.id}/authenticators`, { reason: REASON })).status).toBe(204);
    expect(await factorsOf(app, user.id)).toEqual([]);
    expect(await app.rows('SELECT id FROM recovery_codes WHERE user_id = $1', [user.id])).toEqual([]);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body.code).toBe('token.revoked');
    expect(await eventsOf(user.id)).toEqual([{ actor_id: admin.id, note: REASON }]);
    expect(await app.rows(`SELECT kind FROM mails WHERE user_id = $1 AND kind = 'factors-reset'`, [user.id])).toHaveLength(1);
    const next = await app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD });
    expect([next.status, next.body.code]).toEqual([403, 'auth.enrollment_required']);
  });

  it('are removed one by one, and the others stay', async () => {
    const user = await owner();
    const second = await plantTotp(app, user.id);
    const gone = await act('DELETE', `${user.id}/authenticators/${user.totp.id}`, { reason: REASON });
    expect(gone.status).toBe(204);
    expect((await act('GET', `${user.id}/authenticators`)).body.data.map(({ id }: { id: string }) => id)).toEqual([second.id]);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).status).toBe(401);
    expect((await act('DELETE', `${user.id}/authenticators/${user.totp.id}`, { reason: REASON })).body.code).toBe(
      'authenticator.not_found',
    );
    expect((await act('DELETE', `${user.id}/authenticators/nothing`, { reason: REASON })).status).toBe(404);
    expect(await eventsOf(user.id)).toHaveLength(1);
    expect(await app.rows(`SELECT kind FROM mails WHERE user_id = $1 AND kind = 'authenticator-removed'`, [user.id])).toHaveLength(1);
  });

  it('of the administrator are not removed this way', async () => {
    const own = await act('DELETE', `${admin.id}/authenticators`, { reason: REASON });
    expect([own.status, own.body.code]).toEqual([409, 'authenticator.own_account']);
    const one = await act('DELETE', `${admin.id}/authenticators/${crypto.randomUUID()}`, { reason: REASON });
    expect(one.status).toBe(409);
  });

  it('take a proof of the last minutes', async () => {
    const user = await owner();
    const other = await signedInAdmin(app);
    await app.rows(`UPDATE sessions SET auth_time = now() - interval '10 minutes' WHERE user_id = $1`, [other.id]);
    const { accessToken } = (await app.post('/v1/auth/refresh', { refreshToken: other.refreshToken })).body;
    const old = await act('DELETE', `${user.id}/authenticators`, { reason: REASON }, accessToken);
    expect([old.status, old.body.code, old.body.maxAge]).toEqual([401, 'auth.step_up_required', 300]);
    expect(await factorsOf(app, user.id)).toEqual(['totp']);
  });

  it('of the only administrator are removed on the command line', async () => {
    const user = await owner();
    await app.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [user.id]);
    const { code, json } = await cli.run('users', 'factors', 'reset', user.email, '--reason', REASON, '--json');
    expect([code, json]).toEqual([0, { id: user.id, removed: 1 }]);
    expect(await factorsOf(app, user.id)).toEqual([]);
    expect(await eventsOf(user.id)).toEqual([{ actor_id: null, note: REASON }]);
    expect((await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).status).toBe(401);
    expect(await app.rows(`SELECT kind FROM mails WHERE user_id = $1 AND kind = 'factors-reset'`, [user.id])).toHaveLength(1);
  });

  it('are left alone by a command that is not whole', async () => {
    const user = await owner();
    expect((await cli.run('users', 'factors', 'reset', user.email)).code).toBe(2);
    expect((await cli.run('users', 'factors', 'remove', user.email, '--reason', REASON)).code).toBe(2);
    const unknown = await cli.run('users', 'factors', 'reset', 'nobody@example.com', '--reason', REASON, '--json');
    expect([unknown.code, unknown.json.code]).toEqual([1, 'user.not_found']);
    expect(await factorsOf(app, user.id)).toEqual(['totp']);
    expect((await app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD })).status).toBe(403);
  });

  it('are in no export, and the account demands a new one where the file is imported', async () => {
    const user = await owner();
    const file = cli.path('users.ndjson');
    expect((await cli.run('users', 'export', file)).code).toBe(0);
    const text = readFileSync(file, 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; mfaRequiredAt: string | null });
    expect(lines.find(({ id }) => id === user.id)?.mfaRequiredAt).toMatch(/^\d{4}-/);
    expect(lines.find(({ id }) => id === admin.id)?.mfaRequiredAt).toBeNull();
    expect(text).not.toContain('secret');
  });

  it('leave somebody who needed none with the password alone', async () => {
    const user = await proven();
    expect((await act('DELETE', `${user.id}/authenticators`, { reason: REASON })).status).toBe(204);
    await signIn(app, user.email);
  });
});
