import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { type Answer, type CallOptions, type TestApp, startApp } from './support/start-app.js';

const NEW_PASSWORD = 'seven calm rivers run';
/** Of a form; a list where a name is sent twice. */
type Fields = Record<string, string> | [string, string][];

const HOSTILE = '"><img src=x onerror=alert(1)>{{7*7}}';

describe('the page of the confirmation link', () => {
  let app: TestApp;
  /** With limits, a hostile name, and a path in its address. */
  let odd: TestApp;
  beforeAll(async () => {
    odd = await startApp({ APP_NAME: HOSTILE, PUBLIC_URL: 'https://latchkey.test/accounts', RATE_LIMIT: 'on' });
    // The last one has the log.
    app = await startApp();
  });
  afterAll(() => Promise.all([app.stop(), odd.stop()]));

  const open = (token: string): Promise<Answer> => app.get(`/account/confirm-email?token=${token}`);
  const submit = (fields: Fields, options: CallOptions = {}, to: TestApp = app): Promise<Answer> =>
    to.post('/account/confirm-email', new URLSearchParams(fields).toString(), {
      ...options,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...options.headers },
    });
  const isVerified = async (email: string): Promise<boolean> => {
    const [user] = await app.rows<{ verified: boolean }>(
      'SELECT email_verified_at IS NOT NULL AS verified FROM users WHERE email_key = $1',
      [email],
    );
    return user?.verified === true;
  };
  const registered = async (fields: Record<string, unknown> = {}): Promise<{ email: string; token: string }> => {
    const { email } = await register(app, fields);
    return { email, token: (await app.mailbox.newest(email)).token };
  };
  const expectPage = (answer: Answer, status: number): void => {
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['x-frame-options']).toBe('DENY');
    expect(answer.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.text).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
    expect(answer.text).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/i);
  };

  it('is where the mail points, and asks for a password', async () => {
    const { email } = await register(app);
    const mail = await app.mailbox.newest(email);
    expect(mail.links.some((link) => link.startsWith(`${app.settings.PUBLIC_URL}/account/confirm-email?token=`))).toBe(true);
    const page = await open(mail.token);
    expectPage(page, 200);
    expect(page.text).toContain(email);
    expect(page.text).toContain('<title>Confirm your e-mail address – Latchkey</title>');
    expect(page.text.match(/<form method="post" action="\/account\/confirm-email">/g)).toHaveLength(2);
    expect(page.text.match(new RegExp(`<input type="hidden" name="token" value="${mail.token}">`, 'g'))).toHaveLength(2);
    expect(page.text).toMatch(/name="password" type="password" autocomplete="current-password"/);
    expect(page.text).toMatch(/name="newPassword" type="password" autocomplete="new-password"/);
    expect(page.text).not.toContain('role="alert"');
  });

  it('allows exactly the style sheet that it carries', async () => {
    const page = await open('x');
    const [, css = ''] = /<style>([^]*)<\/style>/.exec(page.text) ?? [];
    expect(css.length).toBeGreaterThan(100);
    expect(page.headers['content-security-policy']).toContain(createHash('sha256').update(css).digest('base64'));
  });

  it('uses nothing up when it is opened, however often', async () => {
    const { email, token } = await registered();
    for (let i = 0; i < 20; i += 1) {
      expectPage(await open(token), 200);
      const head = await app.call('HEAD', `/account/confirm-email?token=${token}&utm_source=mail`);
      expect([head.status, head.text]).toEqual([200, '']);
    }
    expect(await isVerified(email)).toBe(false);
    expectPage(await submit({ token, password: PASSWORD }), 200);
    expect(await isVerified(email)).toBe(true);
  });

  it('confirms with the password of the account, and leaves its sessions alone', async () => {
    const user = await signedIn(app);
    const { token } = await app.mailbox.newest(user.email);
    const done = await submit({ token, password: user.password });
    expectPage(done, 200);
    expect(done.text).toContain('Your e-mail address is confirmed');
    expect(done.text).toContain(user.email);
    expect(done.text).not.toContain(token);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body.emailVerified).toBe(true);
  });

  describe('with something wrong in the form', () => {
    it('shows it again beside the field, and the link stays good', async () => {
      const { email, token } = await registered();
      const again = await submit({ token, password: 'four bright birds sang' });
      expectPage(again, 401);
      expect(again.headers['www-authenticate']).toBe('FormBased');
      expect(again.text).toContain('<title>Error: ');
      expect(again.text).toMatch(/<div class="summary" role="alert" tabindex="-1" autofocus/);
      expect(again.text).toContain('<a href="#password">This is not the password of the account.</a>');
      expect(again.text).toContain('aria-invalid="true" aria-describedby="password-problem"');
      expect(again.text).not.toContain('birds sang');
      expect(again.text).toContain('<details>');
      expect(await isVerified(email)).toBe(false);
      expectPage(await submit({ token, password: PASSWORD }), 200);
    });

    it.each<Record<string, string>>([{}, { password: '' }])('asks for the password when it got %j', async (fields) => {
      const { token } = await registered();
      const again = await submit({ token, ...fields });
      expectPage(again, 422);
      expect(again.text).toContain('<a href="#password">Enter the password of the account.</a>');
    });

    it.each([
      ['absent', '', 'Use at least 15 characters.'],
      ['short', 'short', 'Use at least 15 characters.'],
      ['long', 'x'.repeat(5_000), 'Use at most 128 characters.'],
    ])('says what is wrong with a new password that is %s', async (_, newPassword, sentence) => {
      const { email, token } = await registered();
      const again = await submit({ token, newPassword });
      expectPage(again, 422);
      expect(again.text).toContain('<details open>');
      expect(again.text).toContain(`<a href="#newPassword">${sentence}</a>`);
      expect(again.text).toContain('aria-invalid="true" aria-describedby="new-password-problem new-password-hint"');
      expect(await isVerified(email)).toBe(false);
      expectPage(await open(token), 200);
    });
  });

  it('gives the account to the reader of the mail: password and sessions of a stranger end', async () => {
    const stranger = await signedIn(app);
    const { token } = await app.mailbox.newest(stranger.email);
    const done = await submit({ token, newPassword: NEW_PASSWORD });
    expectPage(done, 200);
    expect(done.text).toContain('has been signed out');
    expect((await app.get('/v1/users/me', { token: stranger.accessToken })).body.code).toBe('token.revoked');
    expect((await app.post('/v1/auth/refresh', { refreshToken: stranger.refreshToken })).status).toBe(401);
    expect((await app.post('/v1/auth/login', { identifier: stranger.email, password: PASSWORD })).status).toBe(401);
    await signIn(app, stranger.email, NEW_PASSWORD);
  });

  describe('with a link that does not work', () => {
    it('says so when it was used', async () => {
      const { token } = await registered();
      expectPage(await submit({ token, password: PASSWORD }), 200);
      for (const answer of [
        await open(token),
        await submit({ token, password: PASSWORD }),
        await submit({ token, newPassword: NEW_PASSWORD }),
      ]) {
        expectPage(answer, 400);
        expect(answer.text).toContain('This link does not work any more');
        expect(answer.text).toContain('ask for a new mail');
        expect(answer.text).not.toContain('<form');
      }
    });

    it('says so when a newer mail has replaced it', async () => {
      const { email, token } = await registered();
      await app.post('/v1/auth/email/verification', { email });
      const answer = await open(token);
      expectPage(answer, 400);
      expect(answer.text).toContain('a newer mail has replaced it');
    });

    it('says so when it is too old', async () => {
      const { email, token } = await registered();
      await app.rows(
        "UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email_key = $1)",
        [email],
      );
      for (const answer of [await open(token), await submit({ token, password: PASSWORD })]) {
        expectPage(answer, 410);
        expect(answer.text).toContain('This link has expired');
      }
      expect(await isVerified(email)).toBe(false);
    });

    it.each([
      '',
      '?token=',
      '?token=x',
      '?token=a&token=b',
      '?token[]=a',
      '?token[a]=b',
      '?token=%00',
      '?token=%ff',
      `?token=${'a'.repeat(54)}`,
      `?token=${'_'.repeat(500)}`,
    ])('answers /account/confirm-email%s with a page', async (query) => {
      const answer = await app.get(`/account/confirm-email${query}`);
      expectPage(answer, query.includes('%00') ? 422 : 400);
      const head = await app.call('HEAD', `/account/confirm-email${query}`);
      expect([head.status, head.text]).toEqual([answer.status, '']);
    });

    it.each<[string, Fields]>([
      ['no field', {}],
      ['an empty token', { token: '', password: PASSWORD }],
      [
        'two tokens',
        [
          ['token', 'a'],
          ['token', 'b'],
          ['password', PASSWORD],
        ],
      ],
      [
        'two passwords',
        [
          ['token', 'a'.repeat(54)],
          ['password', 'a'],
          ['password', 'b'],
        ],
      ],
      ['a list', { 'token[]': 'a', password: PASSWORD }],
      ['a field too many', { token: 'a', password: PASSWORD, userId: '1' }],
      ['a prototype', { token: 'a', password: PASSWORD, __proto__x: '1', constructor: 'x' }],
      ['a NUL', { token: 'a', password: '\0' }],
    ])('answers a form with %s with a page', async (_, fields) => {
      const answer = await submit(fields);
      expectPage(answer, 422);
      expect(answer.text).toContain('This form cannot be read');
    });

    it('keeps failures before the form on a page as well', async () => {
      expectPage(await submit({ token: 'a', password: 'x'.repeat(70_000) }), 413);
      expectPage(await app.post('/account/confirm-email', 'token=a', { headers: { 'content-type': 'text/plain' } }), 415);
      const wrongMethod = await app.call('DELETE', '/account/confirm-email');
      expectPage(wrongMethod, 405);
      expect(wrongMethod.headers.allow).toContain('POST');
      expectPage(await app.get('/account/confirm-email/elsewhere'), 404);
    });

    it('shows nothing of a failure of ours, and logs it', async () => {
      const { token } = await registered();
      await app.rows('ALTER TABLE challenges RENAME TO challenges_away');
      const answer = await open(token);
      await app.rows('ALTER TABLE challenges_away RENAME TO challenges');
      expectPage(answer, 500);
      expect(answer.text).toContain('Something went wrong');
      expect(answer.text).toContain(String(answer.headers['x-request-id']));
      expect(answer.text).not.toMatch(/challenges|relation|SELECT/);
      const logged = app.logs.filter((line) => line.includes('Unexpected failure'));
      expect(logged).toHaveLength(1);
      expect(app.logs.join('')).not.toContain(token);
    });
  });

  it('shows hostile names as text, or not at all', async () => {
    const email = freshEmail("o'b&c");
    await register(odd, { email, firstName: HOSTILE });
    const { token } = await odd.mailbox.newest(email);
    for (const answer of [
      await odd.get(`/account/confirm-email?token=${token}`),
      await odd.get('/account/confirm-email'),
      await submit({ token, password: PASSWORD }, {}, odd),
    ]) {
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.text).not.toContain('<img');
      expect(answer.text).toContain('&quot;&gt;&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;{{7*7}}');
    }
  });

  it('sends its form below the path of PUBLIC_URL', async () => {
    const email = freshEmail();
    await register(odd, { email });
    const { token } = await odd.mailbox.newest(email);
    expect((await odd.get(`/account/confirm-email?token=${token}`)).text).toContain('action="/accounts/account/confirm-email"');
  });

  it('has a page for too many tries', async () => {
    const email = freshEmail();
    await register(odd, { email });
    const { token } = await odd.mailbox.newest(email);
    let answer = await submit({ token, password: 'wrong' }, {}, odd);
    for (let tries = 1; answer.status === 401 && tries < 200; tries += 1) answer = await submit({ token, password: 'wrong' }, {}, odd);
    expectPage(answer, 429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.text).toContain('Your link stays good');
    expectPage(await odd.get(`/account/confirm-email?token=${token}`), 200);
  });
});
