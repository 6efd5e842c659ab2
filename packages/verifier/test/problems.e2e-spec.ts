import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { signedIn } from '../../../test/support/accounts.js';
import { poll } from '../../../test/support/poll.js';
import { PUBLIC_URL, type TestApp, sharedApp } from '../../../test/support/start-app.js';
import { type Verifier, type VerifierError, type VerifierOptions, createVerifier } from '../src/index.js';

const SECRET = 'a+secret/of:a-backend==%41';
/** How long the verifier may take, seconds: only a test that hangs takes as long. */
const HANGING_SECONDS = 120;
/** A port of this machine that nobody listens on. */
const NOBODY = 'http://127.0.0.1:9';

describe('what is wrong with a verifier', () => {
  let app: TestApp;
  let url: string;
  const open: Verifier[] = [];
  beforeAll(async () => {
    app = await sharedApp({ OAUTH_CLIENTS: `books:${SECRET}` });
    url = await app.listen();
  });
  afterEach(() => {
    for (const verifier of open.splice(0)) verifier.close();
  });
  afterAll(() => app.stop());

  const make = (options: Partial<VerifierOptions> = {}) => {
    const problems: VerifierError[] = [];
    const onProblem = (problem: VerifierError): void => void problems.push(problem);
    const verifier = createVerifier({ issuer: PUBLIC_URL, url, clientId: 'books', clientSecret: SECRET, onProblem, ...options });
    open.push(verifier);
    return { verifier, problems };
  };
  const failure = (work: Promise<unknown>): Promise<VerifierError> =>
    work.then(
      () => expect.fail('should have been refused'),
      (error: VerifierError) => error,
    );

  it('is nothing once it is ready, also with a slash at the end of the issuer', async () => {
    const { verifier, problems } = make({ issuer: `${PUBLIC_URL}/` });
    await verifier.ready(HANGING_SECONDS);
    const { id, accessToken } = await signedIn(app);
    expect((await verifier.verify(accessToken)).sub).toBe(id);
    expect([verifier.problem, problems]).toEqual([null, []]);
  });

  it.each<[string, Partial<VerifierOptions>, string, string]>([
    ['a secret', { clientSecret: 'wrong' }, 'credentials', 'does not know the client books'],
    ['an id', { clientId: 'shop' }, 'credentials', 'does not know the client shop'],
    ['an issuer', { issuer: 'https://other.example.com' }, 'issuer', `issues tokens as ${PUBLIC_URL}`],
    ['an audience', { audience: 'https://other.example.com' }, 'audience', `issues tokens for ${PUBLIC_URL}`],
  ])('is told once, at the start, when it is %s', async (_what, options, reason, words) => {
    const { verifier, problems } = make(options);
    const error = await failure(verifier.ready(HANGING_SECONDS));
    expect(error).toMatchObject({ code: 'verifier.misconfigured', reason, message: expect.stringContaining(words) });
    const { accessToken } = await signedIn(app);
    for (const token of [accessToken, accessToken, 'no.good.token']) {
      expect(await failure(verifier.verify(token))).toMatchObject({ code: 'verifier.misconfigured', reason, status: 500 });
    }
    expect([problems, verifier.problem]).toEqual([[error], error]);
  });

  it.each<[string, Partial<VerifierOptions>, string]>([
    ['a secret', { clientSecret: 'wrong' }, 'credentials'],
    ['an issuer', { issuer: 'https://other.example.com' }, 'issuer'],
  ])('is told when it is ready where it does not follow: %s', async (_what, options, reason) => {
    const { verifier } = make({ follow: false, ...options });
    expect(await failure(verifier.ready())).toMatchObject({ code: 'verifier.misconfigured', reason });
    const { accessToken } = await signedIn(app);
    await failure(verifier.verify(accessToken));
    expect(verifier.problem).toMatchObject({ code: 'verifier.misconfigured', reason });
  });

  it.each([
    ['is missing', { clientSecret: undefined }, 'credentials'],
    ['is empty', { clientId: '' }, 'credentials'],
    ['is no URL', { issuer: 'accounts.example.com' }, 'server'],
  ])('is thrown at once if an option %s', (_what, options, reason) => {
    expect(() => make(options)).toThrow(expect.objectContaining({ code: 'verifier.misconfigured', reason }));
  });

  it.each<[string, number, Record<string, string>]>([
    ['another server', 404, {}],
    ['a redirect', 308, { location: 'https://accounts.example.com/' }],
    ['a page', 200, { 'content-type': 'text/html' }],
  ])('is that it asks %s', async (_what, status, headers) => {
    const stranger = createServer((_request, response) => void response.writeHead(status, headers).end('<p>Hello'));
    await new Promise<void>((resolve) => void stranger.listen(0, '127.0.0.1', resolve));
    const { verifier } = make({ url: `http://127.0.0.1:${(stranger.address() as AddressInfo).port}` });
    expect(await failure(verifier.ready(HANGING_SECONDS))).toMatchObject({ code: 'verifier.misconfigured', reason: 'server' });
    verifier.close();
    stranger.closeAllConnections();
    await new Promise((resolve) => void stranger.close(resolve));
  });

  it('is that nobody listens, and is over once somebody does', async () => {
    let isUp = false;
    const { verifier, problems } = make({
      fetch: (input, init) => globalThis.fetch(isUp ? input : new URL(new URL(input as string | URL).pathname, NOBODY), init),
    });
    expect(await failure(verifier.ready(0))).toMatchObject({ code: 'verifier.unavailable', reason: 'stream' });
    const [problem] = await poll('the problem', () => (problems.length > 0 ? problems : undefined));
    expect(problem).toMatchObject({
      code: 'verifier.unavailable',
      reason: 'stream',
      message: expect.stringContaining('cannot be reached'),
    });
    const { accessToken } = await signedIn(app);
    expect(await failure(verifier.verify(accessToken))).toMatchObject({ code: 'verifier.unavailable', reason: 'keys', status: 503 });
    isUp = true;
    await verifier.ready(HANGING_SECONDS);
    await verifier.verify(accessToken);
    expect(verifier.problem).toBeNull();
  });

  it('is logged unless there is a hook', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    try {
      const { verifier } = make({ onProblem: undefined, clientSecret: 'wrong' });
      await failure(verifier.ready(HANGING_SECONDS));
      const lines = logged.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('@latchkey/verifier'));
      expect(lines).toEqual([expect.stringMatching(/does not know the client books .*\(verifier\.misconfigured, credentials\)$/)]);
    } finally {
      logged.mockRestore();
    }
  });
});
