import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import fastifyCors from '@fastify/cors';
import fastifyMultipart, { type FastifyMultipartOptions } from '@fastify/multipart';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { useBodyParsers } from './body-parsers.js';
import { limitBodyTime } from './body-time.js';
import { answerUnreadable } from './client-errors.js';
import { metadataUrlOf } from './metadata-url.js';
import { ROUTER_OPTIONS } from './route-table.js';
import { corsOptions, earlyCorsHeaders, earlyPreflight } from './cors.js';
import type { Catalogue } from '../common/catalogue.js';
import type { Settings } from '../config/settings.js';
import { addRateLimitHeaders } from '../throttling/rate-limit-headers.js';

/** Maximum size of a JSON body, bytes. */
const MAX_BODY_BYTES = 64 * 1_024;
/** How long an idle keep-alive connection stays open, ms; above the usual 60 s of load balancers. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Time limits for slow senders, so that they do not occupy connections. */
export interface Patience {
  /** Longest time for a request's header to arrive, and then for its body, ms. */
  requestTimeoutMs: number;
  /** The same for an upload that a handler reads, as long as enough bytes keep arriving, ms: 5 MiB at 0.4 Mbit/s. */
  uploadTimeoutMs: number;
  /** Longest silence on a connection, ms. */
  connectionTimeoutMs: number;
  /** How often Node.js checks for requests over their limit, ms. */
  checkEveryMs: number;
}

const PATIENCE: Patience = { requestTimeoutMs: 15_000, uploadTimeoutMs: 120_000, connectionTimeoutMs: 60_000, checkEveryMs: 5_000 };

/** How long a new connection may take to send its first byte once the server stops, ms; also the interval of the check. */
const FIRST_BYTE_MS = 1_000;
const FIRST_BYTE_CHECK_MS = 100;

/** Limits of an upload besides the size of its file: one file, and the few fields that frontends add. */
const UPLOAD_LIMITS = { files: 1, fields: 10, parts: 11, fieldSize: 4 * 1_024, headerPairs: 50 };

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** Headers of every answer. API answers contain nothing that a browser should execute, frame or sniff. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-site',
  'cache-control': 'no-store',
} as const;

/** Two years. */
const HSTS = 'max-age=63072000';
const SECURITY_HEADERS_OF_HOST = { ...SECURITY_HEADERS, 'strict-transport-security': HSTS };
const SECURITY_HEADERS_OF_DOMAIN = { ...SECURITY_HEADERS, 'strict-transport-security': `${HSTS}; includeSubDomains` };

/** Answers a request with its failure. */
export type Render = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

function noSchemas(): never {
  throw new Error('No route has a JSON schema');
}

/** Fastify with explicit values for every limit that is unlimited by default. */
export function createHttpAdapter(
  settings: Settings,
  { errors }: Catalogue,
  render: Render,
  patience: Patience = PATIENCE,
): FastifyAdapter {
  const { requestTimeoutMs, uploadTimeoutMs, connectionTimeoutMs, checkEveryMs } = patience;
  const rewriteUrl = metadataUrlOf(settings);
  const adapter = new FastifyAdapter({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    // Node.js has one limit for all requests, so it is the longest one. Bodies have a shorter limit, see below.
    requestTimeout: requestTimeoutMs + uploadTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: checkEveryMs },
    forceCloseConnections: 'idle',
    // The server also answers a request that arrives while it finishes the last ones.
    return503OnClosing: false,
    trustProxy: settings.TRUSTED_PROXIES.length > 0 ? settings.TRUSTED_PROXIES : false,
    routerOptions: ROUTER_OPTIONS,
    ...(rewriteUrl === undefined ? {} : { rewriteUrl }),
    // Pipes validate bodies. Without this, Fastify would load its JSON schema compilers for nothing.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    requestIdHeader: false,
    genReqId: ({ headers }: IncomingMessage) => {
      const sent = headers['x-request-id'];
      // Not a UUIDv7: nothing sorts by it, and Node.js generates random UUIDs from a cache.
      return typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : randomUUID();
    },
    // URLs that the router cannot parse come here instead of to hooks and handlers.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      setHeaders(request, reply, settings);
      void reply.headers(earlyCorsHeaders(request.headers.origin, settings));
      const preflight = earlyPreflight(request, settings);
      if (preflight === null) render(error, request, reply);
      else void reply.status(204).headers(preflight).send();
    },
    clientErrorHandler: (error, socket) =>
      answerUnreadable(error, socket, errors, (origin) => ({ ...securityHeaders(settings), ...earlyCorsHeaders(origin, settings) })),
  });
  limitBodyTime(adapter.getInstance(), { bodyTimeoutMs: requestTimeoutMs, uploadTimeoutMs });
  return adapter;
}

/** Configures every request and answer: body parsers, request id, security headers, CORS. */
export async function configureHttp(app: NestFastifyApplication, settings: Settings): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  useBodyParsers(fastify);
  addRateLimitHeaders(fastify);
  closeSilentConnections(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    setHeaders(request, reply, settings);
    done();
  });
  readUploads(fastify, { limits: { fileSize: settings.AVATAR_MAX_BYTES, ...UPLOAD_LIMITS } });
  await app.register(fastifyCors, corsOptions(settings));
}

/**
 * Enables `request.file()` and related methods. It omits the plugin's hooks: they delete files that the plugin saved to disk, which this
 * server never does, and they would make every cheap request a tenth slower.
 */
function readUploads(fastify: FastifyInstance, options: FastifyMultipartOptions): void {
  const withoutHooks = Object.create(fastify, { addHook: { value: () => withoutHooks } }) as FastifyInstance;
  fastifyMultipart(withoutHooks, options, () => {});
}

function setHeaders(request: FastifyRequest, reply: FastifyReply, settings: Settings): void {
  void reply.headers(securityHeaders(settings)).header('x-request-id', request.id);
}

function securityHeaders({ PUBLIC_URL, HSTS_INCLUDE_SUBDOMAINS }: Settings): Record<string, string> {
  if (!String(PUBLIC_URL).startsWith('https:')) return SECURITY_HEADERS;
  return HSTS_INCLUDE_SUBDOMAINS ? SECURITY_HEADERS_OF_DOMAIN : SECURITY_HEADERS_OF_HOST;
}

/**
 * Node.js does not treat a connection as idle before its first byte, such as one that a browser opened in advance; a stopping server would
 * wait for it.
 */
function closeSilentConnections(fastify: FastifyInstance): void {
  const { server } = fastify;
  const openSince = new Map<Socket, number>();
  server.on('connection', (socket) => {
    openSince.set(socket, performance.now());
    socket.once('close', () => openSince.delete(socket));
  });
  const close = (): void => {
    for (const [socket, since] of openSince) if (socket.bytesRead === 0 && performance.now() - since > FIRST_BYTE_MS) socket.destroy();
  };
  fastify.addHook('preClose', (done) => {
    if (server.listening) {
      const closing = setInterval(close, FIRST_BYTE_CHECK_MS);
      server.once('close', () => clearInterval(closing));
    }
    done();
  });
}
