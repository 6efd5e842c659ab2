import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, signedIn } from './support/accounts.js';
import { FalseProvider } from './support/false-provider.js';
import { FEDERATED, addProvider, ask, comeBack, cookieOf, falseProvider, sent, signInBy } from './support/federation.js';
import { attempt, begin, readSignIn } from './support/sign-ins.js';
import { PUBLIC_URL, type TestApp, sharedApp } from './support/start-app.js';

describe('identity providers and whoever stands between', () => {
  let app: TestApp;
  let fake: FalseProvider;
  let other: FalseProvider;

  /** Sets the providers up anew. */
  const provide = async (settings: Record<string, unknown> = {}) => {
    await app.rows('DELETE FROM identities');
    await app.rows('DELETE FROM providers');
    await addProvider(app, { issuer: fake.issuer, signUps: true, ...settings });
    await addProvider(app, { slug: 'other', issuer: other.issuer, signUps: true });
  };
  const person = () => ({ sub: `sub-${Math.random()}`, email: freshEmail(), email_verified: true });

  beforeAll(async () => {
    [app, fake, other] = await Promise.all([
      sharedApp(FEDERATED),
      falseProvider(),
      FalseProvider.start([`${PUBLIC_URL}/v1/sign-ins/callback/other`]),
    ]);
    await provide();
  });
  beforeEach(() => {
    fake.reset();
    other.reset();
  });
  afterAll(async () => {
    other.stop();
    await app.stop();
  });

  it.each([
    ['of another issuer', { iss: 'https://accounts.google.com' }],
    ['with another nonce', { nonce: 'of-another-sign-in' }],
    ['without a nonce', { nonce: undefined }],
    ['for another audience', { aud: 'another-client' }],
    ['for several audiences of which another is the party', { aud: ['latchkey-at-provider', 'another'], azp: 'another' }],
    ['that has expired', { exp: Math.floor(Date.now() / 1_000) - 120 }],
    ['from the future', { nbf: Math.floor(Date.now() / 1_000) + 600 }],
    ['without a subject', { sub: undefined }],
    ['whose subject is no text', { sub: 42 }],
    ['whose subject is too long', { sub: 'x'.repeat(300) }],
  ])('refuses an ID token %s', async (_, changes) => {
    fake.tamper = (claims) => JSON.parse(JSON.stringify({ ...claims, ...changes }));
    const refused = await signInBy(app, fake, person());
    expect(refused.code).toBe('provider.answer_invalid');
    expect((await readSignIn(app, refused)).body.status).toBe('needs_first_factor');
    expect(await app.rows('SELECT FROM identities')).toEqual([]);
  });

  it('checks the signature, also where TLS vouches for the token', async () => {
    let forged = '';
    fake.tamper = (claims) => {
      forged = JSON.stringify(claims);
      return claims;
    };
    // The token endpoint answers with a token of somebody else's key.
    fake.intercept = (request, response) => {
      if (request.url !== '/token') return false;
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ access_token: 'a', token_type: 'bearer', id_token: other.idToken({ iss: fake.issuer, sub: 'x', nonce }) }),
        );
      });
      return true;
    };
    fake.person = person();
    const { redirectUrl, cookie } = await sent(app);
    const nonce = new URL(redirectUrl).searchParams.get('nonce');
    expect((await comeBack(app, await fake.visit(redirectUrl), cookie)).code).toBe('provider.answer_invalid');
    expect(forged).toBe('');
  });

  it('goes on after the keys were changed meanwhile', async () => {
    const someone = person();
    expect((await signInBy(app, fake, someone)).code).toBeNull();
    fake.rotateKeys();
    expect((await signInBy(app, fake, someone)).code).toBeNull();
    const asked = fake.asked.filter((path) => path === '/jwks').length;
    expect((await signInBy(app, fake, someone)).code).toBeNull();
    // They are kept after that.
    expect(fake.asked.filter((path) => path === '/jwks')).toHaveLength(asked);
  });

  it('takes an answer once, in the browser that was sent, from the provider that it was sent to', async () => {
    fake.person = person();
    const one = await sent(app);
    const back = await fake.visit(one.redirectUrl);
    const foreign = await sent(app);
    expect(await comeBack(app, back, '')).toMatchObject({ status: 403, code: 'sign_in.other_browser' });
    expect(await comeBack(app, back, foreign.cookie)).toMatchObject({ status: 403, code: 'sign_in.other_browser' });
    const mixedUp = new URL(back);
    mixedUp.pathname = mixedUp.pathname.replace('/fake', '/other');
    expect(await comeBack(app, mixedUp, one.cookie)).toMatchObject({ status: 404, code: 'sign_in.not_found' });
    const withoutState = new URL(back);
    withoutState.searchParams.delete('state');
    expect((await comeBack(app, withoutState, one.cookie)).status).toBe(404);
    expect((await comeBack(app, back, one.cookie)).code).toBeNull();
    // Replayed.
    expect(await comeBack(app, back, one.cookie)).toMatchObject({ status: 404, code: 'sign_in.not_found' });
    // The other sign-in knows nothing of it.
    expect((await readSignIn(app, foreign)).body.status).toBe('needs_first_factor');
  });

  it('completes a sign-in once, however often the same answer and the same secret come at once', async () => {
    fake.person = person();
    const { id, secret, redirectUrl, cookie } = await sent(app);
    const back = await fake.visit(redirectUrl);
    const answers = await Promise.all(Array.from({ length: 5 }, () => comeBack(app, back, cookie)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    const reads = await Promise.all(Array.from({ length: 5 }, () => readSignIn(app, { id, secret })));
    expect(reads.filter(({ body }) => body.session !== undefined)).toHaveLength(1);
  });

  it('refuses a code that another provider sent (mix-up, RFC 9207)', async () => {
    // The attacker's provider lets the honest one sign the user in, and hopes for the code.
    fake.person = person();
    const { redirectUrl, cookie } = await sent(app);
    const back = await fake.visit(redirectUrl);
    back.searchParams.set('iss', other.issuer);
    fake.asked.length = 0;
    expect((await comeBack(app, back, cookie)).code).toBe('provider.answer_invalid');
    expect(fake.asked).not.toContain('/token');
    const without = await sent(app);
    const silent = await fake.visit(without.redirectUrl);
    silent.searchParams.delete('iss');
    expect((await comeBack(app, silent, without.cookie)).code).toBe('provider.answer_invalid');
  });

  it('tells that somebody went back at the provider', async () => {
    const { id, redirectUrl, cookie } = await sent(app);
    const denied = new URL(`${PUBLIC_URL}/v1/sign-ins/callback/fake`);
    denied.search = new URLSearchParams({
      error: 'access_denied',
      state: String(new URL(redirectUrl).searchParams.get('state')),
      iss: fake.issuer,
    }).toString();
    const { code, to } = await comeBack(app, denied, cookie);
    expect([code, to?.searchParams.get('sign_in')]).toEqual(['provider.denied', id]);
  });

  it('sends PKCE, state and nonce that are new each time, and keeps them from whoever reads the table', async () => {
    const [one, two] = [await sent(app), await sent(app)];
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const [first, second] = [one, two].map(({ redirectUrl }) => new URL(redirectUrl).searchParams.get(name));
      expect(first?.length).toBeGreaterThanOrEqual(43);
      expect(first).not.toBe(second);
    }
    expect(new URL(one.redirectUrl).searchParams.get('code_challenge_method')).toBe('S256');
    const rows = JSON.stringify(await app.rows('SELECT * FROM provider_requests'));
    expect(rows).not.toContain(String(new URL(one.redirectUrl).searchParams.get('nonce')));
    expect(rows).not.toContain(String(new URL(one.redirectUrl).searchParams.get('state')));
  });

  it('knows people by subject: the same address with another subject is somebody else', async () => {
    const first = person();
    const { session } = (await readSignIn(app, await signInBy(app, fake, first))).body;
    const second = await signInBy(app, fake, { ...first, sub: 'another' });
    expect((await readSignIn(app, second)).body.status).toBe('needs_link');
    expect(session.user.email).toBe(first.email);
    // The same subject at another provider is somebody else as well.
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [session.user.id]);
    const elsewhere = await signInBy(app, other, first, { provider: 'other' });
    expect((await readSignIn(app, elsewhere)).body.status).toBe('needs_link');
  });

  it('binds the proof for a link to the subject that came: what comes later in another sign-in is not linked by it', async () => {
    const victim = await signedIn(app);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [victim.id]);
    const mine = await signInBy(app, fake, { sub: 'victims', email: victim.email, email_verified: true });
    const attackers = await signInBy(app, fake, { sub: 'attackers', email: victim.email, email_verified: true });
    expect((await attempt(app, mine, { password: PASSWORD })).body.status).toBe('complete');
    const linked = await app.rows('SELECT subject FROM identities WHERE user_id = $1', [victim.id]);
    expect(linked).toEqual([{ subject: 'victims' }]);
    expect((await readSignIn(app, attackers)).body.status).toBe('needs_link');
  });

  it('does not ask more than ten times for the account to be linked', async () => {
    const victim = await signedIn(app);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [victim.id]);
    const guessing = await signInBy(app, fake, { sub: 'guesser', email: victim.email, email_verified: true });
    for (let tries = 0; tries < 10; tries += 1) {
      await attempt(app, guessing, { password: `wrong password ${tries}` });
    }
    expect((await attempt(app, guessing, { password: PASSWORD })).body.code).toBe('sign_in.expired');
  });

  describe('Entra', () => {
    it('believes an address only with xms_edov (nOAuth)', async () => {
      await app.rows(`DELETE FROM providers WHERE slug = 'entra'`);
      await addProvider(app, { slug: 'entra', preset: 'microsoft', issuer: fake.issuer, signUps: true, emailTrusted: true, links: 'auto' });
      const victim = await signedIn(app);
      await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [victim.id]);
      for (const claims of [{}, { email_verified: true }, { xms_edov: 'false' }, { xms_edov: false }, { xms_edov: 0 }]) {
        const { code } = await signInBy(app, fake, { email: victim.email, ...claims }, { provider: 'entra' });
        expect(code).toBe('provider.email_unproven');
      }
      const proven = await signInBy(app, fake, { email: victim.email, xms_edov: true }, { provider: 'entra' });
      expect((await readSignIn(app, proven)).body.session.user.id).toBe(victim.id);
    });
  });

  it('takes the form that Apple posts, by a cookie that survives it', async () => {
    await app.rows(`DELETE FROM providers WHERE slug = 'apple'`);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const clientSecret = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const appleKey = { teamId: 'A1B2C3D4E5', keyId: 'F6G7H8I9J0' };
    await addProvider(app, { slug: 'apple', preset: 'apple', issuer: fake.issuer, clientSecret, appleKey, signUps: true });
    const asked = await ask(app, await begin(app), 'apple');
    expect(String(asked.headers['set-cookie'])).toMatch(/^__Host-latchkey-provider-form=.*; Secure; SameSite=None$/);
    const { searchParams } = new URL(asked.body.redirectUrl);
    expect(searchParams.get('response_mode')).toBe('form_post');
    const sentForm = new URLSearchParams({ error: 'user_cancelled_authorize', state: String(searchParams.get('state')), iss: fake.issuer });
    const post = (cookie: string) =>
      app.call('POST', '/v1/sign-ins/callback/apple', {
        body: sentForm.toString(),
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', origin: 'https://appleid.apple.com' },
      });
    expect((await post('')).body.code).toBe('sign_in.other_browser');
    const back = await post(cookieOf(asked));
    expect(new URL(String(back.headers['location'])).searchParams.get('error')).toBe('provider.denied');
  });

  describe('that is away', () => {
    const away = async (intercept: FalseProvider['intercept'], issuer = fake.issuer) => {
      await provide({ issuer });
      fake.intercept = intercept;
      return ask(app, await begin(app));
    };

    it('answers 502 when it does not answer, answers wrongly, or as somebody else', async () => {
      const status =
        (code: number): FalseProvider['intercept'] =>
        (_, response) =>
          Boolean(response.writeHead(code).end());
      const text =
        (body: string): FalseProvider['intercept'] =>
        (_, response) => {
          response.setHeader('content-type', 'application/json');
          return Boolean(response.end(body));
        };
      const broken: FalseProvider['intercept'][] = [
        status(500),
        status(404),
        text('{'),
        text('[]'),
        text(JSON.stringify({ issuer: 'https://accounts.google.com' })),
        (_, response) => Boolean(response.destroy()),
        // It hangs.
        () => true,
        (_, response) => Boolean(response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end()),
        (_, response) => Boolean(response.writeHead(302, { location: `${other.issuer}/.well-known/openid-configuration` }).end()),
      ];
      for (const intercept of broken) {
        const { status: answered, body } = await away(intercept);
        expect([answered, body.code]).toEqual([502, 'provider.unavailable']);
      }
      expect(other.asked).toEqual([]);
    });

    it('leaves one alone for a while that did not answer', async () => {
      await away((_, response) => Boolean(response.writeHead(500).end()));
      const asked = fake.asked.length;
      expect((await ask(app, await begin(app))).status).toBe(502);
      expect(fake.asked).toHaveLength(asked);
    });

    it('does not lose the sign-in when the provider goes away in the middle', async () => {
      await provide();
      fake.person = person();
      const { id, secret, redirectUrl, cookie } = await sent(app);
      const back = await fake.visit(redirectUrl);
      fake.intercept = (_, response) => Boolean(response.writeHead(503).end());
      expect((await comeBack(app, back, cookie)).code).toBe('provider.unavailable');
      fake.intercept = () => false;
      const again = await sent(app, 'fake', { id, secret });
      expect((await comeBack(app, await fake.visit(again.redirectUrl), again.cookie)).code).toBeNull();
      expect((await readSignIn(app, { id, secret })).body.status).toBe('complete');
    });

    it('goes on with what the provider said before', async () => {
      await provide();
      await signInBy(app, fake, person());
      await app.rows(`UPDATE providers SET metadata_at = now() - interval '2 hours'`);
      fake.intercept = (request, response) => request.url === '/.well-known/openid-configuration' && Boolean(response.writeHead(503).end());
      expect((await signInBy(app, fake, person())).code).toBeNull();
    });
  });
});

describe('the guard', () => {
  it('keeps discovery away from private addresses, whatever name they have', async () => {
    const app = await sharedApp();
    try {
      const fake = await falseProvider();
      // A name passes when it is written down, and is looked up when it is called.
      await addProvider(app, { issuer: 'https://accounts.example.com' });
      // As if it had been let in by an earlier version.
      await app.rows(`UPDATE providers SET issuer = $1 WHERE slug = 'fake'`, [
        fake.issuer.replace('http://127.0.0.1', 'https://localhost'),
      ]);
      const refused = await ask(app, await begin(app));
      expect([refused.status, refused.body.code]).toEqual([502, 'provider.unavailable']);
      expect(fake.asked).toEqual([]);
      expect(app.logs.join('')).toContain('localhost is no public address');
    } finally {
      await app.stop();
    }
  });
});
