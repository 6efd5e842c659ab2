import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PRESET_ROWS } from '../src/auth/providers/presets.js';
import { PRESETS, type PresetName } from '../src/auth/providers/provider.js';
import { PASSWORD, freshEmail, signedIn } from './support/accounts.js';
import { FalseUpstream, type UpstreamShape, type WayBackTo } from './support/false-upstream.js';
import { FEDERATED, type SentSignIn, addProvider, comeBack, sent } from './support/federation.js';
import { attempt, readSignIn } from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';

const TENANT = '8f2c7d4e-1a3b-4c5d-9e6f-0a1b2c3d4e5f';
const APPLE_KEY = { teamId: 'A1B2C3D4E5', keyId: 'F6G7H8I9J0' };
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** One provider as it is: what it tells of somebody, and what should come of it here. */
interface Case {
  shape(email: string): UpstreamShape;
  /** How it is set up here, beside the secret. */
  settings?(upstream: FalseUpstream): Record<string, unknown>;
  subject: string;
  /** First and last name. */
  names: [string | null, string | null];
  picture: string | null;
  /** Whether its word for the address opens an account. */
  provesAddress: boolean;
}

const oauth2 = (upstream: FalseUpstream, userinfo: string): Record<string, unknown> => ({
  endpoints: {
    authorization: upstream.origin + upstream.shape.paths.authorize,
    token: upstream.origin + upstream.shape.paths.token,
    userinfo: upstream.origin + userinfo,
  },
});

