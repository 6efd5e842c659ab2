import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT_SLUGS } from '../src/contracts/shared/contract-slugs.js';
import { PASSWORD, register, signIn } from './support/accounts.js';
import { CommandLine } from './support/command-line.js';
import { ContractClient, startContracts } from './support/contracts.js';
import { forgetStep, totpCode } from './support/factors.js';
import { type Operation, fill, operationsOf } from './support/operations.js';
import { attempt, begin } from './support/sign-ins.js';
import type { Answer, TestApp } from './support/start-app.js';
import { claimsOf } from './support/tokens.js';

/** As the settings are where nobody has set any, but for limits that a test needs wider. */
const PRODUCTION = {
  NODE_ENV: 'production',
  APP_SECRET: 'gYtE2vQ8xLr5nKpZ3wMbH7cJ1dF6sA9uTq4R0iVyXoWk',
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_WORKER: 'off',
  RATE_LIMIT: 'on',
  LIMIT_REGISTER: '1000/3600',
  LIMIT_SIGN_IN_NETWORK: '10000/900',
};

const LOGINS = {
  'test-library': '/users/login',
  'entity-user': '/login',
  sadhelx: '/login',
  'user-auth': '/user/login',
  'user-spec': '/users/login',
};

describe('the first administrator in production', () => {
  let app: TestApp;
  let cli: CommandLine;
  beforeAll(async () => {
    app = await startContracts(PRODUCTION);
    cli = new CommandLine(String(app.settings.DATABASE_URL), { APP_SECRET: PRODUCTION.APP_SECRET });
  });
  afterAll(async () => {
    await app.stop();
    cli.clear();
  });

  interface Administrator {
    id: string;
    email: string;
    username: string;
    password: string;
  }
  let serial = 0;
  const created = async (): Promise<Administrator> => {
    serial += 1;
    const [username, email] = [`root${serial}`, `root${serial}@example.com`];
    const { json, code } = await cli.run('admin', 'create', '--username', username, '--email', email, '--json');
    expect(code).toBe(0);
    const [{ id } = { id: '' }] = await app.rows<{ id: string }>('SELECT id FROM users WHERE username = $1', [username]);
    return { id, email, username, password: json.password };
  };
  const login = ({ username, password }: Administrator, to = app): Promise<Answer> =>
    to.post('/v1/auth/login', { identifier: username, password });
  const at = ({ id, secret }: { id: string; secret: string }, path: string, body: object = {}, to = app): Promise<Answer> =>
    to.post(`/v1/sign-ins/${id}/authenticators/${path}`, body, { headers: { 'sign-in-secret': secret } });
  const enrolled = async (admin: Administrator) => {
    const { signIn: begun } = (await login(admin)).body;
    const { id, secret } = (await at(begun, 'totp')).body;
    const { body } = await at(begun, `${id}/confirm`, { code: totpCode(secret) });
    expect(body.status).toBe('complete');
    return { id, secret, recoveryCodes: body.recoveryCodes as string[], token: body.session.accessToken as string };
  };
  const administration = async (): Promise<Operation[]> =>
    (await operationsOf(app)).filter(
      ({ access }) => access?.kind === 'roles' && access.roles.includes('admin') && access.roles.length === 1,
    );
  const sessionsOf = (id: string): Promise<object[]> => app.rows('SELECT id FROM sessions WHERE user_id = $1', [id]);

  it('needs a second factor by the settings that nobody has set', () => {
    expect([app.settings.MFA, app.settings.ADMIN_REQUIRES]).toEqual(['required-for-admins', 'aal2']);
  });

  it('opens no session by the password alone, whichever door is tried', async () => {
    const admin = await created();
    const refused = await login(admin);
    expect([refused.status, refused.body.code, refused.body.signIn.status]).toEqual([403, 'auth.enrollment_required', 'needs_enrollment']);
    const begun = await begin(app, { identifier: admin.email, password: admin.password });
    expect([begun.status, begun.factors.length]).toEqual(['needs_enrollment', 2]);
    // Neither the password again nor the way of those who have a factor goes on.
    for (const answer of [
      { password: admin.password },
      { totp: '123456' },
      { recoveryCode: 'AAAA-AAAA-AAAA-AAAA' },
      { newPassword: 'nine quiet owls read on' },
    ])
      expect((await attempt(app, begun, answer)).body.code).toBe('sign_in.wrong_state');
    for (const slug of CONTRACT_SLUGS) {
      const { email, password } = admin;
      const fields = { email, identity: email, username: slug === 'user-spec' ? email : admin.username, password };
      const answer = await new ContractClient(app, slug).send('POST', LOGINS[slug], fields);
      expect([slug, answer.status >= 400 && answer.status < 500, answer.text.includes('token')]).toEqual([slug, true, false]);
    }
    // A new password is another first factor, and no more.
    const { out } = await cli.run('admin', 'reset-link', '--user', admin.username);
    const token = /token=([\w.~-]+)/.exec(out.join('\n'))?.[1];
    const newPassword = 'nine quiet owls read on';
    expect((await app.post('/v1/auth/password/reset', { token, newPassword })).status).toBe(204);
    expect((await login({ ...admin, password: newPassword })).body.code).toBe('auth.enrollment_required');
    expect(await sessionsOf(admin.id)).toEqual([]);
  });

  it('administers nothing in a session from before the role, refreshed or not, until a factor is set up', async () => {
    const account = await register(app);
    await app.rows('UPDATE users SET email_verified_at = now(), activated_at = now() WHERE id = $1', [account.id]);
    const before = await signIn(app, account.email);
    await app.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [account.id]);
    const { body } = await app.post('/v1/auth/refresh', { refreshToken: before.refreshToken });
    expect(claimsOf(body.accessToken).acr).toBe('urn:latchkey:aal1');
    const operations = await administration();
    expect(operations.length).toBeGreaterThan(15);
    for (const token of [before.accessToken, body.accessToken]) {
      for (const { method, path } of operations) {
        const answer = await app.call(method, fill(path, '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11'), {
          token,
          body: method === 'GET' ? undefined : {},
        });
        expect([method, path, [401, 403].includes(answer.status)]).toEqual([method, path, true]);
        expect(['auth.step_up_required', 'access.forbidden']).toContain(answer.body.code);
      }
    }
    // Stepping up leads to the same enrolment.
    const stepUp = await begin(app, { purpose: 'step_up', requiredAal: 2 }, { token: body.accessToken });
    expect((await attempt(app, stepUp, { password: PASSWORD })).body.status).toBe('needs_enrollment');
    const { id, secret } = (await at(stepUp, 'totp')).body;
    const done = await at(stepUp, `${id}/confirm`, { code: totpCode(secret) });
    expect((await app.get('/v1/users', { token: done.body.session.accessToken })).status).toBe(200);
  });

  it('administers with the factor that was set up on the way in', async () => {
    const { token } = await enrolled(await created());
    expect(claimsOf(token)).toMatchObject({ acr: 'urn:latchkey:aal2' });
    expect((await app.get('/v1/users', { token })).status).toBe(200);
  });

  it('begins again when the time for it is over', async () => {
    const admin = await created();
    const { signIn: begun } = (await login(admin)).body;
    const late = (await at(begun, 'totp')).body;
    await app.rows("UPDATE sign_ins SET expires_at = now() - interval '1 second' WHERE id = $1", [begun.id]);
    const over = await at(begun, `${late.id}/confirm`, { code: totpCode(late.secret) });
    expect([over.status, over.body.code]).toEqual([410, 'sign_in.expired']);
    expect((await enrolled(admin)).recoveryCodes).toHaveLength(10);
  });

  it('goes on where it was after the server has stopped in between', async () => {
    const admin = await created();
    const { signIn: begun } = (await login(admin)).body;
    const { id, secret } = (await at(begun, 'totp')).body;
    const next = await startContracts(PRODUCTION, String(app.settings.DATABASE_URL));
    try {
      expect((await at(begun, `${id}/confirm`, { code: totpCode(secret) }, next)).body.status).toBe('complete');
    } finally {
      await next.stop();
    }
  });

  it('is not locked out when the answer with the session and the recovery codes was lost', async () => {
    const admin = await created();
    const { id, secret } = await enrolled(admin);
    const { signIn: begun } = (await login(admin)).body;
    await forgetStep(app, id);
    const { session } = (await attempt(app, begun, { totp: totpCode(secret) })).body;
    const codes = await app.post('/v1/users/me/recovery-codes', {}, { token: session.accessToken });
    expect([codes.status, codes.body.recoveryCodes.length]).toEqual([201, 10]);
  });

  it('who has lost the app and the recovery codes is let in anew from the command line', async () => {
    const admin = await created();
    const { token } = await enrolled(admin);
    const { code, out } = await cli.run('users', 'factors', 'reset', admin.username, '--reason', 'Lost the phone and the codes');
    expect([code, out.join('\n')]).toEqual([0, expect.stringContaining(`Removed 1 second factor of ${admin.username}, `)]);
    expect((await app.get('/v1/users', { token })).status).toBe(401);
    expect((await login(admin)).body.code).toBe('auth.enrollment_required');
    expect((await app.get('/v1/users', { token: (await enrolled(admin)).token })).status).toBe(200);
  });
});
