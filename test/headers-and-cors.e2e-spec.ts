import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register, signedIn } from './support/accounts.js';
import { documentOf, exampleBody, fill, operationsOf } from './support/operations.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const SHORT_PATIENCE = { requestTimeoutMs: 500, uploadTimeoutMs: 500, connectionTimeoutMs: 5_000, checkEveryMs: 100 };

/** What a server answers to bytes that no HTTP client would send, until it closes the connection. */
async function rawAnswer(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  let answer = '';
  for await (const bytes of socket) answer += String(bytes);
  return answer;
}

const STRICT_CSP = "default-src 'none'; frame-ancestors 'none'";

/** A hostile or mistyped relative of an allowed origin. */
const relativesOf = (origin: string): string[] => {
  const { protocol, host } = new URL(origin);
  return [
    'null',
    `${origin}.evil.test`,
    `${origin}evil.test`,
    `${protocol}//evil.${host}`,
    `${protocol}//${host}@evil.test`,
    `${origin}/`,
    `${origin}:8443`,
    origin.replace('https:', 'http:').replace(/^http:(?=.*3000)/, 'https:'),
    origin.toUpperCase(),
    ` ${origin}`.trim().replace('.', '-'),
    `${origin}, https://evil.test`,
    'https://evil.test',
    '*',
    '',
    'file://',
    `${protocol}//${host.replace('.', '%2e')}`,
    `${protocol}//${host}\\.evil.test`,
  ].filter((each) => each !== origin);
};

/** Apps in a shell and extensions. */
const SHELLS = ['capacitor://localhost', 'ionic://localhost', 'tauri://localhost', `chrome-extension://${'abcdefgh'.repeat(4)}`];

const PRODUCTION = {
  NODE_ENV: 'production',
  RATE_LIMIT: 'on',
  SMTP_URL: 'smtp://127.0.0.1:9',
  APP_SECRET: 'gYtE2vQ8xLr5nKpZ3wMbH7cJ1dF6sA9uTq4R0iVyXoWk',
};

