import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeletionFlow, type Fields, PAGE } from './support/account-deletion.js';
import { PASSWORD, register, signIn } from './support/accounts.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const APP = 'https://app.example.com/welcome';

describe('the page of the link that deletes an account', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const { ask, asked, exists, mailFor, open, proven, submit } = new DeletionFlow(() => app);
  const expectPage = (answer: Answer, status: number): void => {
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    expect(answer.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; .*form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.text).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
    expect(answer.text).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/i);
  };
  it('mails a link for an hour, and says who asked', async () => {
    const { mail, email, id } = await asked({ firstName: 'Ada' });
    expect(mail.subject).toBe('Delete your Latchkey account?');
    expect(mail.links[0]).toBe(`${app.settings.PUBLIC_URL}${PAGE}?token=${mail.token}`);
    expect(mail.text).toContain('Hello Ada,');
    expect(mail.text).toMatch(/IP address: 127\.0\.0\.1[^]*good for 1 hour and works once/);
    // A code could be asked for on the telephone; there is no place to type one at.
    expect(mail.code).toBeNull();
    const page = await open(mail.token);
    expectPage(page, 200);
    expect(page.text).toContain(`<p class="address"><bdi dir="ltr">${email}</bdi></p>`);
    expect(page.text).toContain('This cannot be undone.');
    expect(page.text.match(new RegExp(`<form method="post" action="${PAGE}">`, 'g'))).toHaveLength(1);
    expect(page.text).toContain(`<input type="hidden" name="token" value="${mail.token}">`);
    expect(
      await app.rows(`SELECT outcome FROM audit_events WHERE subject_id = $1 AND action = 'account.deletion_requested'`, [id]),
    ).toEqual([{ outcome: 'success' }]);
  });

  it('names the username as well, as text', async () => {
    const { mail } = await asked({ username: `Zeb.${process.pid}` });
    expect((await open(mail.token)).text).toContain(`Username: <strong>Zeb.${process.pid}</strong>`);
  });

  it('deletes nothing when the link is opened, however often', async () => {
    const user = await asked();
    for (let i = 0; i < 20; i += 1) {
      expectPage(await open(user.mail.token), 200);
      const head = await app.call('HEAD', `${PAGE}?token=${user.mail.token}&utm_source=mail`);
      expect([head.status, head.text]).toEqual([200, '']);
    }
    expect((await app.get('/v1/users/me', { token: user.accessToken })).status).toBe(200);
    expectPage(await submit({ token: user.mail.token }), 200);
    expect(await exists(user)).toBe(false);
  });

  it('deletes the account with all that hangs on it, and ends its sessions', async () => {
    const user = await asked({ username: `Gone.${process.pid}`, mobile: '+12025550191' });
    const done = await submit({ token: user.mail.token }, { remoteAddress: '203.0.113.90' });
    expectPage(done, 200);
    expect(done.text).toContain('<h1>Your account is deleted</h1>');
    expect(done.text).not.toContain(user.mail.token);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body.code).toBe('token.revoked');
    expect((await app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD })).status).toBe(401);
    for (const table of ['sessions', 'challenges', 'mails', 'user_activity'])
      expect(await app.rows(`SELECT * FROM ${table} WHERE user_id = $1`, [user.id])).toEqual([]);
    const events = await app.rows<{ action: string }>('SELECT action, ip, user_agent FROM audit_events WHERE subject_id = $1', [user.id]);
    expect(events).toContainEqual({ action: 'account.deleted', ip: null, user_agent: null });
    expect(events).toEqual(events.map(({ action }) => ({ action, ip: null, user_agent: null })));
    expectPage(await submit({ token: user.mail.token }), 400);
    const again = await register(app, { email: user.email, username: `Gone.${process.pid}`, mobile: '+12025550191' });
    expect(again.id).not.toBe(user.id);
  });

  it('works for an account without a password', async () => {
    const user = await proven();
    await app.rows('UPDATE users SET password_hash = NULL WHERE id = $1', [user.id]);
    expectPage(await submit({ token: (await mailFor(user)).token }), 200);
    expect(await exists(user)).toBe(false);
  });

  it('leads back to the app that asked, and nowhere else', async () => {
    const user = await proven();
    for (const returnTo of ['https://app.example.com/', `${APP}/`, `//app.example.com/welcome`, 7, ['x']]) {
      expect((await ask(user.accessToken, { returnTo })).status).toBe(422);
    }
    expect(app.mailbox.count(user.email)).toBe(1);
    const { token } = await mailFor(user, { returnTo: APP });
    expect((await open(token)).text).not.toContain('app.example.com');
    expect((await submit({ token })).text).toContain(`<a class="back" href="${APP}">Back to app.example.com</a>`);
  });

  describe('of parallel requests', () => {
    it('lets one of thirty redeem the link', async () => {
      const [user, other] = [await asked(), await asked()];
      const answers = await Promise.all(Array.from({ length: 30 }, () => submit({ token: user.mail.token })));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 29 }, () => 400)]);
      expect([await exists(user), await exists(other)]).toEqual([false, true]);
    });

    it('keeps one link alive', async () => {
      const user = await proven();
      await Promise.all(Array.from({ length: 10 }, () => ask(user.accessToken)));
      const live = await app.rows(
        `SELECT id FROM challenges WHERE user_id = $1 AND purpose = 'delete-account' AND superseded_at IS NULL AND consumed_at IS NULL`,
        [user.id],
      );
      expect(live).toHaveLength(1);
    });
  });

  it('keeps the last administrator, and the link', async () => {
    await app.rows(`UPDATE users SET roles = '{user}' WHERE 'admin' = ANY (roles)`);
    const [admin, other] = [await asked(), await asked()];
    await app.rows(`UPDATE users SET roles = '{user,admin}' WHERE id = $1`, [admin.id]);
    const refused = await submit({ token: admin.mail.token });
    expectPage(refused, 409);
    expect(refused.text).toContain('<h1>The last administrator has to stay</h1>');
    expect((await app.get('/v1/users/me', { token: admin.accessToken })).status).toBe(200);
    await app.rows(`UPDATE users SET roles = '{user,admin}' WHERE id = $1`, [other.id]);
    const both = await Promise.all([admin, other].map(({ mail }) => submit({ token: mail.token })));
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  it.each(['', '?token=', '?token=x', '?token=a&token=b', '?token[]=a', '?token=%00', '?token=%ff', `?token=${'_'.repeat(54)}`])(
    'answers %s with a page',
    async (query) => {
      expectPage(await app.get(`${PAGE}${query}`), query.includes('%00') ? 422 : 400);
    },
  );

  it.each<[string, Fields]>([
    ['no field', {}],
    ['an empty token', { token: '' }],
    [
      'two tokens',
      [
        ['token', 'a'],
        ['token', 'b'],
      ],
    ],
    ['a field too many', { token: 'a', userId: '1' }],
    ['a NUL', { token: '\0' }],
  ])('answers a form with %s with a page', async (_, fields) => {
    const answer = await submit(fields);
    expectPage(answer, 422);
    expect(answer.text).toContain('This form cannot be read');
  });

  it('counts links that are tried', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on', LIMIT_CODES: '2/900' });
    try {
      const tries: Answer[] = [];
      for (let i = 0; i < 3; i += 1) tries.push(await new DeletionFlow(() => limited).submit({ token: 'A'.repeat(54) }));
      expect(tries.map(({ status }) => status)).toEqual([400, 400, 429]);
      await signIn(limited, (await register(limited)).email);
    } finally {
      await limited.stop();
    }
  });
});
