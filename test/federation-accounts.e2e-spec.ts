import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../src/auth/passwords/password-hasher.service.js';
import { PASSWORD, freshEmail, signedIn } from './support/accounts.js';
import type { FalseProvider } from './support/false-provider.js';
import { FEDERATED, type SentSignIn, addProvider, comeBack, falseProvider, sent, signInBy } from './support/federation.js';
import { attempt, begin, mailedCode, readSignIn } from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';

/** What becomes of accounts when somebody comes from a provider with their address. */
describe('accounts that providers make, and that they meet', () => {
  let app: TestApp;
  let fake: FalseProvider;

  /** Sets the provider up anew. */
  const provide = async (settings: Record<string, unknown> = {}) => {
    await app.rows('DELETE FROM identities');
    await app.rows(`DELETE FROM providers WHERE slug = 'fake'`);
    return addProvider(app, { issuer: fake.issuer, ...settings });
  };
  const person = (email: string) => ({ sub: `sub-${Math.random()}`, email, email_verified: true });
  const passwordOf = async (id: string) => {
    const [row] = await app.rows('SELECT password_hash, password_locked_at FROM users WHERE id = $1', [id]);
    return row;
  };

  beforeAll(async () => {
    [app, fake] = await Promise.all([sharedApp(FEDERATED), falseProvider()]);
  });
  beforeEach(() => fake.reset());
  afterAll(() => app.stop());

  it('opens a new one to no password before its owner sets one, not of another system either', async () => {
    for (const emailTrusted of [true, false]) {
      await provide({ signUps: true, emailTrusted });
      const { user } = (await readSignIn(app, await signInBy(app, fake, person(freshEmail())))).body.session;
      expect(await passwordOf(user.id)).toEqual({ password_hash: null, password_locked_at: expect.any(Date) });
    }
  });

  it('makes one account for somebody who comes in several tabs at once, and signs all of them in to it', async () => {
    for (const emailTrusted of [true, false]) {
      await provide({ signUps: true, emailTrusted });
      fake.person = person(freshEmail());
      const tabs: { signIn: SentSignIn; back: URL }[] = [];
      for (let count = 0; count < 6; count += 1) {
        const signIn = await sent(app);
        tabs.push({ signIn, back: await fake.visit(signIn.redirectUrl) });
      }
      const codes = await Promise.all(tabs.map(async ({ signIn, back }) => (await comeBack(app, back, signIn.cookie)).code));
      expect(codes).toEqual(tabs.map(() => null));
      const answers = await Promise.all(tabs.map(({ signIn }) => readSignIn(app, signIn)));
      expect(new Set(answers.map(({ body }) => body.session?.user.id)).size).toBe(1);
      expect(answers.map(({ body }) => body.status)).toEqual(tabs.map(() => 'complete'));
    }
  });

  it('leaves no password in one that its mailbox took over, so that the owner needs none', async () => {
    await provide({ emailTrusted: true });
    const stranger = await signedIn(app);
    const { accessToken } = (await readSignIn(app, await signInBy(app, fake, person(stranger.email)))).body.session;
    expect(await passwordOf(stranger.id)).toEqual({ password_hash: null, password_locked_at: expect.any(Date) });
    expect((await app.get('/v1/users/me/authenticators', { token: accessToken })).body.password).toBe(false);
    const set = await app.call('PUT', '/v1/auth/password', { token: accessToken, body: { newPassword: 'five quiet foxes dream' } });
    expect(set.status).toBeLessThan(300);
  });

  it('passes by one that only claims the address', async () => {
    await provide({ signUps: true, emailTrusted: true });
    const claimer = await signedIn(app);
    const email = freshEmail('claimed');
    await app.rows('UPDATE users SET email = $2, email_key = $2, email_claimed = true WHERE id = $1', [claimer.id, email]);
    const done = (await readSignIn(app, await signInBy(app, fake, person(email)))).body;
    expect(done).toMatchObject({ status: 'complete', session: { user: { email, emailVerified: true } } });
    expect(done.session.user.id).not.toBe(claimer.id);
  });

  it('lets a mailed code, the first proof of one, go on to the session and the link', async () => {
    await provide();
    const stranger = await signedIn(app);
    const google = person(stranger.email);
    const waiting = await signInBy(app, fake, google);
    expect((await readSignIn(app, waiting)).body.status).toBe('needs_link');
    const done = await attempt(app, waiting, (await mailedCode(app, waiting, stranger.email)).answer);
    expect(done.body).toMatchObject({ status: 'complete', session: { user: { id: stranger.id, emailVerified: true } } });
    expect(await app.rows('SELECT subject FROM identities WHERE user_id = $1', [stranger.id])).toEqual([{ subject: google.sub }]);
    expect((await app.post('/v1/auth/login', { identifier: stranger.email, password: PASSWORD })).status).toBe(401);
    expect((await app.post('/v1/auth/refresh', { refreshToken: stranger.refreshToken })).status).toBe(401);
  });

  it('unlinks the only identity of one that can sign in by a mailed code', async () => {
    await provide({ signUps: true, emailTrusted: true });
    const { accessToken } = (await readSignIn(app, await signInBy(app, fake, person(freshEmail())))).body.session;
    const [identity] = (await app.get('/v1/users/me/authenticators', { token: accessToken })).body.identities;
    expect((await app.call('DELETE', `/v1/users/me/identities/${identity.id}`, { token: accessToken })).status).toBe(204);
  });

  it('does not link an identity of a provider that was disabled meanwhile', async () => {
    const id = await provide();
    const user = await signedIn(app);
    const waiting = await signInBy(app, fake, person(user.email));
    await app.rows('UPDATE providers SET enabled_at = NULL WHERE id = $1', [id]);
    expect((await attempt(app, waiting, { password: PASSWORD })).body.code).toBe('provider.not_found');
    expect(await app.rows('SELECT FROM identities WHERE user_id = $1', [user.id])).toEqual([]);
  });
});

describe('a first factor that takes its time', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  it('opens nothing when all sessions of the account end while its password is compared', async () => {
    const user = await signedIn(app);
    const signIn = await begin(app, { identifier: user.email });
    const hasher = app.nest.get(PasswordHasher);
    const verify = hasher.verify.bind(hasher);
    const slow = vi.spyOn(hasher, 'verify').mockImplementation(async (...args) => {
      const isRight = await verify(...args);
      await app.rows('UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1', [user.id]);
      return isRight;
    });
    try {
      const answer = await attempt(app, signIn, { password: PASSWORD });
      expect([answer.status, answer.body.session]).toEqual([401, undefined]);
      expect(slow).toHaveBeenCalled();
    } finally {
      slow.mockRestore();
    }
    expect((await attempt(app, signIn, { password: PASSWORD })).body.status).toBe('complete');
  });
});
