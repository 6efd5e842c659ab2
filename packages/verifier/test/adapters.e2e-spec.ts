import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedIn } from '../../../test/support/accounts.js';
import { PUBLIC_URL, type TestApp, sharedApp } from '../../../test/support/start-app.js';
import { createBackend as createExpress } from '../examples/express.js';
import { createBackend as createFastify } from '../examples/fastify.js';
import { createBackend as createHono } from '../examples/hono.js';
import { createNotesModule } from '../examples/nest.js';
import { createRoutes } from '../examples/next.js';
import { type Verifier, createVerifier } from '../src/index.js';
import { authenticate, refuse } from '../src/fetch.js';

const SECRET = 'a+secret/of:a-backend==%41';
/** Only a test that hangs takes as long, seconds. */
const HANGING_SECONDS = 120;

/** A running backend. */
interface Backend {
  ask(method: string, headers: Record<string, string>): Promise<Response>;
  stop(): Promise<unknown>;
}

/** Sends requests to a backend that listens. */
async function listening(server: Server, stop: () => Promise<unknown>): Promise<Backend> {
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { ask: (method, headers) => fetch(`http://127.0.0.1:${port}/notes`, { method, headers }), stop };
}

const BACKENDS: [string, (verifier: Verifier) => Promise<Backend>][] = [
  [
    'Express',
    (verifier) => {
      const server = createExpress(verifier).listen(0, '127.0.0.1');
      return listening(server, async () => {
        server.closeAllConnections();
        await new Promise((resolve) => void server.close(resolve));
      });
    },
  ],
  [
    'Fastify',
    async (verifier) => {
      const app = createFastify(verifier);
      await app.listen({ port: 0, host: '127.0.0.1' });
      return listening(app.server, () => app.close());
    },
  ],
  [
    'Nest on Fastify',
    async (verifier) => {
      const app = await NestFactory.create<NestFastifyApplication>(createNotesModule(verifier), new FastifyAdapter(), { logger: false });
      await app.listen(0, '127.0.0.1');
      return listening(app.getHttpServer(), () => app.close());
    },
  ],
  [
    'Nest on Express',
    async (verifier) => {
      const app = await NestFactory.create(createNotesModule(verifier), new ExpressAdapter(), { logger: false });
      await app.listen(0, '127.0.0.1');
      return listening(app.getHttpServer() as Server, () => app.close());
    },
  ],
  [
    'Hono',
    async (verifier) => {
      const app = createHono(verifier);
      return { ask: async (method, headers) => app.request('/notes', { method, headers }), stop: async () => {} };
    },
  ],
  [
    "Next.js's route handlers",
    async (verifier) => {
      const routes = createRoutes(verifier);
      const ask: Backend['ask'] = (method, headers) =>
        routes[method as 'GET' | 'DELETE'](new Request('http://localhost/notes', { method, headers }));
      return { ask, stop: async () => {} };
    },
  ],
];

describe('a backend', () => {
  let app: TestApp;
  let user: { id: string; accessToken: string };
  let options: Parameters<typeof createVerifier>[0];
  beforeAll(async () => {
    app = await sharedApp({ OAUTH_CLIENTS: `books:${SECRET}` });
    user = await signedIn(app);
    options = { issuer: PUBLIC_URL, url: await app.listen(), clientId: 'books', clientSecret: SECRET, onProblem: () => {} };
  });
  afterAll(() => app.stop());

  /** Runs a test with a backend and its verifier. */
  const using = async (
    start: (verifier: Verifier) => Promise<Backend>,
    verifier: Verifier,
    test: (backend: Backend) => Promise<void>,
  ): Promise<void> => {
    const backend = await start(verifier);
    try {
      await test(backend);
    } finally {
      await backend.stop();
      verifier.close();
    }
  };
  /** What a refusal says: status, challenge, code, media type. */
  const said = async (answer: Response): Promise<unknown[]> => [
    answer.status,
    answer.headers.get('www-authenticate'),
    ((await answer.json()) as { code: string }).code,
    answer.headers.get('content-type')?.replace(/;.*/, ''),
  ];
  const PROBLEM = 'application/problem+json';

  describe.each(BACKENDS)('with %s', (_name, start) => {
    it('lets people with a token in, and refuses others with a challenge', async () => {
      const verifier = createVerifier(options);
      await verifier.ready(HANGING_SECONDS);
      await using(start, verifier, async ({ ask }) => {
        const authorization = `Bearer ${user.accessToken}`;
        const answer = await ask('GET', { authorization });
        expect([answer.status, await answer.json()]).toEqual([200, { owner: user.id }]);
        expect(await said(await ask('GET', {}))).toEqual([401, 'Bearer', 'access.unauthenticated', PROBLEM]);
        expect(await said(await ask('GET', { authorization: 'Basic YTpi' }))).toEqual([401, 'Bearer', 'access.unauthenticated', PROBLEM]);
        const invalid = 'Bearer error="invalid_token", error_description="The access token is not valid"';
        expect(await said(await ask('GET', { authorization: 'Bearer no.good.token' }))).toEqual([401, invalid, 'token.invalid', PROBLEM]);
        const forbidden = 'Bearer error="insufficient_scope", error_description="Not allowed"';
        expect(await said(await ask('DELETE', { authorization }))).toEqual([403, forbidden, 'access.forbidden', PROBLEM]);
      });
    });

    it('says whose fault it is that no token can be checked, but no more', async () => {
      const verifier = createVerifier({ ...options, clientSecret: 'wrong' });
      await verifier.ready(HANGING_SECONDS).catch(() => {});
      await using(start, verifier, async ({ ask }) => {
        const answer = await ask('GET', { authorization: `Bearer ${user.accessToken}` });
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([500, null]);
        const text = await answer.text();
        expect(JSON.parse(text)).toMatchObject({ code: 'verifier.misconfigured', status: 500 });
        expect(text).not.toMatch(/books|127\.0\.0\.1|OAUTH/);
      });
    });
  });

  it('says when to try again while the server is away', async () => {
    const verifier = createVerifier({ ...options, url: 'http://127.0.0.1:9' });
    const request = new Request('http://localhost/notes', { headers: { authorization: `Bearer ${user.accessToken}` } });
    const answer = await authenticate(verifier, request).then(() => expect.fail('should have been refused'), refuse);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    verifier.close();
  });

  it('asks for another sign-in where one is required (RFC 9470)', async () => {
    const verifier = createVerifier(options);
    const requirements = { acr: 'urn:latchkey:aal2', maxAgeSeconds: 300 };
    const request = new Request('http://localhost/notes', { headers: { authorization: `Bearer ${user.accessToken}` } });
    const answer = await authenticate(verifier, request, requirements).then(() => expect.fail('should have been refused'), refuse);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="insufficient_user_authentication", error_description="Sign in again, or more strongly", acr_values="urn:latchkey:aal2", max_age="300"',
    ]);
    const met = { acr: 'urn:latchkey:aal1', maxAgeSeconds: 86_400 };
    expect((await authenticate(verifier, request, met)).sub).toBe(user.id);
    expect(await answer.json()).toMatchObject({ code: 'auth.step_up_required', acr_values: 'urn:latchkey:aal2', max_age: 300 });
    verifier.close();
  });

  it('passes on errors that are not of the verifier', () => {
    const bug = new Error('a bug');
    expect(() => refuse(bug)).toThrow(bug);
  });
});
