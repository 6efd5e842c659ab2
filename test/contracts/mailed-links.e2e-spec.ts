import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshEmail, register, signIn } from '../support/accounts.js';
import { ContractClient, startContracts } from '../support/contracts.js';
import type { ReceivedMail } from '../support/mailbox.js';
import type { Answer, TestApp } from '../support/start-app.js';
import { LibraryClient } from '../support/test-library.js';

/** Good enough for the contracts, too short for the API of the core. */
const SHORT = 'narokay123';

const RESET_PAGE = '/account/reset-password';
const CONFIRM_PAGE = '/account/confirm-email';

const submitTo = (app: TestApp, page: string, fields: Record<string, string>): Promise<Answer> =>
  app.post(page, new URLSearchParams(fields).toString(), { headers: { 'content-type': 'application/x-www-form-urlencoded' } });

const linkOf = (mail: ReceivedMail): string => String(mail.links.find((link) => link.includes('token=')));

describe('links in mails of contracts, without CONTRACT_LINKS', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startContracts();
  });
  afterAll(() => app.stop());

  const open = (page: string, token: string): Promise<Answer> => app.get(`${page}?token=${token}`);
  const submit = (page: string, fields: Record<string, string>): Promise<Answer> => submitTo(app, page, fields);
  const grant = (email: string): Promise<unknown> =>
    app.rows(`UPDATE users SET roles = '{admin,user}' WHERE email_key = $1`, [email.toLowerCase()]);

  /** What a frontend of each contract sends that makes a mail with a reset link go out. */
  const RESETS = {
    'user-spec': (email: string) => new ContractClient(app, 'user-spec').send('POST', '/users/reset-password', { username: email }),
    sadhelx: (email: string) => new ContractClient(app, 'sadhelx').send('POST', '/get-password-reset-code', { identity: email }),
    'test-library': (email: string) => new LibraryClient(app).askForReset(email),
  };

  async function resetAsked(ask: (email: string) => Promise<unknown>): Promise<{ email: string; mail: ReceivedMail }> {
    const email = freshEmail('contract');
    await new ContractClient(app, 'user-spec').send('POST', '/users', { username: email, password: 'rahasia' });
    const before = await app.mailbox.newest(email);
    await ask(email);
    return { email, mail: await app.mailbox.newest(email, before) };
  }

  describe.each(Object.entries(RESETS))('the server’s page behind a reset of %s', (_slug, ask) => {
    it('takes a password that the contract takes, and no shorter one', async () => {
      const { email, mail } = await resetAsked(ask);
      expect(linkOf(mail)).toBe(`${app.settings.PUBLIC_URL}${RESET_PAGE}?token=${mail.token}`);
      const page = await open(RESET_PAGE, mail.token);
      expect(page.text).toContain('At least 6 characters.');
      expect(page.text).toContain('minlength="6"');
      const refused = await submit(RESET_PAGE, { token: mail.token, newPassword: '12345' });
      expect([refused.status, refused.text.includes('Use at least 6 characters.')]).toEqual([422, true]);
      expect((await submit(RESET_PAGE, { token: mail.token, newPassword: SHORT })).status).toBe(200);
      await signIn(app, email, SHORT);
    });

    it('keeps the core’s policy for an account with an elevated role, even one granted since', async () => {
      const { email, mail } = await resetAsked(ask);
      await grant(email);
      expect((await open(RESET_PAGE, mail.token)).text).toContain('At least 15 characters.');
      const refused = await submit(RESET_PAGE, { token: mail.token, newPassword: SHORT });
      expect([refused.status, refused.text.includes('Use at least 15 characters.')]).toEqual([422, true]);
      // It is still the password, though no longer one for this account.
      expect((await app.post('/v1/auth/login', { identifier: email, password: 'rahasia' })).body.code).toBe('auth.new_password_required');
      expect((await submit(RESET_PAGE, { token: mail.token, newPassword: 'seven quiet owls listen' })).status).toBe(200);
    });
  });

  it('keeps the core’s policy behind a link that was asked for under /v1, and under /v1 with a contract’s link', async () => {
    const { mail } = await resetAsked((email) => app.post('/v1/auth/password/forgot', { identifier: email }));
    expect((await open(RESET_PAGE, mail.token)).text).toContain('At least 15 characters.');
    expect((await submit(RESET_PAGE, { token: mail.token, newPassword: SHORT })).status).toBe(422);
    const { mail: asked } = await resetAsked(RESETS['user-spec']);
    const answer = await app.post('/v1/auth/password/reset', { token: asked.token, newPassword: SHORT });
    expect([answer.status, answer.body.errors[0].rule]).toEqual([422, 'password.too_short']);
  });

  /** A sign-up of each contract that mails a confirmation link. */
  const SIGN_UPS = {
    'user-spec': (email: string) => new ContractClient(app, 'user-spec').send('POST', '/users', { username: email, password: 'rahasia' }),
    sadhelx: (email: string) =>
      new ContractClient(app, 'sadhelx').send('POST', '/signup', { username: freshName(), email, password: 'rahasia', firstname: 'Ada' }),
    'test-library': (email: string) =>
      new ContractClient(app, 'test-library').send('POST', '/users/register', { username: freshName(), email, password: 'rahasia' }),
    'entity-user': (email: string) =>
      new ContractClient(app, 'entity-user').send('POST', '/user', { username: freshName(), email, password: 'rahasia' }),
  };

  it.each(Object.entries(SIGN_UPS))('takes it on the page of the confirmation link, too: %s', async (_slug, signUp) => {
    const email = freshEmail('contract');
    expect((await signUp(email)).status).toBeLessThan(300);
    const { token } = await app.mailbox.newest(email);
    expect((await open(CONFIRM_PAGE, token)).text).toContain('At least 6 characters.');
    expect((await submit(CONFIRM_PAGE, { token, newPassword: '12345' })).status).toBe(422);
    expect((await submit(CONFIRM_PAGE, { token, newPassword: SHORT })).status).toBe(200);
    await signIn(app, email, SHORT);
  });

  it('takes it where a sign-up found the address with an account that has not proven it', async () => {
    const { email } = await register(app);
    const before = await app.mailbox.newest(email);
    // The link of the first mail is still fresh and would go out once more.
    await app.rows(`UPDATE challenges SET created_at = created_at - interval '1 day', expires_at = now() + interval '5 minutes'`);
    expect((await SIGN_UPS['user-spec'](email)).status).toBe(400);
    const { token } = await app.mailbox.newest(email, before);
    expect((await submit(CONFIRM_PAGE, { token, newPassword: SHORT })).status).toBe(200);
    await signIn(app, email, SHORT);
  });

  it('takes it behind the mail of a sign-in that sadhelx refused', async () => {
    const email = freshEmail('contract');
    await SIGN_UPS.sadhelx(email);
    const before = await app.mailbox.newest(email);
    await new ContractClient(app, 'sadhelx').send('POST', '/login', { identity: email, password: 'rahasia' });
    const { token } = await app.mailbox.newest(email, before);
    expect((await submit(CONFIRM_PAGE, { token, newPassword: SHORT })).status).toBe(200);
  });

  it('keeps the core’s policy on the page behind a sign-up under /v1, and for an elevated account', async () => {
    const { email } = await register(app);
    const { token } = await app.mailbox.newest(email);
    expect((await submit(CONFIRM_PAGE, { token, newPassword: SHORT })).status).toBe(422);
    const admin = freshEmail('contract');
    await SIGN_UPS['user-spec'](admin);
    await grant(admin);
    const mail = await app.mailbox.newest(admin);
    expect((await open(CONFIRM_PAGE, mail.token)).text).toContain('At least 15 characters.');
    expect((await submit(CONFIRM_PAGE, { token: mail.token, newPassword: SHORT })).status).toBe(422);
  });
});

