import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, type TestUser, register, signedIn } from './support/accounts.js';
import { totpCode } from './support/factors.js';
import type { FalseProvider } from './support/false-provider.js';
import { FEDERATED, addProvider, ask, falseProvider, signInBy } from './support/federation.js';
import { VirtualAuthenticator } from './support/passkeys.js';
import { type TestSignIn, askForCode, attempt, begin, mailedCode, readSignIn, withTotp, wrongCode } from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';
import { claimsOf } from './support/tokens.js';

/* eslint-disable typescript/no-explicit-any -- options and answers are JSON of every shape */

const PASSKEYS = '/v1/users/me/authenticators/passkeys';

describe('an identity with the address of an account is linked', () => {
  let app: TestApp;
  let fake: FalseProvider;

  const prove = (id: string) => app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [id]);
  const subjectsOf = async (id: string): Promise<string[]> =>
    (await app.rows<{ subject: string }>('SELECT subject FROM identities WHERE user_id = $1', [id])).map(({ subject }) => subject);
  /** Somebody comes back from the provider with this address. */
  const come = async (email: string, sub: string): Promise<TestSignIn> => {
    const signIn = await signInBy(app, fake, { sub, email, email_verified: true });
    expect(signIn.code).toBeNull();
    expect((await readSignIn(app, signIn)).body.status).toBe('needs_link');
    return signIn;
  };
  const newSub = () => `sub-${Math.random()}`;

  beforeAll(async () => {
    [app, fake] = await Promise.all([sharedApp({ ...FEDERATED, MFA: 'optional' }), falseProvider()]);
    await addProvider(app, { issuer: fake.issuer, signUps: true });
  });
  beforeEach(() => fake.reset());
  afterAll(() => app.stop());

  describe('after a mailed code', () => {
    it('of that account, in this sign-in', async () => {
      const user = await signedIn(app);
      await prove(user.id);
      const sub = newSub();
      const signIn = await come(user.email, sub);
      const code = await mailedCode(app, signIn, user.email);
      const wrong = await attempt(app, signIn, { ...code.answer, code: wrongCode(code.answer.code) });
      expect(wrong.body.code).toBe('factor.invalid');
      expect(await subjectsOf(user.id)).toEqual([]);
      const done = await attempt(app, signIn, code.answer);
      expect(done.body).toMatchObject({ status: 'complete', session: { user: { id: user.id } } });
      expect(await subjectsOf(user.id)).toEqual([sub]);
      await expect(app.mailbox.about('another way to sign in', user.email)).resolves.toBeDefined();
      // The account keeps its password: nothing was taken over.
      expect((await app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD })).status).toBe(200);
    });

    it('of this sign-in alone', async () => {
      const user = await register(app);
      await prove(user.id);
      const [mine, others] = [await come(user.email, newSub()), await begin(app, { identifier: user.email })];
      const code = await mailedCode(app, others, user.email);
      expect((await attempt(app, mine, code.answer)).body.code).toBe('factor.invalid');
      const other = await register(app);
      await prove(other.id);
      const foreign = await mailedCode(app, await begin(app, { identifier: other.email }), other.email);
      expect((await attempt(app, mine, foreign.answer)).body.code).toBe('factor.invalid');
      expect(await subjectsOf(user.id)).toEqual([]);
    });

    it('which goes to the address of the account, not to one that somebody types', async () => {
      const user = await register(app);
      await prove(user.id);
      const signIn = await come(user.email, newSub());
      const { body } = await mailedCode(app, signIn, user.email);
      expect(JSON.stringify(body)).not.toContain(user.email);
      const named = await app.post(
        `/v1/sign-ins/${signIn.id}/challenges`,
        { type: 'email_code', identifier: 'thief@example.com' },
        { headers: { 'sign-in-secret': signIn.secret } },
      );
      expect(named.status).toBe(422);
    });

    it('and gives an account that nobody proved to whoever reads the mail', async () => {
      const stranger = await signedIn(app);
      const sub = newSub();
      const signIn = await come(stranger.email, sub);
      const { answer } = await mailedCode(app, signIn, stranger.email);
      const done = await attempt(app, signIn, answer);
      expect(done.body).toMatchObject({ status: 'complete', session: { user: { id: stranger.id, emailVerified: true } } });
      expect(await subjectsOf(stranger.id)).toEqual([sub]);
      expect((await app.post('/v1/auth/login', { identifier: stranger.email, password: PASSWORD })).status).toBe(401);
      expect((await app.post('/v1/auth/refresh', { refreshToken: stranger.refreshToken })).status).toBe(401);
    });

    it('and the second factor of the account', async () => {
      const user = await withTotp(app);
      await prove(user.id);
      const sub = newSub();
      const signIn = await come(user.email, sub);
      const { answer } = await mailedCode(app, signIn, user.email);
      expect((await attempt(app, signIn, answer)).body.status).toBe('needs_second_factor');
      expect(await subjectsOf(user.id)).toEqual([]);
      expect((await attempt(app, signIn, { totp: totpCode(user.totp.secret) })).body.status).toBe('complete');
      expect(await subjectsOf(user.id)).toEqual([sub]);
    });

    it('once, for ten right codes at once', async () => {
      const user = await register(app);
      await prove(user.id);
      const signIn = await come(user.email, newSub());
      const { answer } = await mailedCode(app, signIn, user.email);
      const answers = await Promise.all(Array.from({ length: 10 }, () => attempt(app, signIn, answer)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(await subjectsOf(user.id)).toHaveLength(1);
    });
  });

  describe('after a passkey', () => {
    const withPasskey = async (): Promise<{ user: TestUser; device: VirtualAuthenticator }> => {
      const user = await signedIn(app);
      await prove(user.id);
      const device = new VirtualAuthenticator();
      const options = (await app.post(`${PASSKEYS}/options`, {}, { token: user.accessToken })).body;
      const added = await app.post(PASSKEYS, { credential: device.create(options) }, { token: user.accessToken });
      expect(added.status).toBe(201);
      return { user, device };
    };
    const challengeOf = async (signIn: TestSignIn): Promise<any> => {
      const { status, body } = await app.post(
        `/v1/sign-ins/${signIn.id}/challenges`,
        { type: 'passkey' },
        { headers: { 'sign-in-secret': signIn.secret } },
      );
      expect(status).toBe(201);
      return body;
    };
    const show = async (signIn: TestSignIn, device: VirtualAuthenticator) => {
      const { id, publicKey } = await challengeOf(signIn);
      return attempt(app, signIn, { challengeId: id, credential: device.get(publicKey) });
    };

    it('of that account, which is two factors in one', async () => {
      const { user, device } = await withPasskey();
      const sub = newSub();
      const done = await show(await come(user.email, sub), device);
      expect(done.body).toMatchObject({ status: 'complete', session: { user: { id: user.id } } });
      expect(claimsOf(done.body.session.accessToken)).toMatchObject({ acr: 'urn:latchkey:aal2' });
      expect(await subjectsOf(user.id)).toEqual([sub]);
    });

    it('but not of another account', async () => {
      const [{ user }, other] = [await withPasskey(), await withPasskey()];
      const signIn = await come(user.email, newSub());
      // It is not said which passkeys the account has, as long as nobody proved it.
      expect((await challengeOf(signIn)).publicKey.allowCredentials).toEqual([]);
      expect((await show(signIn, other.device)).body.code).toBe('factor.invalid');
      expect([await subjectsOf(user.id), await subjectsOf(other.user.id)]).toEqual([[], []]);
      expect((await readSignIn(app, signIn)).body.status).toBe('needs_link');
    });
  });

  it('not after another identity of that account', async () => {
    const user = await signedIn(app);
    await prove(user.id);
    const signIn = await come(user.email, newSub());
    expect((await ask(app, signIn)).body.code).toBe('sign_in.wrong_state');
    const idToken = fake.idToken({ sub: 'x', email: user.email, email_verified: true, nonce: signIn.id });
    expect((await attempt(app, signIn, { provider: 'fake', idToken })).status).not.toBe(200);
    expect(await subjectsOf(user.id)).toEqual([]);
  });

  it('not for whoever does not hold the sign-in', async () => {
    const user = await register(app);
    await prove(user.id);
    const signIn = await come(user.email, newSub());
    expect((await askForCode(app, { ...signIn, secret: 'x'.repeat(43) })).body.code).toBe('sign_in.not_found');
    expect((await attempt(app, { ...signIn, secret: 'x'.repeat(43) }, { password: PASSWORD })).body.code).toBe('sign_in.not_found');
  });
});
