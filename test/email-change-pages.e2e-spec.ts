import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type TestUser, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import type { ReceivedMail } from './support/mailbox.js';
import { type Answer, type CallOptions, type TestApp, sharedApp } from './support/start-app.js';

const NEW_PASSWORD = 'seven calm rivers run';

let app: TestApp;
beforeAll(async () => {
  app = await sharedApp();
});
afterAll(() => app.stop());

/** Of a form; a list where a name is sent twice. */
type Fields = Record<string, string> | [string, string][];

const submit = (path: string, fields: Fields, options: CallOptions = {}): Promise<Answer> =>
  app.post(path, new URLSearchParams(fields).toString(), {
    ...options,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...options.headers },
  });
const emailOf = async (id: string): Promise<string | undefined> => {
  const [user] = await app.rows<{ email: string }>('SELECT email FROM users WHERE id = $1', [id]);
  return user?.email;
};

function expectPage(answer: Answer, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['referrer-policy']).toBe('no-referrer');
  expect(answer.headers['x-frame-options']).toBe('DENY');
  expect(answer.headers['content-security-policy']).toMatch(
    /^default-src 'none'; .*form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  );
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(answer.text).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
  expect(answer.text).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/i);
}

async function asked(): Promise<{ user: TestUser; email: string; mail: ReceivedMail }> {
  const user = await signedIn(app);
  const confirmation = await app.mailbox.newest(user.email);
  await app.post('/v1/auth/email/verification/confirm', { email: user.email, code: confirmation.secretCode, password: PASSWORD });
  const email = freshEmail('new');
  await app.post('/v1/users/me/email', { email, currentPassword: PASSWORD }, { token: user.accessToken });
  return { user, email, mail: await app.mailbox.newest(email) };
}

async function changed(): Promise<{ user: TestUser; email: string; notice: ReceivedMail }> {
  const { user, email, mail } = await asked();
  const before = await app.mailbox.newest(user.email);
  await app.post('/v1/users/me/email/confirm', { code: mail.secretCode }, { token: user.accessToken });
  return { user, email, notice: await app.mailbox.newest(user.email, before) };
}

/** Opened by mail scanners, however often. */
async function expectUntouched(path: string, token: string): Promise<void> {
  for (let i = 0; i < 5; i += 1) {
    expectPage(await app.get(`${path}?token=${token}&utm_source=mail`), 200);
    const head = await app.call('HEAD', `${path}?token=${token}`);
    expect([head.status, head.text, head.headers['referrer-policy']]).toEqual([200, '', 'no-referrer']);
  }
}

