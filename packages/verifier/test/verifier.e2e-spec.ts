import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, createRemoteJWKSet, generateKeyPair, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signedIn } from '../../../test/support/accounts.js';
import { poll } from '../../../test/support/poll.js';
import { PUBLIC_URL, type TestApp, sharedApp } from '../../../test/support/start-app.js';
import { TcpProxy } from '../../../test/support/tcp-proxy.js';
import { claimsOf } from '../../../test/support/tokens.js';
import { type Verifier, type VerifierOptions, createVerifier } from '../src/index.js';

const SECRET = 'a+secret/of:a-backend==%41';

/** How long the verifier may take to follow, seconds: only a test that hangs takes as long. */
const HANGING_SECONDS = 120;

describe('the verifier', () => {
  let app: TestApp;
  let url: string;
  /** What the stream of revocations goes over; everything else goes directly. */
  let cable: TcpProxy;
  const open: Verifier[] = [];
  beforeAll(async () => {
    app = await sharedApp({ OAUTH_CLIENTS: `books:${SECRET}` });
    url = await app.listen();
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

  /** The address that a request of the verifier really goes to. */
  const reroute = (input: string | URL | Request): string | URL | Request => {
    const { pathname } = new URL(input as string | URL);
    return pathname === '/v1/revocations' ? new URL(pathname, cable.url) : input;
  };

  /** A verifier that follows, and what it asks the server. */
  const make = async (options: Partial<VerifierOptions> = {}) => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      const { pathname } = new URL(input as string | URL);
      asked.push(pathname);
      return globalThis.fetch(reroute(input), init);
    };
    const verifier = createVerifier({ issuer: PUBLIC_URL, url, clientId: 'books', clientSecret: SECRET, fetch, ...options });
    open.push(verifier);
    if (options.follow !== false) await verifier.ready(HANGING_SECONDS);
    const introspections = (): number => asked.filter((path) => path === '/oauth/introspect').length;
    /** Waits for an answer that the verifier knew by itself. On a machine that stalls, the stream may be silent for a while. */
    const unasked = <Result>(check: () => Promise<Result>): Promise<NonNullable<Result>> =>
      poll('an answer without asking', async () => {
        const before = introspections();
        const result = await check();
        return introspections() === before ? (result ?? undefined) : undefined;
      });
    return { verifier, asked, introspections, unasked };
  };

  const signOut = (token: string) => app.post('/v1/auth/logout', undefined, { token });
  const refusal = (verifier: Verifier, token: string) =>
    verifier.verify(token).then(
      () => undefined,
      (error: { code: string; status: number }) => error,
    );

  it('gives the claims of a good token, and asks nobody about it', async () => {
    const { verifier, asked, unasked } = await make();
    const { id, accessToken } = await signedIn(app);
    expect(await verifier.verify(accessToken)).toEqual(claimsOf(accessToken));
    expect(await unasked(() => verifier.verify(accessToken))).toMatchObject({ sub: id });
    expect(asked.filter((path) => path === '/.well-known/jwks.json')).toHaveLength(1);
  });

  it('refuses the token of an ended session, and asks nobody about it', async () => {
    const { verifier, unasked } = await make();
    const { accessToken } = await signedIn(app);
    await verifier.verify(accessToken);
    await signOut(accessToken);
    expect(await unasked(() => refusal(verifier, accessToken))).toMatchObject({ code: 'token.revoked', status: 401 });
  });

  it('knows of sessions that ended before it started', async () => {
    const { accessToken } = await signedIn(app);
    await signOut(accessToken);
    const { verifier } = await make();
    expect(await refusal(verifier, accessToken)).toMatchObject({ code: 'token.revoked' });
  });

  it('remembers only so many ended sessions, and asks about the tokens of those before', async () => {
    const { verifier, introspections, unasked } = await make({ maxEndedSessions: 1 });
    const [first, second, live] = [await signedIn(app), await signedIn(app), await signedIn(app)];
    await signOut(first.accessToken);
    await signOut(second.accessToken);
    expect(await unasked(() => refusal(verifier, second.accessToken))).toMatchObject({ code: 'token.revoked' });
    const asked = introspections();
    expect(await refusal(verifier, first.accessToken)).toMatchObject({ code: 'token.revoked' });
    expect((await verifier.verify(live.accessToken)).sub).toBe(live.id);
    expect(introspections()).toBe(asked + 2);
  });

  it('asks about each token where it is not to follow', async () => {
    const { verifier, asked } = await make({ follow: false });
    await verifier.ready();
    const { id, accessToken } = await signedIn(app);
    expect((await verifier.verify(accessToken)).sub).toBe(id);
    await signOut(accessToken);
    expect(await refusal(verifier, accessToken)).toMatchObject({ code: 'token.revoked' });
    expect([verifier.isFollowing, asked.includes('/v1/revocations')]).toEqual([false, false]);
  });

  it('learns from the server for how long ended sessions matter', async () => {
    const metadata = (await app.get('/.well-known/oauth-authorization-server')).body;
    expect(metadata).toMatchObject({ access_token_audience: PUBLIC_URL, revocation_window_seconds: 900 + 65 });
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
      const { verifier, introspections, unasked } = await make();
      const [ended, live] = [await signedIn(app), await signedIn(app)];
      cable.swallow();
      await signOut(ended.accessToken);
      await poll('the verifier to notice', () => !verifier.isFollowing || undefined);
      expect(await refusal(verifier, ended.accessToken)).toMatchObject({ code: 'token.revoked', status: 401 });
      expect((await verifier.verify(live.accessToken)).sub).toBe(live.id);
      expect(introspections()).toBe(2);

      cable.refuse();
      cable.heal();
      expect(await unasked(() => refusal(verifier, ended.accessToken))).toMatchObject({ code: 'token.revoked' });
      expect(await unasked(() => verifier.verify(live.accessToken))).toMatchObject({ sub: live.id });
    });

    it('accepts nothing when the server cannot be asked either', async () => {
      const { accessToken } = await signedIn(app);
      let isAway = false;
      const { verifier } = await make({
        onProblem: () => {},
        fetch: (input, init) => (isAway ? Promise.reject(new Error('away')) : globalThis.fetch(reroute(input), init)),
      });
      await verifier.verify(accessToken);
      isAway = true;
      cable.swallow();
      await poll('the verifier to notice', () => !verifier.isFollowing || undefined);
      expect(await refusal(verifier, accessToken)).toMatchObject({ code: 'verifier.unavailable', reason: 'introspection', status: 503 });
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
  });
});
