import type { FastifyCorsOptions } from '@fastify/cors';
import type { Settings } from '../config/settings.js';
import { isAllowedOrigin } from './allowed-origins.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Headers of answers that pages of other origins may read. */
const EXPOSED = ['x-request-id', 'retry-after', 'ratelimit', 'ratelimit-policy', 'etag', 'location'];

/** How long a browser keeps the answer to a preflight, s. */
const MAX_AGE_SECONDS = 600;

/** CORS for every request that the router can read. */
export function corsOptions(settings: Settings): FastifyCorsOptions {
  return {
    origin: (origin: string | undefined, answer: (error: Error | null, allow: boolean) => void) =>
      answer(null, isAllowedOrigin(origin, settings)),
    methods: METHODS,
    exposedHeaders: EXPOSED,
    // For the refresh cookie; sent to allowed origins only.
    credentials: true,
    maxAge: MAX_AGE_SECONDS,
  };
}

/** The same headers for an answer that is given before the router: without them an app sees a failed connection instead of the failure. */
export function earlyCorsHeaders(origin: string | undefined, settings: Settings): Record<string, string> {
  if (origin === undefined || !isAllowedOrigin(origin, settings)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED.join(', '),
  };
}

/**
 * Headers that let a browser send the request after a preflight (Fetch standard, CORS-preflight fetch), also where the request itself can
 * only fail; null for what is no preflight of an allowed origin.
 */
export function earlyPreflight(
  { method, headers }: { method: string; headers: Readonly<Record<string, string | string[] | undefined>> },
  settings: Settings,
): Record<string, string> | null {
  const wanted = headers['access-control-request-headers'];
  const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
  if (!isPreflight || typeof headers['origin'] !== 'string' || !isAllowedOrigin(headers['origin'], settings)) return null;
  return {
    'access-control-allow-methods': METHODS.join(', '),
    ...(typeof wanted === 'string' && { 'access-control-allow-headers': wanted }),
    'access-control-max-age': String(MAX_AGE_SECONDS),
  };
}
