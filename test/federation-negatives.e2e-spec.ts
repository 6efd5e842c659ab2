import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshEmail } from './support/accounts.js';
import { CLIENT_ID, CLIENT_SECRET, type FalseProvider } from './support/false-provider.js';
import { FEDERATED, addProvider, comeBack, falseProvider, sent } from './support/federation.js';
import { readSignIn } from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';

type Fields = Record<string, unknown>;

/** A token in which nobody can believe, put together by hand. */
function jwtOf(header: Fields, claims: Fields, signature: (signed: string) => string = () => ''): string {
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${signature(signed)}`;
}

const hmac =
  (key: string) =>
  (signed: string): string =>
    createHmac('sha256', key).update(signed).digest('base64url');

/**
 * The negative cases of panva/openid-client and oauth4webapi for the code flow, as far as `federation-attacks` does not have them: what comes
 * back to the redirect URI, what the token endpoint says, what an ID token is, and what userinfo tells.
 */
describe('what a provider may not answer', () => {
  let app: TestApp;
  let fake: FalseProvider;

  beforeAll(async () => {
    [app, fake] = await Promise.all([sharedApp(FEDERATED), falseProvider()]);
    await addProvider(app, { issuer: fake.issuer, signUps: true });
  });
  beforeEach(() => fake.reset());
  afterAll(() => app.stop());

  const claims = (nonce: string): Fields => {
    const now = Math.floor(Date.now() / 1_000);
    const person = { sub: `sub-${Math.random()}`, email: freshEmail(), email_verified: true };
    return { iss: fake.issuer, aud: CLIENT_ID, iat: now, exp: now + 300, nonce, ...person };
  };
  /** Has the provider answer at the address, and comes back. @returns the code of the failure */
  const with_ = async (
    path: string,
    answer: (nonce: string) => { status?: number; type?: string; body: unknown },
  ): Promise<string | null> => {
    fake.person = { sub: 'somebody' };
    const { id, secret, redirectUrl, cookie } = await sent(app);
    const nonce = String(new URL(redirectUrl).searchParams.get('nonce'));
    const back = await fake.visit(redirectUrl);
    fake.intercept = (request, response) => {
      if (String(request.url).split('?')[0] !== path) return false;
      const { status = 200, type = 'application/json', body } = answer(nonce);
      request.resume();
      response.writeHead(status, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body));
      return true;
    };
    const { code } = await comeBack(app, back, cookie);
    expect((await readSignIn(app, { id, secret })).body.status).toBe(code === null ? 'complete' : 'needs_first_factor');
    return code;
  };
  const token = (make: (nonce: string) => Fields) =>
    with_('/token', (nonce) => ({ body: { access_token: 'a', token_type: 'Bearer', ...make(nonce) } }));

  it('is checked by tests that would pass a good answer', async () => {
    expect(await token((nonce) => ({ id_token: fake.idToken(claims(nonce)) }))).toBeNull();
  });

  it.each<[string, (nonce: string) => Fields]>([
    ['is not signed (alg none)', (nonce) => ({ id_token: jwtOf({ alg: 'none' }, claims(nonce)) })],
    ['is signed with the client secret', (nonce) => ({ id_token: jwtOf({ alg: 'HS256' }, claims(nonce), hmac(CLIENT_SECRET)) })],
    ['has a signature of nothing', (nonce) => ({ id_token: jwtOf({ alg: 'ES256' }, claims(nonce)) })],
    ['has an unknown key', (nonce) => ({ id_token: jwtOf({ alg: 'ES256', kid: 'unknown' }, claims(nonce), () => 'AAAA') })],
    ['has critical extensions', (nonce) => ({ id_token: jwtOf({ alg: 'ES256', crit: ['x'], x: 1 }, claims(nonce), () => 'AAAA') })],
    ['has a part too many', (nonce) => ({ id_token: `${fake.idToken(claims(nonce))}.e30` })],
    ['is encrypted', () => ({ id_token: 'a.b.c.d.e' })],
    ['is no token', () => ({ id_token: 'nothing' })],
    ['is no text', () => ({ id_token: { sub: 'x' } })],
    ['is missing', () => ({})],
    ['is empty', () => ({ id_token: '' })],
    ['does not expire', (nonce) => ({ id_token: fake.idToken({ ...claims(nonce), exp: undefined }) })],
    ['has no time', (nonce) => ({ id_token: fake.idToken({ ...claims(nonce), iat: undefined }) })],
    ['expires at a text', (nonce) => ({ id_token: fake.idToken({ ...claims(nonce), exp: String(Date.now()) }) })],
    ['has no issuer', (nonce) => ({ id_token: fake.idToken({ ...claims(nonce), iss: undefined }) })],
    ['has the issuer with a slash', (nonce) => ({ id_token: fake.idToken({ ...claims(nonce), iss: `${fake.issuer}/` }) })],
    ['has no audience', (nonce) => ({ id_token: fake.idToken({ ...claims(nonce), aud: undefined }) })],
    ['has an empty audience', (nonce) => ({ id_token: fake.idToken({ ...claims(nonce), aud: [] }) })],
    ['has several audiences and no party', (nonce) => ({ id_token: fake.idToken({ ...claims(nonce), aud: [CLIENT_ID, 'other'] }) })],
    ['has an empty subject', (nonce) => ({ id_token: fake.idToken({ ...claims(nonce), sub: '' }) })],
    ['has a nonce that is no text', (nonce) => ({ id_token: fake.idToken({ ...claims(nonce), nonce: [nonce] }) })],
  ])('an ID token that %s', async (_, make) => {
    const before = await app.rows('SELECT FROM identities');
    expect(await token(make)).toBe('provider.answer_invalid');
    expect(await app.rows('SELECT FROM identities')).toHaveLength(before.length);
  });

  it.each<[string, number, string, unknown]>([
    ['no JSON', 200, 'application/json', '{'],
    ['a page', 200, 'text/html', '<html></html>'],
    ['nothing', 200, 'application/json', ''],
    ['a list', 200, 'application/json', []],
    ['no access token', 200, 'application/json', { token_type: 'Bearer' }],
    ['an access token that is no text', 200, 'application/json', { access_token: 7, token_type: 'Bearer' }],
    ['no type', 200, 'application/json', { access_token: 'a' }],
    ['a type that nobody asked for', 200, 'application/json', { access_token: 'a', token_type: 'mac' }],
    ['a lifetime that is no number', 200, 'application/json', { access_token: 'a', token_type: 'Bearer', expires_in: 'soon' }],
    ['an error', 400, 'application/json', { error: 'invalid_grant' }],
    ['an error that is no object', 400, 'application/json', '"invalid_grant"'],
    ['a refusal of the client', 401, 'application/json', { error: 'invalid_client' }],
    ['that there is nothing', 204, 'application/json', ''],
    ['that something was made', 201, 'application/json', { access_token: 'a', token_type: 'Bearer' }],
  ])('at the token endpoint: %s', async (_, status, type, body) => {
    expect(await with_('/token', () => ({ status, type, body }))).toBe('provider.answer_invalid');
  });

  it('at userinfo: somebody else, nobody, or no JSON', async () => {
    for (const body of [{ sub: 'another', email: freshEmail(), email_verified: true }, {}, '{', [], { sub: 7 }]) {
      expect(await with_('/me', () => ({ body }))).toBe('provider.answer_invalid');
    }
    expect(await with_('/me', () => ({ status: 401, body: {} }))).toBe('provider.answer_invalid');
    expect(await with_('/me', () => ({ status: 500, body: {} }))).toBe('provider.unavailable');
  });

  it('keys: none, none of this kind, or no set', async () => {
    for (const body of [{ keys: [] }, { keys: [{ kty: 'oct', k: 'AAAA' }] }, {}, '{', []]) {
      fake.rotateKeys();
      expect(await with_('/jwks', () => ({ body }))).toBe('provider.answer_invalid');
    }
  });

  it.each<[string, (back: URL) => void, string | null]>([
    ['a second code', (back) => back.searchParams.append('code', 'another'), 'provider.answer_invalid'],
    ['a second issuer', (back) => back.searchParams.append('iss', 'https://other.example.com'), 'provider.answer_invalid'],
    ['a second state', (back) => back.searchParams.append('state', 'another'), 'provider.answer_invalid'],
    ['no code', (back) => back.searchParams.delete('code'), 'provider.answer_invalid'],
    ['a code of another sign-in', (back) => back.searchParams.set('code', 'another'), 'provider.answer_invalid'],
    ['a code and an error', (back) => back.searchParams.set('error', 'server_error'), 'provider.denied'],
    ['an ID token (hybrid flow)', (back) => back.searchParams.set('id_token', 'a.b.c'), 'provider.answer_invalid'],
    ['a signed answer (JARM)', (back) => back.searchParams.set('response', 'a.b.c'), 'provider.answer_invalid'],
    ['a token beside the code', (back) => back.searchParams.set('token', 'a'), 'provider.answer_invalid'],
  ])('at the redirect URI: %s', async (_, change, expected) => {
    fake.person = { sub: 'somebody', email: freshEmail(), email_verified: true };
    const { redirectUrl, cookie } = await sent(app);
    const back = await fake.visit(redirectUrl);
    change(back);
    expect((await comeBack(app, back, cookie)).code).toBe(expected);
  });

  it.each(['access_denied', 'login_required', 'consent_required', 'temporarily_unavailable', 'x'.repeat(5_000), '<script>'])(
    'an error %s is told as that the provider signed nobody in, and in no other words',
    async (error) => {
      const { redirectUrl, cookie } = await sent(app);
      const back = new URL(`https://accounts.latchkey.test/v1/sign-ins/callback/fake`);
      const state = String(new URL(redirectUrl).searchParams.get('state'));
      back.search = new URLSearchParams({ error, error_description: '<b>words</b>', state, iss: fake.issuer }).toString();
      const { code, to } = await comeBack(app, back, cookie);
      expect(code).toBe('provider.denied');
      expect(to?.href).not.toContain('words');
    },
  );
});

describe('the address to which providers send people back', () => {
  it('takes so many from a network, and from others nevertheless', async () => {
    const app = await sharedApp({ ...FEDERATED, RATE_LIMIT: 'on', LIMIT_PROVIDER_CALLBACKS: '2/900' });
    try {
      const come = async (method: 'GET' | 'POST', remoteAddress: string): Promise<unknown[]> => {
        const { status, body, headers } = await app.call(method, '/v1/sign-ins/callback/nowhere?state=guessed', { remoteAddress });
        return [status, body.code, headers['retry-after'] !== undefined];
      };
      const served = [404, 'provider.not_found', false];
      expect(await come('GET', '198.51.100.1')).toEqual(served);
      expect(await come('POST', '198.51.100.1')).toEqual(served);
      expect(await come('GET', '198.51.100.1')).toEqual([429, 'request.throttled', true]);
      expect(await come('GET', '198.51.100.2')).toEqual(served);
    } finally {
      await app.stop();
    }
  });
});
