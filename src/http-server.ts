import type { IncomingMessage } from 'node:http';
import fastifyCors from '@fastify/cors';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import createRouter from 'find-my-way';
import { newId } from './common/ids.js';
import type { Settings } from './config/settings.js';

/** Largest JSON body, bytes. */
const MAX_BODY_BYTES = 64 * 1_024;
/** Longest time for a request's headers and body to arrive, ms; slow senders must not hold connections. */
const REQUEST_TIMEOUT_MS = 15_000;
/** Longest silence on a connection, ms. */
const CONNECTION_TIMEOUT_MS = 60_000;
/** How long an idle keep-alive connection stays open, ms; above the usual 60 s of load balancers. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Longest path parameter, characters. */
const MAX_PARAM_CHARS = 254;

const REQUEST_ID = /^[\w.:-]{1,64}$/;
const LOCAL_ORIGIN = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/** Headers of every answer. API answers hold nothing that a browser should run, frame or guess at. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-site',
  'cache-control': 'no-store',
} as const;

const HSTS = 'max-age=63072000; includeSubDomains';

/** Fastify, with every limit set that it leaves open by default. */
export function createHttpAdapter(settings: Settings): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // Node looks for requests over their time only this often, ms.
    http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: 5_000 },
    forceCloseConnections: 'idle',
    trustProxy: settings.TRUSTED_PROXIES.length > 0 ? settings.TRUSTED_PROXIES : false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: MAX_PARAM_CHARS },
    requestIdHeader: false,
    genReqId: ({ headers }: IncomingMessage) => {
      const sent = headers['x-request-id'];
      return typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : newId();
    },
  });
}

/** Sets what holds for every answer: request id, security headers, CORS. */
export async function configureHttp(app: NestFastifyApplication, settings: Settings): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const hsts = String(settings.PUBLIC_URL).startsWith('https:');
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    if (hsts) void reply.header('strict-transport-security', HSTS);
    done();
  });
  await app.register(fastifyCors as never, {
    origin: (origin: string | undefined, answer: (error: Error | null, allow: boolean) => void) => answer(null, isAllowedOrigin(origin, settings)),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['x-request-id', 'retry-after', 'ratelimit', 'ratelimit-policy', 'etag', 'location'],
    maxAge: 600,
  });
}

/** Compares exactly; outside production an empty list admits local development servers. */
function isAllowedOrigin(origin: string | undefined, { CORS_ORIGINS: listed, NODE_ENV: environment }: Settings): boolean {
  if (origin === undefined) return false;
  if (listed.length > 0 || environment === 'production') return listed.includes(origin);
  return LOCAL_ORIGIN.test(origin);
}

/** Learns every route as it is registered, to tell a wrong method (405) from an unknown path (404). */
export function collectMethods(fastify: FastifyInstance): (url: string) => string[] {
  const router = createRouter({ ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: MAX_PARAM_CHARS });
  const methods = new Set<HTTPMethods>();
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat() as HTTPMethods[]) {
      if (url.includes('*') || each === 'OPTIONS' || router.hasRoute(each as never, url)) continue;
      methods.add(each);
      router.on(each as never, url, () => {});
    }
  });
  return (url) => [...methods].filter((method) => router.find(method as never, url.split(/[?;]/, 1)[0] ?? '') !== null);
}