describe('answers', () => {
  let app: TestApp;
  /** In production, without any list or documentation, with subdomains. */
  let production: TestApp;
  /** Not reached by HTTPS, with a wildcard on its list. */
  let plainHttp: TestApp;
  beforeAll(async () => {
    const listed = ['https://app.example.com', 'http://localhost:3000', ...SHELLS].join(',');
    app = await startApp({ CORS_ORIGINS: listed }, undefined, { patience: SHORT_PATIENCE });
    production = await startApp({ ...PRODUCTION, HSTS_INCLUDE_SUBDOMAINS: 'true', DOCS: 'false' });
    plainHttp = await startApp({
      PUBLIC_URL: 'http://localhost:3000',
      CORS_ALLOW_WILDCARD: 'true',
      CORS_ORIGINS: 'https://*.preview.example.com',
    });
  });
  afterAll(() => Promise.all([app.stop(), production.stop(), plainHttp.stop()]));

  const corsHeaders = ({ headers }: Answer): string[] => Object.keys(headers).filter((name) => name.startsWith('access-control-'));
  const preflight = (on: TestApp, origin: string): Promise<Answer> =>
    on.call('OPTIONS', '/v1/auth/login', {
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
    });

  describe('to other origins', () => {
    it.each(['https://app.example.com', 'http://localhost:3000'])('let %s in, which is on the list', async (origin) => {
      const before = await preflight(app, origin);
      expect(before.status).toBe(204);
      expect(before.headers['access-control-allow-origin']).toBe(origin);
      expect(String(before.headers['access-control-allow-methods'])).toContain('POST');
      expect(String(before.headers['access-control-allow-headers'])).toContain('authorization');
      expect(String(before.headers.vary)).toMatch(/\bOrigin\b/i);
      for (const answer of [
        await app.get('/health/live', { headers: { origin } }),
        await app.get('/v1/users/me', { headers: { origin } }),
        await app.get('/v1/nothing', { headers: { origin } }),
      ]) {
        expect(answer.headers['access-control-allow-origin']).toBe(origin);
        expect(String(answer.headers['access-control-expose-headers'])).toContain('retry-after');
        expect(String(answer.headers.vary)).toMatch(/\bOrigin\b/i);
      }
    });

    it.each([
      ...relativesOf('https://app.example.com'),
      ...relativesOf('http://localhost:3000'),
      'http://localhost:3001',
      'http://127.0.0.1:3000',
    ])('say nothing to %j', async (origin) => {
      const plain = await app.get('/health/live', { headers: { origin } });
      expect(plain.status).toBe(200);
      expect(plain.headers['access-control-allow-origin']).toBeUndefined();
      expect(plain.headers['access-control-allow-credentials']).toBeUndefined();
      expect((await preflight(app, origin)).headers['access-control-allow-origin']).toBeUndefined();
      expect(String(plain.headers.vary)).toMatch(/\bOrigin\b/i);
    });

    it('are plain for callers that are no browsers', async () => {
      expect((await app.get('/health/live')).headers['access-control-allow-origin']).toBeUndefined();
    });

    it('let local development servers in while nothing is listed, and nobody else', async () => {
      const development = await sharedApp();
      try {
        for (const origin of ['http://localhost:5173', 'http://localhost', 'http://127.0.0.1:8080', 'http://[::1]:4200']) {
          expect((await preflight(development, origin)).headers['access-control-allow-origin']).toBe(origin);
        }
        for (const origin of [
          'null',
          'http://localhost.evil.test',
          'http://localhost:5173.evil.test',
          'http://evil.localhost:3000',
          'http://127.0.0.1.evil.test',
          'http://127.0.0.2:3000',
          'http://0.0.0.0:3000',
          'http://192.168.1.4:3000',
          'http://localhost:5173@evil.test',
          'file://',
          'http://localhost:',
        ]) {
          expect([
            origin,
            corsHeaders(await development.get('/health/live', { headers: { origin } })).filter(
              (name) => name !== 'access-control-expose-headers',
            ),
          ]).toEqual([origin, []]);
        }
      } finally {
        await development.stop();
      }
    });

    it('have all headers when a request fails before the router, and can be read by a listed app', async () => {
      const origin = 'https://app.example.com';
      await app.listen();
      const { port } = app.nest.getHttpServer().address() as AddressInfo;
      const early: Record<string, [status: number, request: (from: string) => string]> = {
        'malformed address': [400, (from) => `GET /v1/% HTTP/1.1\r\nHost: a\r\nOrigin: ${from}\r\nConnection: close\r\n\r\n`],
        'large header': [431, (from) => `GET /v1/users/me HTTP/1.1\r\nHost: a\r\nOrigin: ${from}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
        'malformed header': [400, (from) => `GET /v1/users/me HTTP/1.1\r\nHost: a\r\nOrigin: ${from}\r\nB ad: x\r\n\r\n`],
        'slow body': [
          408,
          (from) =>
            `POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nOrigin: ${from}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
        ],
      };
      for (const [name, [status, request]] of Object.entries(early)) {
        const answer = await rawAnswer(port, request(origin));
        expect([name, answer.split('\r\n', 1)[0]]).toEqual([name, expect.stringContaining(` ${status} `)]);
        expect(answer).toContain(`access-control-allow-origin: ${origin}\r\n`);
        expect(answer).toMatch(/^access-control-expose-headers: .*retry-after/m);
        expect(answer).toContain('strict-transport-security: max-age=63072000\r\n');
        expect(answer).toContain('x-content-type-options: nosniff\r\n');
        expect(await rawAnswer(port, request('https://evil.test'))).not.toContain('access-control-allow-origin');
      }
      const before = await app.call('OPTIONS', '/v1/%', { headers: { origin, 'access-control-request-method': 'GET' } });
      expect([before.status, before.headers['access-control-allow-origin']]).toEqual([204, origin]);
    });

    it('let apps in a shell and extensions in that are listed, and no relatives of theirs', async () => {
      for (const origin of SHELLS) {
        expect((await preflight(app, origin)).headers['access-control-allow-origin']).toBe(origin);
        for (const other of [`${origin}.evil.test`, `${origin}/`, `${origin}:80`, origin.replace('://', '://evil.'), origin.toUpperCase()])
          expect((await preflight(app, other)).headers['access-control-allow-origin']).toBeUndefined();
      }
      for (const other of ['http://localhost', 'capacitor://evil', 'null'])
        expect((await preflight(app, other)).headers['access-control-allow-origin']).toBeUndefined();
    });

    it('let one label in where a wildcard is allowed', async () => {
      for (const origin of ['https://pr-12.preview.example.com', 'https://a.preview.example.com'])
        expect((await preflight(plainHttp, origin)).headers['access-control-allow-origin']).toBe(origin);
      for (const origin of [
        'https://preview.example.com',
        'https://.preview.example.com',
        'https://a.b.preview.example.com',
        'https://-a.preview.example.com',
        'https://*.preview.example.com',
        'https://evil.test/.preview.example.com',
        'https://evil.test?.preview.example.com',
        'https://a.preview.example.com.evil.test',
        'https://a.preview.example.com:8443',
        'http://a.preview.example.com',
        'https://apreview.example.com',
        'https://A.preview.example.com',
      ])
        expect([origin, (await preflight(plainHttp, origin)).headers['access-control-allow-origin']]).toEqual([origin, undefined]);
    });

    it('let nobody in while nothing is listed in production', async () => {
      for (const origin of ['http://localhost:3000', 'http://127.0.0.1:5173', String(production.settings.PUBLIC_URL)]) {
        expect((await preflight(production, origin)).headers['access-control-allow-origin']).toBeUndefined();
      }
    });
  });

  describe('of every kind', () => {
    it('are not to be framed, sniffed, run or leaked', async () => {
      const { accessToken: token } = await signedIn(app);
      const answers = await Promise.all([
        app.get('/health/live'),
        app.get('/v1/users/me', { token }),
        app.get('/v1/users/me'),
        app.get('/v1/nothing'),
        app.get('/v1/%'),
        app.post('/v1/auth/login', {}),
        app.post('/v1/auth/login', { identifier: 'x'.repeat(70_000) }),
        app.call('DELETE', '/v1/users/me'),
        app.get('/openapi.json'),
        app.get('/openapi.yaml'),
        app.get('/.well-known/jwks.json'),
        app.get('/metrics'),
        app.call('HEAD', '/v1/users/me'),
        app.call('OPTIONS', '/v1/auth/login'),
      ]);
      for (const { headers } of answers) {
        expect(headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'content-security-policy': STRICT_CSP,
          'strict-transport-security': expect.stringMatching(/^max-age=\d{8,}$/),
          'x-request-id': expect.any(String),
        });
        expect(headers.server).toBeUndefined();
        expect(headers['x-powered-by']).toBeUndefined();
      }
    });

    it('bind subdomains to HTTPS only where that is asked for', async () => {
      for (const path of ['/health/live', '/v1/%'])
        expect((await production.get(path)).headers['strict-transport-security']).toMatch(/^max-age=\d{8,}; includeSubDomains$/);
    });

    it('say nothing of HTTPS where the server is not reached by it', async () => {
      expect((await plainHttp.get('/health/live')).headers['strict-transport-security']).toBeUndefined();
    });

    it('are kept by no cache, but for the public keys and the related origins', async () => {
      const document = await documentOf(app);
      const kept: string[] = [];
      let user = await signedIn(app);
      for (const operation of await operationsOf(app)) {
        // The operation before may have ended the session or deleted the account.
        if ((await app.get('/v1/users/me', { token: user.accessToken })).status !== 200) user = await signedIn(app);
        const { accessToken: token, id } = user;
        const answer = await app.call(operation.method, fill(operation.path, id), { token, body: exampleBody(document, operation) });
        if (answer.headers['cache-control'] !== 'no-store') kept.push(operation.path);
      }
      // Packages, where the build has made them, are kept and asked for anew: their own tests say so.
      expect(kept.filter((path) => !path.startsWith('/sdk/'))).toEqual(['/.well-known/jwks.json', '/.well-known/webauthn']);
      const { email, password } = await register(app);
      const login = await app.post('/v1/auth/login', { identifier: email, password });
      const refreshed = await app.post('/v1/auth/refresh', { refreshToken: login.body.refreshToken });
      for (const { status, headers } of [login, refreshed]) expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    });
  });

  describe('of the documentation', () => {
    it('let Swagger UI run, from this server alone', async () => {
      for (const path of ['/docs', '/docs/', '/docs/index.html', '/docs/swagger-ui-init.js', '/docs/swagger-ui.css']) {
        const { status, headers } = await app.get(path);
        expect([path, status]).toEqual([path, 200]);
        const policy = String(headers['content-security-policy']);
        expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:");
        expect(policy).toContain(`connect-src 'self' ${app.settings.PUBLIC_URL};`);
        expect(policy).toContain("frame-ancestors 'none'");
        expect(policy).not.toMatch(/script-src[^;]*unsafe|\*/);
        expect(headers['x-frame-options']).toBe('DENY');
      }
    });

    it('load nothing that their policy forbids', async () => {
      const { text } = await app.get('/docs');
      const urls = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => String(url));
      expect(urls.length).toBeGreaterThan(3);
      for (const url of urls) {
        expect(url).toMatch(/^\.\/docs\//);
        expect((await app.get(new URL(url, 'http://localhost/docs').pathname)).status).toBe(200);
      }
      // No inline script, no handler in an attribute.
      expect(text).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|\son\w+\s*=/i);
      expect(text).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    });

    it('hold no file from outside their folder', async () => {
      for (const path of [
        '/docs/..%2fpackage.json',
        '/docs/..%2f..%2fpackage.json',
        '/docs/%2e%2e%2f%2e%2e%2fpackage.json',
        '/docs/..%5cpackage.json',
        '/docs/%00',
        '/docs/.env',
        '/docs/..%252fpackage.json',
        '/docs//etc/passwd',
      ]) {
        expect([path, (await app.get(path)).status]).toEqual([path, 404]);
      }
    });

    it('can be switched off', async () => {
      for (const path of [
        '/docs',
        '/docs/',
        '/docs/index.html',
        '/docs/swagger-ui-init.js',
        '/docs/swagger-ui.css',
        '/openapi.json',
        '/openapi.yaml',
        '/docs-json',
      ]) {
        const { status, body } = await production.get(path);
        expect([path, status, body.code]).toEqual([path, 404, 'route.not_found']);
      }
      expect((await production.get('/health/live')).status).toBe(200);
    });
  });
});
