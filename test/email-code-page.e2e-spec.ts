import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshEmail, register } from './support/accounts.js';
import { type MailedCode, attempt, mailedCode, withTotp } from './support/sign-ins.js';
import { type Answer, type CallOptions, PUBLIC_URL, type TestApp, sharedApp } from './support/start-app.js';

const PAGE = '/account/sign-in';
const RETURN_TO = 'https://app.example.com/welcome';

describe('the page behind the link of a mailed code', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  interface Waiting extends MailedCode {
    signIn: { id: string; secret: string };
  }

  /** A sign-in that waits for its code, as an app in cookie mode or another one began it. */
  const waitingFor = async (email: string, { mode = 'cookie', returnTo }: { mode?: string; returnTo?: string } = {}): Promise<Waiting> => {
    const begun = await app.post(
      '/v1/sign-ins',
      { identifier: email, mode, ...(returnTo !== undefined && { returnTo }) },
      { headers: { origin: PUBLIC_URL } },
    );
    const secret = begun.body.secret ?? cookieOf(begun, 'sign-in');
    const signIn = { id: begun.body.id, secret };
    return { signIn, ...(await mailedCode(app, signIn, email)) };
  };
  const open = (token: string): Promise<Answer> => app.get(`${PAGE}?token=${token}`);
  const submit = (token: string, headers: CallOptions['headers'] = { 'sec-fetch-site': 'same-origin' }): Promise<Answer> =>
    app.post(PAGE, new URLSearchParams({ token }).toString(), {
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  const proven = async (): Promise<{ id: string; email: string }> => {
    const user = await register(app);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    return user;
  };
  const sessionsOf = async (userId: string): Promise<number> =>
    (await app.rows('SELECT 1 FROM sessions WHERE user_id = $1', [userId])).length;
  const shown = (code: string): string => `${code.slice(0, 4)} ${code.slice(4)}`;

  it('shows the code, however often it is opened, and uses nothing up', async () => {
    const { id, email } = await proven();
    const { signIn, answer, mail } = await waitingFor(email, { returnTo: RETURN_TO });
    expect(mail.links).toContain(`${PUBLIC_URL}${PAGE}?token=${mail.token}`);
    for (let i = 0; i < 3; i++) {
      const page = await open(mail.token);
      expect(page.status).toBe(200);
      expect(page.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
      expect(page.headers['set-cookie']).toBeUndefined();
      expect(page.text).toContain(shown(answer.code));
      expect(page.text).toContain(email);
      expect(page.text).toContain('app.example.com');
    }
    await app.call('HEAD', `${PAGE}?token=${mail.token}`);
    expect(await sessionsOf(id)).toBe(0);
    expect((await attempt(app, signIn, answer)).body.status).toBe('complete');
    expect((await open(mail.token)).status).toBe(400);
  });

  it('signs the browser in that presses the button, and not the one that waits', async () => {
    const { id, email } = await proven();
    const { signIn, answer, mail } = await waitingFor(email, { returnTo: RETURN_TO });
    const done = await submit(mail.token);
    expect(done.status).toBe(200);
    expect(done.text).toContain(`href="${RETURN_TO}"`);
    expect(await sessionsOf(id)).toBe(1);
    // The browser has a session like any other in cookie mode.
    const cookie = `${nameOf(done, 'refresh')}=${cookieOf(done, 'refresh')}`;
    const refreshed = await app.post('/v1/auth/refresh', { withUser: true }, { headers: { origin: PUBLIC_URL, cookie } });
    expect(refreshed.body).toMatchObject({ user: { id } });
    // What waits still waits, and the code is used up.
    expect((await app.get(`/v1/sign-ins/${signIn.id}`, { headers: { 'sign-in-secret': signIn.secret } })).body.status).toBe(
      'needs_first_factor',
    );
    expect((await attempt(app, signIn, answer)).body.code).toBe('factor.invalid');
    expect((await submit(mail.token)).status).toBe(400);
    expect(await sessionsOf(id)).toBe(1);
  });

  it('makes one session of fifty presses at once', async () => {
    const { id, email } = await proven();
    const { mail } = await waitingFor(email, { returnTo: RETURN_TO });
    const answers = await Promise.all(Array.from({ length: 50 }, () => submit(mail.token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await sessionsOf(id)).toBe(1);
  });

  it('goes on in the app where the account needs more', async () => {
    const user = await withTotp(app);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    await app.rows('DELETE FROM sessions WHERE user_id = $1', [user.id]);
    const { signIn, mail } = await waitingFor(user.email, { returnTo: RETURN_TO });
    const half = await submit(mail.token);
    const [, next] = /href="https:\/\/app\.example\.com\/welcome\?sign_in=([\w-]+)"/.exec(half.text.replaceAll('&#x3D;', '=')) ?? [];
    expect(next).toBeDefined();
    expect(next).not.toBe(signIn.id);
    const cookie = `${nameOf(half, 'sign-in')}=${cookieOf(half, 'sign-in')}`;
    expect((await app.get(`/v1/sign-ins/${next}`, { headers: { cookie } })).body.status).toBe('needs_second_factor');
    expect(await sessionsOf(user.id)).toBe(0);
  });

  it('makes the account of an address that nobody has', async () => {
    const email = freshEmail('page');
    const { mail } = await waitingFor(email, { returnTo: RETURN_TO });
    expect((await submit(mail.token)).status).toBe(200);
    expect(await app.rows('SELECT 1 FROM users WHERE email = $1 AND email_verified_at IS NOT NULL', [email])).toHaveLength(1);
  });

  it('only shows the code to apps that could not go on there', async () => {
    const { id, email } = await proven();
    for (const terms of [{ mode: 'tokens', returnTo: RETURN_TO }, { mode: 'cookie' }]) {
      const { answer, mail } = await waitingFor(email, terms);
      const page = await open(mail.token);
      expect(page.text).toContain(shown(answer.code));
      expect(page.text).not.toContain('<form');
      expect((await submit(mail.token)).status).toBe(400);
    }
    expect(await sessionsOf(id)).toBe(0);
  });

  it('takes no form that another site has sent: it would sign a browser in to a stranger', async () => {
    const { id, email } = await proven();
    const { mail } = await waitingFor(email, { returnTo: RETURN_TO });
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      const answer = await submit(mail.token, headers);
      expect(answer.status).toBe(403);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(await sessionsOf(id)).toBe(0);
    expect((await submit(mail.token)).status).toBe(200);
  });

  it('is the first proof of an account, too', async () => {
    const stranger = await register(app);
    const { mail } = await waitingFor(stranger.email, { returnTo: RETURN_TO });
    expect((await submit(mail.token)).status).toBe(200);
    expect(await app.rows('SELECT 1 FROM users WHERE id = $1 AND password_hash IS NULL', [stranger.id])).toHaveLength(1);
  });

  it('refuses what is no link of ours, and one that is too old', async () => {
    const { email } = await proven();
    const { mail } = await waitingFor(email, { returnTo: RETURN_TO });
    for (const token of ['', 'x', mail.token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))])
      expect((await open(token)).status).toBe(400);
    await app.rows(`UPDATE sign_in_codes SET expires_at = now() - interval '1 second'`);
    expect((await open(mail.token)).status).toBe(410);
    expect((await submit(mail.token)).status).toBe(410);
  });
});

/** The cookies that an answer sets. */
function cookiesOf({ headers }: Answer): string[] {
  return [headers['set-cookie'] ?? []].flat().map(String);
}

function cookie(answer: Answer, name: string): [string, string] {
  const [pair = ''] = cookiesOf(answer)
    .flatMap((each) => /^(__Host-latchkey-[^;]+);/.exec(each)?.[1] ?? [])
    .filter((each) => each.includes(`latchkey-${name}`));
  return [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
}

const nameOf = (answer: Answer, name: string): string => cookie(answer, name)[0];
const cookieOf = (answer: Answer, name: string): string => cookie(answer, name)[1];
