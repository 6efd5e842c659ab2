import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, createRemoteJWKSet, generateKeyPair, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signedIn } from '../../../test/support/accounts.js';
import { poll } from '../../../test/support/poll.js';
import { PUBLIC_URL, type TestApp, startApp } from '../../../test/support/start-app.js';
import { TcpProxy } from '../../../test/support/tcp-proxy.js';
import { claimsOf } from '../../../test/support/tokens.js';
import { createBackend } from '../examples/fastify.js';
import { type Verifier, type VerifierOptions, createVerifier } from '../src/index.js';

const SECRET = 'a+secret/of:a-backend==%41';

/** How soon an ended session has to be refused, ms. */
const SOON_MS = 1_000;
/** How long the verifier needs at most to notice that the stream is silent, ms; with time for a machine under load. */
const NOTICED_MS = 4_000;

describe('the verifier', () => {
  let app: TestApp;
  let url: string;
  /** What the stream of revocations goes over; everything else goes directly. */
  let cable: TcpProxy;
  const open: Verifier[] = [];
  beforeAll(async () => {
    app = await startApp({ OAUTH_CLIENTS: `books:${SECRET}` });
    await app.nest.listen(0, '127.0.0.1');
    url = await app.nest.getUrl();
    cable = await TcpProxy.start(url);
  });
  afterEach(() => {
    cable.heal();
    for (const verifier of open.splice(0)) verifier.close();
  });
  afterAll(async () => {
    await cable.stop();
    await app.stop();
  });

  /** A verifier that follows, and what it asks the server. */
  const make = async (options: Partial<VerifierOptions> = {}) => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      const { pathname } = new URL(input as string | URL);
      asked.push(pathname);
      return globalThis.fetch(pathname === '/v1/revocations' ? new URL(pathname, cable.url) : input, init);
    };
    const verifier = createVerifier({ issuer: PUBLIC_URL, url, clientId: 'books', clientSecret: SECRET, fetch, ...options });
    open.push(verifier);
    if (options.clientSecret === undefined) await poll('the stream', () => verifier.isFollowing || undefined);
    return { verifier, asked, introspections: () => asked.filter((path) => path === '/oauth/introspect').length };
  };

  const signOut = (token: string) => app.post('/v1/auth/logout', undefined, { token });
  const refusal = (verifier: Verifier, token: string) =>
    verifier.verify(token).then(
      () => undefined,
      (error: { code: string; status: number }) => error,
    );

  it('gives the claims of a good token, and asks nobody about it', async () => {
    const { verifier, asked, introspections } = await make();
    const { id, accessToken } = await signedIn(app);
    expect(await verifier.verify(accessToken)).toEqual(claimsOf(accessToken));
    for (let i = 0; i < 20; i += 1) expect((await verifier.verify(accessToken)).sub).toBe(id);
    expect(introspections()).toBe(0);
    expect(asked.filter((path) => path === '/.well-known/jwks.json')).toHaveLength(1);
  });

  it('refuses the token of an ended session within a second', async () => {
    const { verifier, introspections } = await make();
    const { accessToken } = await signedIn(app);
    await verifier.verify(accessToken);
    await signOut(accessToken);
    const error = await poll('the refusal', () => refusal(verifier, accessToken), SOON_MS);
    expect(error).toMatchObject({ code: 'token.revoked', status: 401 });
    expect(introspections()).toBe(0);
  });

  it('knows of sessions that ended before it started', async () => {
    const { accessToken } = await signedIn(app);
    await signOut(accessToken);
    const { verifier } = await make();
    expect(await refusal(verifier, accessToken)).toMatchObject({ code: 'token.revoked' });
  });

  it('guards the routes of a backend, as in the example', async () => {
    const { verifier } = await make();
    const { id, accessToken } = await signedIn(app);
    const backend = createBackend(verifier);
    const ask = (token?: string) =>
      backend.inject({ url: '/notes', headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    expect((await ask(accessToken)).json()).toEqual({ owner: id, notes: [] });
    expect((await ask()).statusCode).toBe(401);
    const refused = await ask('no.good.token');
    expect([refused.statusCode, refused.json().code, refused.headers['www-authenticate']]).toEqual([
      401,
      'token.invalid',
      'Bearer error="invalid_token"',
    ]);
    const { verifier: cutOff } = await make({ clientSecret: 'wrong' });
    const away = await createBackend(cutOff).inject({ url: '/notes', headers: { authorization: `Bearer ${accessToken}` } });
    expect([away.statusCode, away.headers['retry-after']]).toEqual([503, '2']);
    await backend.close();
    await poll('the end of the stream', () => !verifier.isFollowing || undefined, NOTICED_MS);
  });

  it('can be replaced by jose alone, which checks access tokens by the published keys', async () => {
    const { id, accessToken } = await signedIn(app);
    const metadata = (await app.get('/.well-known/oauth-authorization-server')).body;
    const keys = createRemoteJWKSet(new URL(new URL(metadata.jwks_uri).pathname, url));
    const { payload } = await jwtVerify(accessToken, keys, {
      issuer: metadata.issuer,
      audience: PUBLIC_URL,
      typ: 'at+jwt',
      algorithms: ['ES256'],
    });
    expect(payload.sub).toBe(id);
  });

  describe('while the stream is silent', () => {
    it('asks the server about each token, and catches up when the stream is back', async () => {
      const { verifier, introspections } = await make();
      const [ended, live] = [await signedIn(app), await signedIn(app)];
      cable.swallow();
      await signOut(ended.accessToken);
      await poll('the verifier to notice', () => !verifier.isFollowing || undefined, NOTICED_MS);
      expect(await refusal(verifier, ended.accessToken)).toMatchObject({ code: 'token.revoked', status: 401 });
      expect((await verifier.verify(live.accessToken)).sub).toBe(live.id);
      expect(introspections()).toBe(2);

      cable.refuse();
      cable.heal();
      await poll('the stream to be back', () => verifier.isFollowing || undefined);
      expect(await refusal(verifier, ended.accessToken)).toMatchObject({ code: 'token.revoked' });
      expect((await verifier.verify(live.accessToken)).sub).toBe(live.id);
      expect(introspections()).toBe(2);
    });

    it('accepts nothing when the server cannot be asked either, or does not know this backend', async () => {
      const { accessToken } = await signedIn(app);
      const { verifier } = await make({ clientSecret: 'wrong' });
      expect(await refusal(verifier, accessToken)).toMatchObject({ code: 'verifier.unavailable', status: 503 });

      const unreachable = createVerifier({ issuer: PUBLIC_URL, url: 'http://127.0.0.1:9', clientId: 'books', clientSecret: SECRET });
      open.push(unreachable);
      expect(await refusal(unreachable, accessToken)).toMatchObject({ code: 'verifier.unavailable', status: 503 });
    });

    it('does not keep a connection that says nothing at all', async () => {
      const silent = createServer(
        (_request, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 1\n\n'),
      );
      await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
      const { accessToken } = await signedIn(app);
      const fetch: typeof globalThis.fetch = (input, init) => {
        const asked = new URL(input as string | URL);
        if (asked.pathname === '/v1/revocations') asked.port = String((silent.address() as AddressInfo).port);
        return globalThis.fetch(asked, init);
      };
      const verifier = createVerifier({ issuer: PUBLIC_URL, url, clientId: 'books', clientSecret: SECRET, fetch });
      open.push(verifier);
      expect(verifier.isFollowing).toBe(false);
      await verifier.verify(accessToken);
      await signOut(accessToken);
      expect(await refusal(verifier, accessToken)).toMatchObject({ code: 'token.revoked' });
      silent.closeAllConnections();
      await new Promise((resolve) => void silent.close(resolve));
    });
  });

  describe('refuses', () => {
    let verifier: Verifier;
    let good: string;
    beforeAll(async () => {
      good = (await signedIn(app)).accessToken;
    });

    /** A token with the claims and header of a good one and what is changed, signed by somebody else. */
    const forged = async (header: object = {}, claims: object = {}): Promise<string> => {
      const { privateKey } = await generateKeyPair('ES256');
      const [head] = good.split('.');
      const original = JSON.parse(Buffer.from(String(head), 'base64url').toString()) as { alg: string };
      return new SignJWT({ ...claimsOf(good), ...claims }).setProtectedHeader({ ...original, ...header }).sign(privateKey);
    };

    it.each<[string, () => Promise<string> | string]>([
      ['nonsense', () => 'nonsense'],
      ['nothing', () => ''],
      ['a megabyte', () => 'a'.repeat(1_000_000)],
      ['a foreign signature', () => forged()],
      ['an unknown key', () => forged({ kid: 'unknown' })],
      ['another type', () => forged({ typ: 'JWT' })],
      ['no signature', () => `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${good.split('.')[1]}.`],
      [
        'changed claims',
        () => good.replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify({ ...claimsOf(good), sub: 'x' })).toString('base64url')}.`),
      ],
    ])('%s', async (_what, token) => {
      ({ verifier } = await make());
      expect(await refusal(verifier, await token())).toMatchObject({ code: 'token.invalid', status: 401 });
    });

    it('tokens for others and of other servers', async () => {
      const { verifier: ofOther } = await make({ audience: 'https://other.example.com' });
      expect(await refusal(ofOther, good)).toMatchObject({ code: 'token.invalid' });
      const { verifier: elsewhere } = await make({ issuer: 'https://other.example.com' });
      expect(await refusal(elsewhere, good)).toMatchObject({ code: 'token.invalid' });
    });
  });
});
