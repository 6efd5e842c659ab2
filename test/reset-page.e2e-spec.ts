import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, register, signIn, signedIn } from './support/accounts.js';
import { type Answer, type CallOptions, type TestApp, sharedApp, startApp } from './support/start-app.js';

const PAGE = '/account/reset-password';
const NEW_PASSWORD = 'seven calm rivers run';
/** Of a form; a list where a name is sent twice. */
type Fields = Record<string, string> | [string, string][];

describe('the page of the reset link', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const open = (token: string): Promise<Answer> => app.get(`${PAGE}?token=${token}`);
  const submit = (fields: Fields, options: CallOptions = {}, to: TestApp = app): Promise<Answer> =>
    to.post(PAGE, new URLSearchParams(fields).toString(), {
      ...options,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...options.headers },
    });
  const tokenFor = async (email: string, to: TestApp = app): Promise<string> => {
    const before = await to.mailbox.newest(email);
    await to.post('/v1/auth/password/forgot', { identifier: email });
    return (await to.mailbox.newest(email, before)).token;
  };
  const registered = async (): Promise<{ email: string; token: string }> => {
    const { email } = await register(app);
    return { email, token: await tokenFor(email) };
  };
  const expectPage = (answer: Answer, status: number): void => {
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    expect(answer.headers['x-frame-options']).toBe('DENY');
    expect(answer.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; .*form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.text).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
    expect(answer.text).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/i);
  };

  it('is where the mail points, and asks for a new password', async () => {
    const { email } = await register(app);
    const before = await app.mailbox.newest(email);
    await app.post('/v1/auth/password/forgot', { identifier: email });
    const mail = await app.mailbox.newest(email, before);
    expect(mail.links.some((link) => link === `${app.settings.PUBLIC_URL}${PAGE}?token=${mail.token}`)).toBe(true);
    const page = await open(mail.token);
    expectPage(page, 200);
    expect(page.text).toContain(email);
    expect(page.text).toContain('<title>Choose a new password – Latchkey</title>');
    expect(page.text.match(new RegExp(`<form method="post" action="${PAGE}">`, 'g'))).toHaveLength(1);
    expect(page.text).toContain(`<input type="hidden" name="token" value="${mail.token}">`);
    expect(page.text).toMatch(/name="newPassword" type="password" autocomplete="new-password" minlength="15" required/);
    expect(page.text).toContain('At least 15 characters.');
    expect(page.text).not.toContain('role="alert"');
  });

  it('uses nothing up when it is opened, however often', async () => {
    const { email, token } = await registered();
    for (let i = 0; i < 20; i += 1) {
      expectPage(await open(token), 200);
      const head = await app.call('HEAD', `${PAGE}?token=${token}&utm_source=mail`);
      expect([head.status, head.text]).toEqual([200, '']);
    }
    await signIn(app, email, PASSWORD);
    expectPage(await submit({ token, newPassword: NEW_PASSWORD }), 200);
  });

  it('sets the password, ends every session and signs nobody in', async () => {
    const user = await signedIn(app);
    const token = await tokenFor(user.email);
    const done = await submit({ token, newPassword: NEW_PASSWORD });
    expectPage(done, 200);
    expect(done.text).toContain('<h1>Your new password is set</h1>');
    expect(done.text).not.toContain(token);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).body.code).toBe('token.revoked');
    expect((await app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD })).status).toBe(401);
    await signIn(app, user.email, NEW_PASSWORD);
  });

  it.each([
    ['', 'Use at least 15 characters.'],
    ['short', 'Use at least 15 characters.'],
    ['x'.repeat(5_000), 'Use at most 128 characters.'],
  ])('says what is wrong with a new password and keeps the link good (%#)', async (newPassword, sentence) => {
    const { email, token } = await registered();
    const again = await submit({ token, newPassword });
    expectPage(again, 422);
    expect(again.text).toContain('<title>Error: Choose a new password – ');
    expect(again.text).toMatch(/<div class="summary" role="alert" tabindex="-1" autofocus/);
    expect(again.text).toContain(`<a href="#newPassword">${sentence}</a>`);
    expect(again.text).toContain('aria-invalid="true" aria-describedby="new-password-problem new-password-hint"');
    expect(again.text).not.toContain('xxxxx');
    expectPage(await submit({ token, newPassword: NEW_PASSWORD }), 200);
    await signIn(app, email, NEW_PASSWORD);
  });

  describe('with a link that does not work', () => {
    it('says so when it was used or replaced, without a word of what was typed', async () => {
      const { email, token } = await registered();
      const newer = await tokenFor(email);
      await submit({ token: newer, newPassword: NEW_PASSWORD });
      for (const dead of [token, newer]) {
        for (const answer of [await open(dead), await submit({ token: dead, newPassword: NEW_PASSWORD })]) {
          expectPage(answer, 400);
          expect(answer.text).toContain('This link does not work any more');
          expect(answer.text).not.toMatch(new RegExp(`<form|${email}|${NEW_PASSWORD}`));
        }
        // A refused password tells nobody more about a dead link.
        expectPage(await submit({ token: dead, newPassword: 'short' }), 400);
      }
    });

    it('says so when it is too old', async () => {
      const { email, token } = await registered();
      await app.rows(
        "UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email_key = $1)",
        [email],
      );
      for (const answer of [await open(token), await submit({ token, newPassword: NEW_PASSWORD })]) {
        expectPage(answer, 410);
        expect(answer.text).toContain('This link has expired');
      }
    });

    it('takes no link of another kind', async () => {
      const { email } = await register(app);
      const { token } = await app.mailbox.newest(email);
      expectPage(await open(token), 400);
      expectPage(await submit({ token, newPassword: NEW_PASSWORD }), 400);
    });

    it.each(['', '?token=', '?token=x', '?token=a&token=b', '?token[]=a', '?token=%00', '?token=%ff', `?token=${'_'.repeat(54)}`])(
      'answers %s with a page',
      async (query) => {
        const answer = await app.get(`${PAGE}${query}`);
        expectPage(answer, query.includes('%00') ? 422 : 400);
      },
    );

    it.each<[string, Fields]>([
      ['no field', {}],
      ['no password', { token: 'a'.repeat(54) }],
      ['an empty token', { token: '', newPassword: NEW_PASSWORD }],
      [
        'two tokens',
        [
          ['token', 'a'],
          ['token', 'b'],
          ['newPassword', NEW_PASSWORD],
        ],
      ],
      [
        'two passwords',
        [
          ['token', 'a'.repeat(54)],
          ['newPassword', 'a'],
          ['newPassword', 'b'],
        ],
      ],
      ['a field too many', { token: 'a', newPassword: NEW_PASSWORD, userId: '1' }],
      ['a NUL', { token: 'a', newPassword: '\0' }],
    ])('answers a form with %s with a page', async (_, fields) => {
      const answer = await submit(fields);
      expectPage(answer, 422);
      expect(answer.text).toContain('This form cannot be read');
    });
  });

  it('sends its form below the path of PUBLIC_URL', async () => {
    const below = await startApp({ PUBLIC_URL: 'https://latchkey.test/accounts' });
    try {
      const { email } = await register(below);
      const token = await tokenFor(email, below);
      expect((await below.get(`${PAGE}?token=${token}`)).text).toContain(`action="/accounts${PAGE}"`);
    } finally {
      await below.stop();
    }
  });
});
