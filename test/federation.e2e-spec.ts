import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn, signedIn, signedInAs } from './support/accounts.js';
import { forgetStep, totpCode } from './support/factors.js';
import type { FalseProvider } from './support/false-provider.js';
import { FEDERATED, RETURN_TO, addProvider, ask, comeBack, cookieOf, falseProvider, sent, signInBy } from './support/federation.js';
import { attempt, begin, readSignIn, withTotp } from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';

describe('signing in by an identity provider', () => {
  let app: TestApp;
  let fake: FalseProvider;

  /** Sets the provider up anew. */
  const provide = async (settings: Record<string, unknown> = {}) => {
    await app.rows('DELETE FROM identities');
    await app.rows(`DELETE FROM providers WHERE slug = 'fake'`);
    return addProvider(app, { issuer: fake.issuer, ...settings });
  };
  const prove = (id: string) => app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [id]);
  const sub = () => `sub-${Math.random()}`;
  const identitiesOf = (id: string) => app.rows<{ subject: string }>('SELECT subject FROM identities WHERE user_id = $1 ORDER BY id', [id]);

  beforeAll(async () => {
    [app, fake] = await Promise.all([sharedApp(FEDERATED), falseProvider()]);
  });
  beforeEach(() => fake.reset());
  afterAll(() => app.stop());

  it('makes an account where the provider may, and signs in to it from then on', async () => {
    await provide({ signUps: true, emailTrusted: true });
    const person = { sub: sub(), email: freshEmail(), email_verified: true, given_name: 'Ada', family_name: 'Lovelace' };
    const first = await signInBy(app, fake, person);
    expect(first.code).toBeNull();
    const done = await readSignIn(app, first);
    expect(done.body).toMatchObject({
      status: 'complete',
      session: { user: { email: person.email, emailVerified: true, firstName: 'Ada' } },
    });
    // Once.
    expect((await readSignIn(app, first)).body.session).toBeUndefined();
    const again = await readSignIn(app, await signInBy(app, fake, { ...person, email: freshEmail() }));
    expect(again.body.session.user).toMatchObject({ id: done.body.session.user.id, email: person.email });
    const { accessToken } = again.body.session;
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({ acr: 'urn:latchkey:aal1', amr: ['fed'] });
    const own = await app.get('/v1/users/me/authenticators', { token: accessToken });
    expect(own.body).toMatchObject({ password: false, identities: [{ provider: 'fake', name: 'Fake' }] });
    const exported = await app.get('/v1/users/me/export', { token: accessToken });
    expect(exported.body.identities).toMatchObject([
      {
        provider: 'fake',
        issuer: fake.issuer,
        subject: person.sub,
        email: expect.any(String),
        emailVerified: true,
        profile: { firstName: 'Ada', lastName: 'Lovelace', picture: null },
      },
    ]);
    const admin = await signedInAs(app, 'admin');
    const seen = await app.get(`/v1/users/${done.body.session.user.id}/authenticators`, { token: admin.accessToken });
    expect(seen.body).toMatchObject({
      data: [],
      identities: [
        { provider: 'fake', name: 'Fake', usable: true, issuer: fake.issuer, subject: person.sub, lastUsedAt: expect.any(String) },
      ],
    });
    // With the first sign-in there is nothing to tell; it is on record.
    const events = await app.rows<{ action: string }>(`SELECT action FROM audit_events WHERE subject_id = $1 ORDER BY id`, [
      done.body.session.user.id,
    ]);
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['account.registered', 'email.verified', 'identity.linked', 'session.opened']),
    );
  });

  it('mails a code to the address of a new account when the provider is not trusted', async () => {
    await provide({ signUps: true });
    const email = freshEmail();
    const done = await readSignIn(app, await signInBy(app, fake, { email, email_verified: true }));
    expect(done.body.session.user).toMatchObject({ email, emailVerified: false });
    await expect(app.mailbox.newest(email)).resolves.toBeDefined();
  });

  it('makes no account unless told to, nor one without a proven address', async () => {
    await provide();
    expect((await signInBy(app, fake, { email: freshEmail(), email_verified: true })).code).toBe('provider.sign_ups_closed');
    await provide({ signUps: true });
    for (const claims of [
      {},
      { email: freshEmail() },
      { email: freshEmail(), email_verified: 'false' },
      { email: freshEmail(), email_verified: 'true' },
    ]) {
      expect((await signInBy(app, fake, claims)).code).toBe('provider.email_unproven');
    }
  });

  it('tells whether an account has an address only to somebody who proved it to the provider', async () => {
    await provide();
    const { email } = await register(app);
    await prove((await app.rows<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]))[0]?.id ?? '');
    const codesOf = async (claims: object, tamper: (claims: Record<string, unknown>) => Record<string, unknown> = (each) => each) => {
      fake.tamper = tamper;
      const codes: (string | null)[] = [];
      for (const each of [email, freshEmail()]) codes.push((await signInBy(app, fake, { ...claims, email: each })).code);
      return codes;
    };
    expect(await codesOf({})).toEqual(['provider.sign_ups_closed', 'provider.sign_ups_closed']);
    expect(await codesOf({ email_verified: 'true' })).toEqual(['provider.sign_ups_closed', 'provider.sign_ups_closed']);
    const forged = (claims: Record<string, unknown>) => ({ ...claims, nonce: 'guessed' });
    expect(await codesOf({ email_verified: true }, forged)).toEqual(['provider.answer_invalid', 'provider.answer_invalid']);
    expect(await codesOf({ email_verified: true })).toEqual([null, 'provider.sign_ups_closed']);
  });

  it('shows a button for each enabled provider, before anybody is known', async () => {
    await provide();
    await addProvider(app, { slug: 'hidden', issuer: fake.issuer, enabled: false });
    const { factors } = await begin(app);
    expect(factors).toContainEqual({ type: 'provider', role: 'first', provider: 'fake' });
    expect(JSON.stringify(factors)).not.toContain('hidden');
    await app.rows(`DELETE FROM providers WHERE slug = 'hidden'`);
  });

  it('still asks for the second factor', async () => {
    await provide();
    const user = await withTotp(app);
    await prove(user.id);
    const person = { sub: sub(), email: user.email, email_verified: true };
    const signedInBy = await signInBy(app, fake, person);
    // An unknown identity with the address of an account: first that account, with every factor that it has.
    expect((await readSignIn(app, signedInBy)).body).toMatchObject({ status: 'needs_link', link: { provider: 'fake', email: user.email } });
    expect((await attempt(app, signedInBy, { password: PASSWORD })).body.status).toBe('needs_second_factor');
    expect(await identitiesOf(user.id)).toEqual([]);
    const complete = await attempt(app, signedInBy, { totp: totpCode(user.totp.secret) });
    expect(complete.body.status).toBe('complete');
    expect(await identitiesOf(user.id)).toEqual([{ subject: person.sub }]);
    // The next time the identity is known.
    const next = await signInBy(app, fake, person);
    expect((await readSignIn(app, next)).body.status).toBe('needs_second_factor');
    await forgetStep(app, user.totp.id);
    const { body } = await attempt(app, next, { totp: totpCode(user.totp.secret) });
    const claims = JSON.parse(Buffer.from(body.session.accessToken.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({ acr: 'urn:latchkey:aal2', amr: expect.arrayContaining(['fed', 'otp', 'mfa']) });
  });

  it('takes the word of a provider for two factors only where its row says so', async () => {
    await provide({ signUps: true, acrMap: { 'urn:mfa': 2 } });
    const levels: string[] = [];
    for (const acr of ['urn:mfa', 'urn:other', '__proto__']) {
      fake.tamper = (claims) => ({ ...claims, acr });
      const { body } = await readSignIn(app, await signInBy(app, fake, { email: freshEmail(), email_verified: true }));
      levels.push(JSON.parse(Buffer.from(body.session.accessToken.split('.')[1], 'base64url').toString()).acr);
    }
    expect(levels).toEqual(['urn:latchkey:aal2', 'urn:latchkey:aal1', 'urn:latchkey:aal1']);
  });

  it('refuses disabled accounts, and ends with the epoch of the account', async () => {
    await provide({ signUps: true });
    const person = { sub: sub(), email: freshEmail(), email_verified: true };
    const { id } = (await readSignIn(app, await signInBy(app, fake, person))).body.session.user;
    const waiting = await signInBy(app, fake, person);
    await app.rows('UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1', [id]);
    expect((await readSignIn(app, waiting)).body.code).toBe('sign_in.expired');
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [id]);
    expect((await signInBy(app, fake, person)).code).toBe('auth.account_disabled');
  });

  it('leads back with the parameters of the address', async () => {
    await provide({ signUps: true });
    fake.person = { sub: sub(), email: freshEmail(), email_verified: true };
    const { id, redirectUrl, cookie } = await sent(app);
    const { to } = await comeBack(app, await fake.visit(redirectUrl), cookie);
    expect(to?.href).toBe(`${RETURN_TO}?sign_in=${id}`);
    const refused = await ask(app, await begin(app), 'fake', { returnTo: 'https://evil.example.com/' });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/returnTo']);
    expect((await ask(app, await begin(app), 'nowhere')).body.code).toBe('provider.not_found');
    expect((await ask(app, await begin(app), 'fake', { provider: undefined })).status).toBe(422);
  });

  it('keeps everything in cookies in cookie mode', async () => {
    await provide({ signUps: true });
    fake.person = { sub: sub(), email: freshEmail(), email_verified: true };
    const headers = { origin: 'https://accounts.latchkey.test', 'content-type': 'application/json' };
    const begun = await app.post('/v1/sign-ins', { mode: 'cookie' }, { headers });
    const secret = cookieOf(begun);
    const asked = await app.post(
      `/v1/sign-ins/${begun.body.id}/challenges`,
      { type: 'provider', provider: 'fake' },
      { headers: { ...headers, cookie: secret } },
    );
    expect(String(asked.headers['set-cookie'])).toMatch(
      /^__Host-latchkey-provider=[\w-]{43}; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    await comeBack(app, await fake.visit(asked.body.redirectUrl), cookieOf(asked));
    const done = await app.get(`/v1/sign-ins/${begun.body.id}`, { headers: { cookie: secret } });
    expect(done.body).toMatchObject({ status: 'complete', session: { accessToken: expect.any(String) } });
    expect(done.body.session.refreshToken).toBeUndefined();
    expect(String(done.headers['set-cookie'])).toContain('__Host-latchkey-refresh=');
  });

  describe('and somebody has the address', () => {
    it('links after that account was proven in the same sign-in, and tells its owner', async () => {
      await provide();
      const user = await signedIn(app);
      await prove(user.id);
      const person = { sub: sub(), email: user.email, email_verified: true, given_name: 'Ada' };
      const signedInBy = await signInBy(app, fake, person);
      const waiting = await readSignIn(app, signedInBy);
      expect(waiting.body.status).toBe('needs_link');
      // What the server offers, whatever the account has; and not the provider itself.
      expect(waiting.body.factors).toContainEqual({ type: 'password', role: 'first' });
      expect(waiting.body.factors.map(({ type }: { type: string }) => type)).not.toContain('provider');
      expect((await attempt(app, signedInBy, { password: 'wrong password 123' })).body.code).toBe('auth.bad_credentials');
      const named = await attempt(app, signedInBy, { password: PASSWORD, identifier: user.email });
      expect([named.status, named.body.errors[0].pointer]).toEqual([422, '/identifier']);
      expect((await ask(app, signedInBy)).body.code).toBe('sign_in.wrong_state');
      const done = await attempt(app, signedInBy, { password: PASSWORD });
      expect(done.body).toMatchObject({ status: 'complete', session: { user: { id: user.id, firstName: 'Ada' } } });
      expect(await identitiesOf(user.id)).toEqual([{ subject: person.sub }]);
      await expect(app.mailbox.about('another way to sign in', user.email)).resolves.toBeDefined();
      expect((await readSignIn(app, await signInBy(app, fake, person))).body.status).toBe('complete');
    });

    it('does not let another account be proven in its place', async () => {
      await provide();
      const [owner, other] = await Promise.all([signedIn(app), signedIn(app, { password: 'five quiet foxes dream' })]);
      await prove(owner.id);
      const signedInBy = await signInBy(app, fake, { email: owner.email, email_verified: true });
      expect((await attempt(app, signedInBy, { password: other.password })).status).toBe(401);
      expect(await identitiesOf(other.id)).toEqual([]);
    });

    it('links exactly the subject with which the browser came, once', async () => {
      await provide();
      const user = await signedIn(app);
      await prove(user.id);
      const person = { sub: sub(), email: user.email, email_verified: true };
      const waiting = [await signInBy(app, fake, person), await signInBy(app, fake, person)];
      const both = await Promise.all(waiting.map((each) => attempt(app, each, { password: PASSWORD })));
      expect(both.map(({ status }) => status)).toEqual([200, 200]);
      expect(await identitiesOf(user.id)).toEqual([{ subject: person.sub }]);
    });

    it('links at once only for a trusted provider, a proven upstream address and a proven one here', async () => {
      await provide({ links: 'auto', emailTrusted: true });
      const user = await signedIn(app);
      await prove(user.id);
      const done = await readSignIn(app, await signInBy(app, fake, { email: user.email, email_verified: true }));
      expect(done.body).toMatchObject({ status: 'complete', session: { user: { id: user.id } } });
      await provide({ links: 'auto' });
      const untrusted = await readSignIn(app, await signInBy(app, fake, { email: user.email, email_verified: true }));
      expect(untrusted.body.status).toBe('needs_link');
      await provide({ links: 'auto', emailTrusted: true });
      for (const email_verified of ['false', 'true', 1, undefined, false]) {
        expect((await signInBy(app, fake, { email: user.email, email_verified })).code).toBe('provider.sign_ups_closed');
      }
      expect(await identitiesOf(user.id)).toEqual([]);
    });

    it('asks for the second factor before it links at once', async () => {
      await provide({ links: 'auto', emailTrusted: true });
      const user = await withTotp(app);
      await prove(user.id);
      const signedInBy = await signInBy(app, fake, { email: user.email, email_verified: true });
      expect((await readSignIn(app, signedInBy)).body.status).toBe('needs_second_factor');
      expect(await identitiesOf(user.id)).toEqual([]);
      expect((await attempt(app, signedInBy, { totp: totpCode(user.totp.secret) })).body.status).toBe('complete');
      expect(await identitiesOf(user.id)).toHaveLength(1);
    });

    it('does not link where the provider never links', async () => {
      await provide({ links: 'never', emailTrusted: true });
      const user = await signedIn(app);
      expect((await signInBy(app, fake, { email: user.email, email_verified: true })).code).toBe('identity.link_required');
    });

    it('gives an account that nobody proved to the owner of the mailbox, and ends everything from before', async () => {
      const provider = await provide({ emailTrusted: true });
      const stranger = await signedIn(app);
      await app.rows(
        `INSERT INTO identities (id, user_id, provider_id, issuer, subject, email_verified, profile)
         VALUES (gen_random_uuid(), $1, $2, $3, 'of-the-stranger', false, '{}')`,
        [stranger.id, provider, fake.issuer],
      );
      const person = { sub: sub(), email: stranger.email, email_verified: true };
      const done = await readSignIn(app, await signInBy(app, fake, person));
      expect(done.body).toMatchObject({ status: 'complete', session: { user: { id: stranger.id, emailVerified: true } } });
      expect(await identitiesOf(stranger.id)).toEqual([{ subject: person.sub }]);
      expect((await app.post('/v1/auth/login', { identifier: stranger.email, password: PASSWORD })).status).toBe(401);
      expect((await app.post('/v1/auth/refresh', { refreshToken: stranger.refreshToken })).status).toBe(401);
    });

    it('lets the owner of an unproven account keep it when the provider is not trusted', async () => {
      await provide();
      const user = await signedIn(app);
      const signedInBy = await signInBy(app, fake, { email: user.email, email_verified: true });
      expect((await readSignIn(app, signedInBy)).body.status).toBe('needs_link');
      expect((await attempt(app, signedInBy, { password: PASSWORD })).body.session.user.emailVerified).toBe(false);
    });
  });

  describe('linking when signed in', () => {
    const link = async (user: { accessToken: string }, person: Record<string, unknown>) => {
      fake.person = { sub: sub(), ...person };
      const asked = await app.post('/v1/users/me/identities', { provider: 'fake' }, { token: user.accessToken });
      if (asked.status !== 201) throw new Error(`link: ${asked.status} ${asked.text}`);
      return comeBack(app, await fake.visit(asked.body.redirectUrl), cookieOf(asked));
    };

    it('links, signs in, and unlinks', async () => {
      await provide();
      const user = await signedIn(app);
      const person = { sub: sub(), email: 'another@example.org' };
      const { to, code } = await link(user, person);
      expect(code).toBeNull();
      const id = to?.searchParams.get('identity');
      const own = await app.get('/v1/users/me/authenticators', { token: user.accessToken });
      expect(own.body.identities).toMatchObject([{ id, provider: 'fake', email: 'another@example.org' }]);
      const session = (await readSignIn(app, await signInBy(app, fake, person))).body.session;
      expect(session.user.id).toBe(user.id);
      const removed = await app.call('DELETE', `/v1/users/me/identities/${id}`, { token: user.accessToken });
      expect(removed.status).toBe(204);
      expect((await signInBy(app, fake, person)).code).toBe('provider.sign_ups_closed');
      expect((await app.post('/v1/auth/refresh', { refreshToken: session.refreshToken })).status).toBe(401);
      await expect(app.mailbox.about('taken off', user.email)).resolves.toBeDefined();
      expect((await app.call('DELETE', `/v1/users/me/identities/${id}`, { token: user.accessToken })).body.code).toBe('identity.not_found');
    });

    it('does not take an identity away from another account', async () => {
      await provide();
      const [one, two] = await Promise.all([signedIn(app), signedIn(app)]);
      const person = { sub: sub() };
      expect((await link(one, person)).code).toBeNull();
      expect((await link(two, person)).code).toBe('identity.linked_elsewhere');
      expect(await identitiesOf(two.id)).toEqual([]);
    });

    it('keeps the last way in', async () => {
      await provide({ signUps: true });
      const person = { sub: sub(), email: freshEmail(), email_verified: true };
      const { accessToken } = (await readSignIn(app, await signInBy(app, fake, person))).body.session;
      const [identity] = (await app.get('/v1/users/me/authenticators', { token: accessToken })).body.identities;
      const refused = await app.call('DELETE', `/v1/users/me/identities/${identity.id}`, { token: accessToken });
      expect(refused.body.code).toBe('identity.last_way_in');
      expect((await app.get('/v1/users/me/authenticators', { token: accessToken })).body.identities).toHaveLength(1);
      // The provider stays as long as somebody signs in by it.
      const [{ provider_id } = { provider_id: '' }] = await app.rows<{ provider_id: string }>('SELECT provider_id FROM identities');
      const admin = await signedInAs(app, 'admin');
      const deleted = await app.call('DELETE', `/v1/providers/${provider_id}`, { token: admin.accessToken });
      expect(deleted.body.code).toBe('provider.in_use');
    });

    it('needs a fresh proof, and every factor that the account has', async () => {
      await provide();
      const user = await signedIn(app);
      await app.rows(`UPDATE sessions SET auth_time = now() - interval '10 min' WHERE user_id = $1`, [user.id]);
      const old = (await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).body.accessToken;
      expect((await app.post('/v1/users/me/identities', { provider: 'fake' }, { token: old })).body.code).toBe('auth.step_up_required');
      const two = await withTotp(app);
      expect((await app.post('/v1/users/me/identities', { provider: 'fake' }, { token: two.accessToken })).body.code).toBe(
        'auth.step_up_required',
      );
    });

    it('does not link for a session that has ended meanwhile', async () => {
      await provide();
      const user = await signedIn(app);
      fake.person = { sub: sub() };
      const asked = await app.post('/v1/users/me/identities', { provider: 'fake' }, { token: user.accessToken });
      const back = await fake.visit(asked.body.redirectUrl);
      await app.post('/v1/auth/logout', {}, { token: user.accessToken });
      expect((await comeBack(app, back, cookieOf(asked))).code).toBe('access.unauthenticated');
      expect(await identitiesOf(user.id)).toEqual([]);
    });
  });

  it('raises a session by the identity of its account, and no other', async () => {
    await provide({ signUps: true });
    const person = { sub: sub(), email: freshEmail(), email_verified: true };
    const { session } = (await readSignIn(app, await signInBy(app, fake, person))).body;
    const stepUp = () => begin(app, { purpose: 'step_up' }, { token: session.accessToken });
    const foreign = await signInBy(app, fake, { email: freshEmail(), email_verified: true }, { signIn: await stepUp() });
    expect(foreign.code).toBe('factor.invalid');
    const raised = await signInBy(app, fake, person, { signIn: await stepUp() });
    const { body } = await readSignIn(app, raised);
    const claims = JSON.parse(Buffer.from(body.session.accessToken.split('.')[1], 'base64url').toString());
    // Another first step is no second factor.
    expect(claims).toMatchObject({ acr: 'urn:latchkey:aal1', sid: expect.any(String) });
  });

  describe('for a session that steps up', () => {
    const person = { sub: sub(), email: freshEmail(), email_verified: true };
    /** Begins a step-up of somebody who came from the provider. */
    const begun = async () => {
      await provide({ signUps: true });
      const { session } = (await readSignIn(app, await signInBy(app, fake, { ...person, sub: sub(), email: freshEmail() }))).body;
      const own = fake.person;
      const stepUp = await begin(app, { purpose: 'step_up' }, { token: session.accessToken });
      return { own, stepUp, token: session.accessToken as string };
    };
    const now = () => Math.floor(Date.now() / 1_000);

    it('asks for a fresh proof', async () => {
      const { stepUp } = await begun();
      const { searchParams } = new URL((await sent(app, 'fake', stepUp)).redirectUrl);
      expect([searchParams.get('max_age'), searchParams.get('prompt')]).toEqual(['0', 'login']);
      expect(new URL((await sent(app)).redirectUrl).searchParams.has('max_age')).toBe(false);
    });

    it.each([
      ['a proof from before', () => now() - 120],
      ['no time', () => undefined],
    ])('does not take the word of a provider that tells %s', async (_, authTime) => {
      const { own, stepUp } = await begun();
      fake.tamper = (claims) => ({ ...claims, auth_time: authTime() });
      expect((await signInBy(app, fake, own, { signIn: stepUp })).code).toBe('provider.not_reauthenticated');
      expect((await readSignIn(app, stepUp)).body.status).toBe('needs_first_factor');
      const idToken = fake.idToken({ ...own, nonce: stepUp.id, auth_time: authTime() });
      const { status, body } = await attempt(app, stepUp, { provider: 'fake', idToken });
      expect([status, body.code]).toEqual([403, 'provider.not_reauthenticated']);
    });

    it('takes the ID token of an app that tells of a fresh one', async () => {
      const { own, stepUp } = await begun();
      const idToken = fake.idToken({ ...own, nonce: stepUp.id, auth_time: now() });
      expect((await attempt(app, stepUp, { provider: 'fake', idToken })).body.status).toBe('complete');
    });

    it('offers what the account has, and only providers that ask again', async () => {
      const { token } = await begun();
      const [{ user_id: userId } = { user_id: '' }] = await app.rows<{ user_id: string }>('SELECT user_id FROM identities');
      const others = { google: 'google', plain: undefined, unlinked: undefined } as const;
      const endpoints = Object.fromEntries(['authorization', 'token', 'userinfo'].map((name) => [name, `${fake.issuer}/${name}`]));
      try {
        for (const [slug, preset] of Object.entries(others)) {
          const kind = slug === 'plain' ? { kind: 'oauth2', endpoints } : {};
          const id = await addProvider(app, { slug, preset, ...(preset === undefined && { issuer: fake.issuer }), ...kind });
          if (slug === 'unlinked') continue;
          await app.rows(
            `INSERT INTO identities (id, user_id, provider_id, issuer, subject, email_verified, profile) VALUES (gen_random_uuid(), $1, $2, 'x', 'x', true, '{}')`,
            [userId, id],
          );
        }
        const offered = (factors: object[]) => factors.filter((each) => 'provider' in each).map((each) => Object(each).provider);
        expect(new Set(offered((await begin(app)).factors))).toEqual(new Set(['fake', 'google', 'plain', 'unlinked']));
        const stepUp = await begin(app, { purpose: 'step_up' }, { token });
        expect(offered(stepUp.factors)).toEqual(['fake']);
        for (const slug of ['google', 'plain']) {
          const { status, body } = await ask(app, stepUp, slug);
          expect([status, body.code]).toEqual([403, 'provider.not_reauthenticated']);
        }
      } finally {
        await app.rows(`DELETE FROM identities WHERE issuer = 'x'`);
        await app.rows('DELETE FROM providers WHERE slug = ANY ($1)', [Object.keys(others)]);
      }
    });
  });

  describe('with the ID token of a native app', () => {
    it('takes one that was made for this sign-in', async () => {
      await provide({ signUps: true });
      const signedUp = await begin(app);
      const claims = { sub: sub(), email: freshEmail(), email_verified: true };
      const token = fake.idToken({ ...claims, nonce: signedUp.id });
      const done = await attempt(app, signedUp, { provider: 'fake', idToken: token });
      expect(done.body).toMatchObject({ status: 'complete', session: { user: { email: claims.email } } });
      const other = await begin(app);
      expect((await attempt(app, other, { provider: 'fake', idToken: token })).body.code).toBe('provider.answer_invalid');
      const wrong = [
        { ...claims, nonce: other.id, aud: 'somebody-else' },
        { ...claims, nonce: other.id, iss: 'https://accounts.google.com' },
        { ...claims, nonce: other.id, exp: 1_700_000_000 },
        { ...claims },
      ];
      for (const each of wrong) {
        const { body } = await attempt(app, other, { provider: 'fake', idToken: fake.idToken(each) });
        expect(body.code).toBe('provider.answer_invalid');
      }
    });

    it('waits for the proof of an account that has the address', async () => {
      await provide();
      const user = await register(app);
      const signedInBy = await begin(app);
      const idToken = fake.idToken({ sub: sub(), email: user.email, email_verified: true, nonce: signedInBy.id });
      expect((await attempt(app, signedInBy, { provider: 'fake', idToken })).body.code).toBe('identity.link_required');
      expect((await readSignIn(app, signedInBy)).body.status).toBe('needs_link');
      expect((await attempt(app, signedInBy, { password: PASSWORD })).body.status).toBe('complete');
      expect(await identitiesOf(user.id)).toHaveLength(1);
      expect(await signIn(app, user.email)).toBeDefined();
    });
  });
});
