import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountFlows } from './support/account-flows.js';
import { freshEmail, register, signedIn } from './support/accounts.js';
import { SecretHunt, breaking } from './support/secret-hunt.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const CANARY = 'canary-flies-over-nine-hills';
const NEW_CANARY = 'second-canary-dives-under-ice';

/** What the audit log says, oldest first. */
interface AuditRow {
  action: string;
  outcome: string;
  subject_id: string | null;
  request_id: string;
  details: { reason?: string };
}

describe('secrets', () => {
  let app: TestApp;
  const hunt = new SecretHunt();
  beforeAll(async () => {
    app = await sharedApp();
    await everyFlow();
    await new AccountFlows(app, hunt).run();
  });
  afterAll(() => app.stop());

  const post = (path: string, body?: object, token?: string): Promise<Answer> =>
    app.post(`/v1/auth/${path}`, body, { token, headers: { 'user-agent': 'spec' } });

  /** Uses each secret rightly, wrongly, and where it does not belong; succeeds, fails and breaks. */
  async function everyFlow(): Promise<void> {
    hunt.add('password', CANARY);
    hunt.add('new password', NEW_CANARY);
    const email = freshEmail();
    await post('register', { email, password: CANARY, firstName: 'Robin' });
    const earliest = await app.mailbox.newest(email);
    await post('register', { email, password: CANARY });
    await post('register', { email: CANARY, password: CANARY, extra: CANARY });
    const first = await app.mailbox.newest(email, earliest);
    hunt.addMail('first mail', first);
    await post('login', { identifier: CANARY, password: CANARY });
    await post('login', { identifier: email, password: NEW_CANARY });
    const opened = (await post('login', { identifier: email, password: CANARY })).body;
    hunt.addSession('login', opened);
    const refreshed = (await post('refresh', { refreshToken: opened.refreshToken })).body;
    hunt.addSession('refresh', refreshed);
    await post('refresh', { refreshToken: `${opened.refreshToken.slice(0, -2)}AA` });
    await post('refresh', { refreshToken: opened.accessToken });
    await app.get(`/v1/users/me?access_token=${opened.accessToken}&code=${first.secretCode}&token=${first.token}&password=${CANARY}`);
    await app.get(`/v1/nothing?token=${first.token}`);
    await app.get('/v1/users/me', { token: refreshed.refreshToken });
    await app.get('/v1/users/me', { token: refreshed.accessToken, headers: { cookie: `session=${refreshed.refreshToken}` } });
    await post('email/verification', { email });
    const second = await app.mailbox.newest(email, first);
    hunt.addMail('second mail', second);
    await post('email/verification/confirm', { email, code: first.secretCode });
    await post('email/verification/confirm', { token: first.token, password: CANARY });
    await post('email/verification/confirm', { token: second.token, password: NEW_CANARY });
    await post('email/verification/confirm', { token: second.token, newPassword: 'short' });
    await breaks(() => post('email/verification/confirm', { token: second.token, newPassword: NEW_CANARY }));
    await breaks(() => post('login', { identifier: email, password: CANARY }));
    await breaks(() => post('register', { email: freshEmail(), password: CANARY }));
    await post('email/verification/confirm', { token: second.token, newPassword: NEW_CANARY });
    hunt.addSession('after taking over', (await post('login', { identifier: email, password: NEW_CANARY })).body);
    const third = (await post('login', { identifier: email, password: NEW_CANARY })).body;
    hunt.addSession('third', third);
    await post('logout', undefined, third.accessToken);
  }

  const breaks = (act: () => Promise<Answer>): Promise<void> => breaking(app, act);
  const foundIn = (text: string): string[] => hunt.foundIn(text);

  it('are many, and would be found', () => {
    expect(hunt.size).toBeGreaterThan(40);
    expect(hunt.foundIn(`x ${NEW_CANARY} y`)).toEqual(['new password']);
  });

  it('are in no line of the log at level debug, which has every request and every failure', () => {
    const log = app.logs.join('');
    expect(foundIn(log)).toEqual([]);
    expect(log).not.toMatch(/\$argon2id\$|Bearer [\w-]|"code_mac"|private_key/);
    const requests = app.logs.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'Request');
    expect(requests.length).toBeGreaterThanOrEqual(25);
    for (const request of requests) {
      expect(request).toMatchObject({
        level: 'debug',
        method: expect.stringMatching(/^[A-Z]+$/),
        path: expect.stringMatching(/^\/[^?]*$/),
        status: expect.any(Number),
        ms: expect.any(Number),
        requestId: expect.any(String),
      });
    }
    expect(requests).toContainEqual(expect.objectContaining({ method: 'POST', path: '/v1/auth/login', status: 401 }));
    expect(app.logs.filter((line) => line.includes('"error"') && line.includes('Unexpected failure'))).toHaveLength(9);
  });

  it('are in no table', async () => {
    const tables = await app.rows<{
      name: string;
    }>(`SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
      WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'`);
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['public.users', 'public.sessions', 'public.challenges', 'public.mails', 'public.audit_events']),
    );
    let bytes = 0;
    for (const { name } of tables) {
      // As text, and binary columns as what they hold.
      const rows = await app.rows<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      const dump = rows
        .map(({ row }) => `${row}\n${row.replaceAll(/\\\\x([\da-f]+)/g, (_, hex: string) => Buffer.from(hex, 'hex').toString('latin1'))}`)
        .join('\n');
      bytes += dump.length;
      expect([name, foundIn(dump)]).toEqual([name, []]);
    }
    expect(bytes).toBeGreaterThan(10_000);
  });

  it('are in no metric', async () => {
    const { text } = await app.get('/metrics');
    expect(text).toContain('route="/v1/auth/login"');
    expect(foundIn(text)).toEqual([]);
    expect(text).not.toMatch(/@|example\.com|canary|\?/);
  });

  it('leave no trace of who tried what in the audit log but ids, and every try is there', async () => {
    const user = await register(app);
    const mail = await app.mailbox.newest(user.email);
    const [{ last }] = (await app.rows<{ last: string }>('SELECT coalesce(max(id), 0) AS last FROM audit_events')) as [{ last: string }];
    await post('login', { identifier: user.email, password: CANARY });
    await post('login', { identifier: freshEmail(), password: CANARY });
    const opened = (await post('login', { identifier: user.email, password: user.password })).body;
    await post('email/verification/confirm', { email: user.email, code: mail.secretCode === '000000' ? '000001' : '000000' });
    await post('email/verification/confirm', { email: freshEmail(), code: '000000' });
    await post('email/verification/confirm', { token: 'A'.repeat(54), password: CANARY });
    await post('email/verification/confirm', { token: mail.token, password: CANARY });
    await post('email/verification/confirm', { token: mail.token, password: user.password });
    await post('logout', undefined, opened.accessToken);
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]);
    await post('login', { identifier: user.email, password: user.password });

    const rows = await app.rows<AuditRow>('SELECT * FROM audit_events WHERE id > $1 ORDER BY id', [last]);
    expect(
      rows.map(({ action, outcome, subject_id: subject, details }) => [
        action,
        outcome,
        subject === null ? null : subject === user.id,
        details.reason,
      ]),
    ).toEqual([
      ['password.checked', 'failure', true, 'auth.bad_credentials'],
      ['password.checked', 'failure', null, 'auth.bad_credentials'],
      ['session.opened', 'success', true, undefined],
      ['email.verified', 'failure', true, 'challenge.invalid'],
      ['email.verified', 'failure', null, 'challenge.invalid'],
      ['email.verified', 'failure', null, 'challenge.invalid'],
      ['password.checked', 'failure', true, 'auth.bad_credentials'],
      ['email.verified', 'success', true, undefined],
      ['session.ended', 'success', true, 'sign-out'],
      ['session.opened', 'failure', true, 'auth.account_disabled'],
    ]);
    for (const row of rows) expect(row).toMatchObject({ ip: '127.0.0.1', user_agent: 'spec', request_id: expect.any(String) });
    expect(JSON.stringify(rows)).not.toMatch(/@|canary/);
  });

  describe('and lines of the log', () => {
    it.each([
      'Ada\r\n{"level":"info","msg":"forged"}',
      'Ada\nforged',
      '\u001B[31mAda\u001B[0m',
      'Ada\u0007',
      'Ada\u2028forged',
      'ad\u202Ea',
      'a\u0085b',
      'a\u009B31m',
    ])('cannot be forged by a name like %j', async (name) => {
      for (const field of ['firstName', 'lastName', 'username']) {
        expect((await post('register', { email: freshEmail(), password: CANARY, [field]: name })).status).toBe(422);
      }
    });

    it('are one JSON object each, whatever is in a path, a header or an identifier', async () => {
      const { accessToken: token } = await signedIn(app);
      const before = app.logs.length;
      await app.get('/v1/%0a%7B%22level%22:%22error%22%7D%1b[31m', { token });
      await app.get(`/v1/${'a'.repeat(5_000)}`, { token });
      await app.get('/v1/users/me', { token, headers: { 'user-agent': 'x"}\\n{"forged":1}', 'x-request-id': 'a"}{"b' } });
      await post('login', { identifier: 'ada\r\n{"level":"error"}\u001B[31m', password: 'x' });
      const lines = app.logs.slice(before);
      expect(lines.length).toBeGreaterThanOrEqual(4);
      for (const line of lines) {
        expect(line).toMatch(/^\{.*\}\n$/);
        expect(line.length).toBeLessThan(1_000);
        // eslint-disable-next-line no-control-regex -- control characters are just what is looked for
        expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]|forged/);
        expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) });
      }
    });
  });

  it('are not logged request by request at other levels', async () => {
    const quiet = await startApp({ LOG_LEVEL: 'info' });
    try {
      const before = quiet.logs.length;
      await quiet.get('/v1/nothing');
      await quiet.post('/v1/auth/login', { identifier: 'ada', password: 'x' });
      expect(quiet.logs.slice(before)).toEqual([]);
    } finally {
      await quiet.stop();
    }
  });
});