describe('the page of the link to a new address', () => {
  const PAGE = '/account/confirm-new-email';

  it('uses nothing up when it is opened; with the password it changes the address', async () => {
    const { user, email, mail } = await asked();
    await expectUntouched(PAGE, mail.token);
    expect(await emailOf(user.id)).toBe(user.email);
    const form = await app.get(`${PAGE}?token=${mail.token}`);
    expect(form.text).toContain(email);
    expect(form.text).not.toContain(user.email);
    expect(form.text).toContain(`<form method="post" action="${PAGE}">`);
    expect(form.text).toContain(`<input type="hidden" name="token" value="${mail.token}">`);

    const done = await submit(PAGE, { token: mail.token, password: PASSWORD });
    expectPage(done, 200);
    expect(done.text).toContain('Your account has its new e-mail address');
    expect(done.text).not.toContain(mail.token);
    expect(await emailOf(user.id)).toBe(email);
    expectPage(await submit(PAGE, { token: mail.token, password: PASSWORD }), 400);
    expectPage(await app.get(`${PAGE}?token=${mail.token}`), 400);
  });

  it('takes no address for a stranger’s account: a click without the password changes nothing', async () => {
    const { user, mail } = await asked();
    for (const fields of [{ token: mail.token }, { token: mail.token, password: '' }]) {
      const again = await submit(PAGE, fields as Record<string, string>);
      expectPage(again, 422);
      expect(again.text).toContain('<a href="#password">Enter the password of the account.</a>');
    }
    const wrong = await submit(PAGE, { token: mail.token, password: 'four bright birds sang' });
    expectPage(wrong, 401);
    expect(wrong.headers['www-authenticate']).toBe('FormBased');
    expect(wrong.text).toContain('<title>Error: ');
    expect(wrong.text).not.toContain('birds sang');
    expect(await emailOf(user.id)).toBe(user.email);
    expectPage(await submit(PAGE, { token: mail.token, password: PASSWORD }), 200);
  });

  it('says so when the address is taken meanwhile, when the link is too old, and when it is none', async () => {
    const { user, email, mail } = await asked();
    const rival = await register(app, { email });
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [rival.id]);
    const taken = await submit(PAGE, { token: mail.token, password: PASSWORD });
    expectPage(taken, 409);
    expect(taken.text).toContain('This e-mail address is already registered.');
    await app.rows('DELETE FROM users WHERE id = $1', [rival.id]);
    await app.rows("UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1", [user.id]);
    expectPage(await submit(PAGE, { token: mail.token, password: PASSWORD }), 410);
    expectPage(await app.get(`${PAGE}?token=${mail.token}`), 410);
    for (const token of ['', 'x', '<script>', 'A'.repeat(54)]) expectPage(await app.get(`${PAGE}?token=${encodeURIComponent(token)}`), 400);
    expectPage(await app.get(`${PAGE}?token=a&token=b`), 400);
  });

  it.each([
    { fields: [['token', 'a']] },
    {
      fields: [
        ['token', 'a'],
        ['token', 'b'],
      ],
    },
    {
      fields: [
        ['token', 'a'],
        ['email', 'c@d.test'],
      ],
    },
  ] as { fields: [string, string][] }[])('never fails for a form of $fields', async ({ fields }) => {
    expect((await submit(PAGE, fields)).status).toBeLessThan(500);
  });
});

describe('the page of the link that undoes a change', () => {
  const PAGE = '/account/undo-email-change';

  it('uses nothing up when it is opened; with a new password the account is back', async () => {
    const { user, email, notice } = await changed();
    await expectUntouched(PAGE, notice.token);
    expect(await emailOf(user.id)).toBe(email);
    const form = await app.get(`${PAGE}?token=${notice.token}`);
    expect(form.text).toContain(user.email);
    expect(form.text).not.toContain(email);
    expect(form.text.match(new RegExp(`<input type="hidden" name="token" value="${notice.token}">`, 'g'))).toHaveLength(2);

    const done = await submit(PAGE, { token: notice.token, newPassword: NEW_PASSWORD });
    expectPage(done, 200);
    expect(done.text).toContain('sign in with the new password');
    expect(await emailOf(user.id)).toBe(user.email);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).status).toBe(401);
    await signIn(app, user.email, NEW_PASSWORD);
    expectPage(await submit(PAGE, { token: notice.token }), 400);
  });

  it('shows the form again for a password that is not acceptable, and the link stays good', async () => {
    const { user, notice } = await changed();
    for (const newPassword of ['', 'short', 'x'.repeat(129)]) {
      const again = await submit(PAGE, { token: notice.token, newPassword });
      expectPage(again, 422);
      expect(again.text).toMatch(/<a href="#newPassword">Use at (?:least|most) \d+ characters\.<\/a>/);
    }
    const later = await submit(PAGE, { token: notice.token });
    expectPage(later, 200);
    expect(later.text).toContain('We have sent a mail to this address.');
    expect((await app.mailbox.newest(user.email, notice)).subject).toBe('Choose a new password for Latchkey');
  });

  it('says so when the link is too old', async () => {
    const { user, notice } = await changed();
    await app.rows("UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1", [user.id]);
    expectPage(await app.get(`${PAGE}?token=${notice.token}`), 410);
    expectPage(await submit(PAGE, { token: notice.token, newPassword: NEW_PASSWORD }), 410);
  });
});