describe('links in mails of contracts, with CONTRACT_LINKS', () => {
  const PREFIX = 'https://app.example/#/reset?lang=en&token=';
  let app: TestApp;
  let api: ContractClient;
  beforeAll(async () => {
    app = await startContracts({ CONTRACT_LINKS: `user-spec=${PREFIX}`, RETURN_URLS: '' });
    api = new ContractClient(app, 'user-spec');
  });
  afterAll(() => app.stop());

  const mailAfter = async (email: string, act: () => Promise<unknown>): Promise<ReceivedMail> => {
    const before = await app.mailbox.newest(email);
    await act();
    return app.mailbox.newest(email, before);
  };

  it('leads the reset of user-spec to the frontend’s page, whose token the contract takes', async () => {
    const username = freshEmail('example');
    await api.send('POST', '/users', { username, password: 'rahasia' });
    const mail = await mailAfter(username, () => api.send('POST', '/users/reset-password', { username }));
    const link = linkOf(mail);
    expect(link.startsWith(PREFIX)).toBe(true);
    const token = link.slice(PREFIX.length);
    expect(mail.text).toContain(link);
    expect(mail.html).toContain(link.replaceAll('&', '&amp;').replaceAll('=', '&#x3D;'));
    expect(mail.text).not.toContain(RESET_PAGE);
    const headers = { authorization: token };
    expect((await api.get('/users/reset-password/verify-token', { headers })).status).toBe(200);
    expect((await api.send('PUT', '/users/reset-password/update-password', { password: SHORT }, { headers })).status).toBe(200);
    await signIn(app, username, SHORT);
  });

  it('leaves every other link alone', async () => {
    const { email } = await register(app);
    expect(linkOf(await app.mailbox.newest(email))).toContain(`${app.settings.PUBLIC_URL}${CONFIRM_PAGE}?token=`);
    const username = freshEmail('example');
    await api.send('POST', '/users', { username, password: 'rahasia' });
    expect(linkOf(await app.mailbox.newest(username))).toContain(`${app.settings.PUBLIC_URL}${CONFIRM_PAGE}?token=`);
    const core = await mailAfter(username, () => app.post('/v1/auth/password/forgot', { identifier: username }));
    expect(linkOf(core)).toContain(`${app.settings.PUBLIC_URL}${RESET_PAGE}?token=`);
    const other = await mailAfter(username, () =>
      new ContractClient(app, 'sadhelx').send('POST', '/get-password-reset-code', { identity: username }),
    );
    expect(linkOf(other)).toContain(`${app.settings.PUBLIC_URL}${RESET_PAGE}?token=`);
  });
});

let names = 0;
function freshName(): string {
  names += 1;
  return `contract${names}x${process.pid}`;
}