const CASES: Record<PresetName, Case> = {
  google: {
    shape: (email) => ({
      paths: { authorize: '/o/oauth2/v2/auth', token: '/token' },
      pkce: 'compared',
      idToken: () => ({
        sub: '110169484474386276334',
        email,
        email_verified: true,
        azp: 'latchkey-at-provider',
        at_hash: 'HK6E_P6Dh8Y93mRNtsDB1Q',
        name: 'Ada Lovelace',
        given_name: 'Ada',
        family_name: 'Lovelace',
        picture: 'https://lh3.googleusercontent.com/a/x=s96-c',
      }),
      token: { expires_in: 3_599, scope: 'openid email profile' },
    }),
    subject: '110169484474386276334',
    names: ['Ada', 'Lovelace'],
    picture: 'https://lh3.googleusercontent.com/a/x=s96-c',
    provesAddress: true,
  },
  github: {
    shape: (email) => ({
      paths: { authorize: '/login/oauth/authorize', token: '/login/oauth/access_token' },
      pkce: 'compared',
      idToken: null,
      token: { scope: 'read:user,user:email' },
      resources: {
        '/user': {
          id: 583_231,
          login: 'octocat',
          name: 'Mona Lisa Octocat',
          // The public one, which says nothing about who reads it.
          email: 'public@example.org',
          avatar_url: 'https://avatars.githubusercontent.com/u/583231?v=4',
        },
        '/user/emails': [
          { email: 'old@example.org', primary: false, verified: true, visibility: null },
          { email, primary: true, verified: true, visibility: 'private' },
        ],
      },
    }),
    settings: (upstream) => oauth2(upstream, '/user'),
    subject: '583231',
    names: ['Mona Lisa Octocat', null],
    picture: 'https://avatars.githubusercontent.com/u/583231?v=4',
    provesAddress: true,
  },
  apple: {
    shape: (email) => ({
      paths: { authorize: '/auth/authorize', token: '/auth/token' },
      pkce: 'unknown',
      formPost: true,
      secretKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      idToken: () => ({ sub: '001234.0a1b2c3d4e5f.0123', email, email_verified: 'true', is_private_email: 'true', nonce_supported: true }),
      posted: () => ({ user: JSON.stringify({ name: { firstName: 'Ada', lastName: 'Lovelace' }, email: 'forged@example.org' }) }),
      metadata: { response_modes_supported: ['query', 'fragment', 'form_post'] },
    }),
    settings: () => ({ appleKey: APPLE_KEY, clientSecret: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() }),
    subject: '001234.0a1b2c3d4e5f.0123',
    names: ['Ada', 'Lovelace'],
    picture: null,
    provesAddress: true,
  },
  microsoft: {
    shape: (email) => ({
      issuerPath: `/${TENANT}/v2.0`,
      paths: { authorize: `/${TENANT}/oauth2/v2.0/authorize`, token: `/${TENANT}/oauth2/v2.0/token` },
      pkce: 'compared',
      idToken: () => ({
        sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
        oid: '00000000-0000-0000-66f3-3332eca7ea81',
        tid: TENANT,
        ver: '2.0',
        email,
        xms_edov: true,
        name: 'Ada Lovelace',
        preferred_username: 'ada@contoso.example',
      }),
    }),
    subject: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
    names: ['Ada Lovelace', null],
    picture: null,
    provesAddress: true,
  },
  gitlab: {
    shape: (email) => ({
      paths: { authorize: '/oauth/authorize', token: '/oauth/token' },
      pkce: 'compared',
      // Its ID tokens have the address only in newer versions; the rest comes from userinfo.
      idToken: () => ({ sub: '42', sub_legacy: 'abc', auth_time: Math.floor(Date.now() / 1_000) }),
      resources: {
        '/oauth/userinfo': {
          sub: '42',
          name: 'Ada Lovelace',
          nickname: 'ada',
          email,
          email_verified: true,
          picture: 'https://gitlab.example.com/uploads/ada.png',
          groups: [],
        },
      },
    }),
    subject: '42',
    names: ['Ada Lovelace', null],
    picture: 'https://gitlab.example.com/uploads/ada.png',
    provesAddress: true,
  },
  discord: {
    shape: (email) => ({
      paths: { authorize: '/oauth2/authorize', token: '/api/oauth2/token' },
      pkce: 'compared',
      idToken: null,
      token: { token_type: 'Bearer', expires_in: 604_800, refresh_token: 'r', scope: 'identify email' },
      resources: {
        '/api/users/@me': {
          id: '80351110224678912',
          username: 'nelly',
          discriminator: '0',
          global_name: 'Nelly',
          avatar: '8342729096ea3675442027381ff50dfe',
          verified: true,
          email,
        },
      },
    }),
    settings: (upstream) => oauth2(upstream, '/api/users/@me'),
    subject: '80351110224678912',
    names: ['Nelly', null],
    picture: 'https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.png',
    provesAddress: true,
  },
  facebook: {
    shape: (email) => ({
      paths: { authorize: '/dialog/oauth', token: '/oauth/access_token' },
      pkce: 'unknown',
      idToken: null,
      token: { expires_in: 5_183_944 },
      resources: {
        '/me': (query: URLSearchParams) => {
          const known: Record<string, string> = { id: '10221', name: 'Ada Lovelace', first_name: 'Ada', last_name: 'Lovelace', email };
          return Object.fromEntries((query.get('fields') ?? 'id,name').split(',').map((name) => [name, known[name]]));
        },
      },
    }),
    settings: (upstream) =>
      oauth2(upstream, new URL(String(PRESET_ROWS.facebook.endpoints?.userinfo)).pathname + '?fields=id,name,first_name,last_name,email'),
    subject: '10221',
    names: ['Ada', 'Lovelace'],
    picture: null,
    provesAddress: false,
  },
  linkedin: {
    shape: (email) => ({
      issuerPath: '/oauth',
      paths: { authorize: '/oauth/v2/authorization', token: '/oauth/v2/accessToken' },
      pkce: 'refused',
      hasNonce: false,
      idToken: () => ({
        sub: '782bbtaQ',
        email,
        email_verified: true,
        name: 'Ada Lovelace',
        given_name: 'Ada',
        family_name: 'Lovelace',
        locale: 'en_US',
      }),
      resources: { '/v2/userinfo': { sub: '782bbtaQ', name: 'Ada Lovelace', email, email_verified: true } },
      token: { expires_in: 5_184_000, scope: 'email,openid,profile' },
    }),
    subject: '782bbtaQ',
    names: ['Ada', 'Lovelace'],
    picture: null,
    provesAddress: true,
  },
};

