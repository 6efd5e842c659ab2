import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn, signedIn } from '../support/accounts.js';
import { createDatabase, execute } from '../support/databases.js';
import { NEW_PASSWORD } from '../support/password-reset.js';
import { type Answer, type TestApp, startApp } from '../support/start-app.js';
import { sidOf } from '../support/tokens.js';

/** Accounts go on for a while after a backup; then a server runs on the restored backup. */
describe('a database that was restored', () => {
  let app: TestApp;
  let user: Awaited<ReturnType<typeof signedIn>>;
  let newest: string;
  let link: string;
  let code: string;
  let unknown: { email: string; ticket: string; code: string };

  beforeAll(async () => {
    const databaseUrl = await createDatabase();
    const before = await startApp({}, databaseUrl);
    user = await signedIn(before);
    const asked = await before.mailbox.newest(user.email);
    await before.stop();
    const backup = new URL(databaseUrl);
    backup.pathname = `${backup.pathname}_backup`;
    await execute(inject('postgresUrl'), `CREATE DATABASE ${backup.pathname.slice(1)} TEMPLATE ${new URL(databaseUrl).pathname.slice(1)}`);

    const meanwhile = await startApp({}, databaseUrl);
    newest = user.refreshToken;
    for (let i = 0; i < 3; i += 1) newest = (await meanwhile.post('/v1/auth/refresh', { refreshToken: newest })).body.refreshToken;
    await meanwhile.post('/v1/auth/password/forgot', { identifier: user.email });
    const reset = await meanwhile.mailbox.newest(user.email);
    expect(reset.messageId).not.toBe(asked.messageId);
    [link, code] = [reset.token, reset.secretCode];
    const email = freshEmail();
    const { body } = await meanwhile.post('/v1/auth/register', { email, password: PASSWORD });
    unknown = { email, ticket: body.registrationTicket, code: (await meanwhile.mailbox.newest(email)).secretCode };
    await meanwhile.stop();

    app = await startApp({}, backup.href);
  });
  afterAll(() => app.stop());

  const expectAdvice = ({ status, body }: Answer): void => {
    expect([status, body.code]).toEqual([400, 'challenge.invalid']);
    expect(body.detail).toContain('Ask for a new one');
  };

  it('goes on with refresh tokens that are newer, without an alarm', async () => {
    const answer = await app.post('/v1/auth/refresh', { refreshToken: newest });
    expect(answer.status).toBe(200);
    expect((await app.post('/v1/auth/refresh', { refreshToken: answer.body.refreshToken })).status).toBe(200);
    expect((await app.get('/v1/users/me', { token: answer.body.accessToken })).status).toBe(200);
    expect(await app.rows(`SELECT 1 FROM audit_events WHERE action IN ('session.refresh_refused', 'session.ended')`)).toEqual([]);
    expect(await app.rows('SELECT 1 FROM sessions WHERE id = $1 AND revoked_at IS NULL', [sidOf(user.accessToken)])).toHaveLength(1);
  });

  it('refuses newer links and codes with the advice to ask for new ones, which work', async () => {
    expectAdvice(await app.post('/v1/auth/password/reset', { token: link, newPassword: NEW_PASSWORD }));
    expectAdvice(await app.post('/v1/auth/password/reset', { identifier: user.email, code, newPassword: NEW_PASSWORD }));
    expectAdvice(await app.post('/v1/auth/email/verification/confirm', { ticket: unknown.ticket, code: unknown.code }));
    await signIn(app, user.email);
    await app.post('/v1/auth/password/forgot', { identifier: user.email });
    const { token } = await app.mailbox.newest(user.email);
    expect((await app.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD })).status).toBe(204);
    await register(app, { email: unknown.email });
  });
});