describe('every preset, against a provider of its shape', () => {
  let app: TestApp;
  let upstream: FalseUpstream;
  let email: string;

  const setUp = async (preset: PresetName, settings: Record<string, unknown> = {}): Promise<void> => {
    await app.rows('DELETE FROM identities');
    await app.rows('DELETE FROM providers');
    const { shape, settings: own } = CASES[preset];
    const issuer = upstream.become(shape(email));
    const isPlain = PRESET_ROWS[preset].kind === 'oauth2';
    await addProvider(app, { slug: preset, preset, name: undefined, ...(isPlain ? {} : { issuer }), ...own?.(upstream), ...settings });
  };
  const finish = async (back: WayBackTo, { cookie }: SentSignIn): Promise<string | null> => {
    if (back.form === null) return (await comeBack(app, back.url, cookie)).code;
    const { pathname } = back.url;
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded', origin: 'https://appleid.apple.com' };
    const answer = await app.call('POST', pathname, { body: new URLSearchParams(back.form).toString(), headers });
    return answer.status === 303 ? new URL(String(answer.headers['location'])).searchParams.get('error') : answer.body.code;
  };
  /** Goes there and back. */
  const come = async (preset: PresetName) => {
    const signIn = await sent(app, preset);
    const code = await finish(await upstream.visit(signIn.redirectUrl), signIn);
    return { ...signIn, code };
  };
  const identities = () => app.rows<{ subject: string; profile: { picture: string } }>('SELECT subject, profile FROM identities');

  beforeAll(async () => {
    [app, upstream] = await Promise.all([sharedApp(FEDERATED), FalseUpstream.start()]);
  });
  beforeEach(() => {
    email = freshEmail();
  });
  afterAll(async () => {
    upstream.stop();
    await app.stop();
  });

  describe.each(PRESETS.filter((preset) => CASES[preset].provesAddress))('%s', (preset) => {
    const { subject, names, picture } = CASES[preset];

    it('makes an account of what it tells, where it proves an address, and knows it again', async () => {
      await setUp(preset, { signUps: true, emailTrusted: true });
      const first = await come(preset);
      expect([first.code, upstream.refused]).toEqual([null, []]);
      const { body } = await readSignIn(app, first);
      expect(body).toMatchObject({
        status: 'complete',
        session: { user: { email, emailVerified: true, firstName: names[0], lastName: names[1] } },
      });
      expect(await identities()).toMatchObject([{ subject, profile: { picture } }]);
      expect((await readSignIn(app, await come(preset))).body.session.user.id).toBe(body.session.user.id);
    });

    it('waits for the proof of an account that has the address, where it proves one', async () => {
      const user = await signedIn(app);
      email = user.email;
      await setUp(preset);
      const back = await come(preset);
      expect((await readSignIn(app, back)).body.status).toBe('needs_link');
      expect((await attempt(app, back, { password: PASSWORD })).body).toMatchObject({
        status: 'complete',
        session: { user: { id: user.id } },
      });
      expect(await identities()).toMatchObject([{ subject }]);
    });
  });

  describe.each(PRESETS)('%s', (preset) => {
    it('refuses a code that is spent, and the secret of another', async () => {
      await setUp(preset, { signUps: true });
      const signIn = await sent(app, preset);
      const back = await upstream.visit(signIn.redirectUrl);
      upstream.become(upstream.shape);
      expect(await finish(back, signIn)).toBe('provider.answer_invalid');
      expect(upstream.refused).toEqual(['code']);
      const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
      await setUp(preset, { signUps: true, clientSecret: preset === 'apple' ? other : 'another-secret' });
      expect((await come(preset)).code).toBe('provider.answer_invalid');
      expect(upstream.refused).toEqual(['client']);
    });
  });

  it('GitHub: takes the primary address only, and only if GitHub has verified it', async () => {
    await setUp('github', { signUps: true, emailTrusted: true });
    const emails = upstream.shape.resources?.['/user/emails'] as { primary: boolean; verified: boolean }[];
    for (const each of emails) if (each.primary) each.verified = false;
    expect((await come('github')).code).toBe('provider.email_unproven');
    emails.splice(0);
    expect((await come('github')).code).toBe('provider.email_unproven');
  });

  it('GitHub: a refusal that comes as 200 is a refusal', async () => {
    await setUp('github', { signUps: true });
    upstream.shape.token = { error: 'bad_verification_code', error_description: 'expired', access_token: undefined };
    expect((await come('github')).code).toBe('provider.answer_invalid');
  });

  it('Discord: an address counts only if Discord has verified it, and a picture only as a hash', async () => {
    await setUp('discord', { signUps: true, emailTrusted: true });
    const user = upstream.shape.resources?.['/api/users/@me'] as Record<string, unknown>;
    for (const verified of [false, 'true', 1, undefined]) {
      user['verified'] = verified;
      expect((await come('discord')).code).toBe('provider.email_unproven');
    }
    Object.assign(user, { verified: true, avatar: '../../../evil' });
    await come('discord');
    expect(await identities()).toMatchObject([{ profile: { picture: null } }]);
  });

  it('Facebook: makes no account, and meets none, because it does not say whether an address is proven', async () => {
    const { email: taken } = await signedIn(app);
    await setUp('facebook', { signUps: true, emailTrusted: true, links: 'auto' });
    expect((await come('facebook')).code).toBe('provider.email_unproven');
    email = taken;
    await setUp('facebook', { signUps: true, emailTrusted: true, links: 'auto' });
    expect((await come('facebook')).code).toBe('provider.email_unproven');
    expect(await identities()).toEqual([]);
  });

  it('Facebook: somebody who is signed in links it', async () => {
    await setUp('facebook');
    const user = await signedIn(app);
    const asked = await app.post('/v1/users/me/identities', { provider: 'facebook' }, { token: user.accessToken });
    const cookie = String([asked.headers['set-cookie']].flat()[0]).split(';')[0] ?? '';
    const { url } = await upstream.visit(asked.body.redirectUrl);
    expect((await comeBack(app, url, cookie)).code).toBeNull();
    expect(await identities()).toMatchObject([{ subject: '10221' }]);
    expect((await readSignIn(app, await come('facebook'))).body.session.user.id).toBe(user.id);
  });

  it('Microsoft: an address counts by xms_edov alone, in each form that it comes in', async () => {
    await setUp('microsoft', { signUps: true, emailTrusted: true });
    const claims = upstream.shape.idToken?.() ?? {};
    for (const xms_edov of [undefined, false, 'false', 0, '0', 'yes', null]) {
      upstream.shape.idToken = () => ({ ...claims, email_verified: true, xms_edov });
      expect((await come('microsoft')).code).toBe('provider.email_unproven');
    }
    for (const xms_edov of [true, 1, '1']) {
      upstream.shape.idToken = () => ({ ...claims, sub: String(xms_edov), email: freshEmail(), xms_edov });
      expect((await come('microsoft')).code).toBeNull();
    }
  });

  it('Microsoft: refuses a token of another tenant', async () => {
    await setUp('microsoft', { signUps: true });
    const claims = upstream.shape.idToken?.() ?? {};
    upstream.shape.idToken = () => ({ ...claims, iss: `${upstream.origin}/another-tenant/v2.0` });
    expect((await come('microsoft')).code).toBe('provider.answer_invalid');
  });

  it('Apple: makes a new client secret each time, and takes the name from the first post alone', async () => {
    await setUp('apple', { signUps: true });
    const first = (await readSignIn(app, await come('apple'))).body.session.user;
    upstream.shape.posted = () => ({});
    const again = (await readSignIn(app, await come('apple'))).body.session.user;
    expect([again.id, again.firstName]).toEqual([first.id, 'Ada']);
    const secrets = upstream.exchanged.map((form) => form['client_secret']);
    expect(new Set(secrets).size).toBe(2);
    // What is posted beside the token is not signed: its address counts for nothing.
    expect(first.email).toBe(email);
  });

  it.each(['{', '[]', '"x"', '{"name": 4}', '{"name": {"firstName": ["x"], "lastName": null}}', 'null', 'x'.repeat(2_000)])(
    'Apple: leaves a posted name out that is %j',
    async (user) => {
      await setUp('apple', { signUps: true });
      upstream.shape.posted = () => ({ user });
      const back = await come('apple');
      expect(back.code).toBeNull();
      expect((await readSignIn(app, back)).body.session.user).toMatchObject({ firstName: null, lastName: null });
    },
  );

  it('LinkedIn: sends neither PKCE nor a nonce, which it refuses or leaves out', async () => {
    await setUp('linkedin', { signUps: true });
    const { redirectUrl } = await sent(app, 'linkedin');
    const { searchParams } = new URL(redirectUrl);
    expect([searchParams.get('code_challenge'), searchParams.get('nonce')]).toEqual([null, null]);
    expect(searchParams.get('state')?.length).toBeGreaterThanOrEqual(43);
  });

  describe('plain OAuth 2', () => {
    const plain = async (told: unknown): Promise<string | null> => {
      await app.rows('DELETE FROM identities');
      await app.rows('DELETE FROM providers');
      upstream.become({ paths: { authorize: '/authorize', token: '/token' }, pkce: 'compared', idToken: null, resources: { '/me': told } });
      await addProvider(app, {
        slug: 'other',
        name: 'Plain',
        kind: 'oauth2',
        issuer: upstream.origin,
        signUps: true,
        ...oauth2(upstream, '/me'),
      });
      return (await come('other' as PresetName)).code;
    };

    it('signs in by the endpoints that it was given', async () => {
      expect(await plain({ sub: 'abc', email, email_verified: true, given_name: 'Ada' })).toBeNull();
      expect(await identities()).toMatchObject([{ subject: 'abc' }]);
      expect(await plain({ id: 7, email: freshEmail(), email_verified: true })).toBeNull();
      expect(await identities()).toMatchObject([{ subject: '7' }]);
    });

    it.each([[{}], [{ id: 1.5 }], [{ id: 2 ** 60 }], [{ sub: '' }], [{ sub: { a: 1 } }], [{ sub: 'a\0b' }], [[]], ['text'], [null]])(
      'refuses %j, which names nobody',
      async (told) => {
        expect(await plain(told)).toBe('provider.answer_invalid');
      },
    );
  });
});
