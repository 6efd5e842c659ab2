import type { IncomingMessage } from 'node:http';
import type { Settings } from '../config/settings.js';

const METADATA = '/.well-known/oauth-authorization-server';

/**
 * Clients ask for the metadata of an issuer with a path at a URL that has `/.well-known/…` between host and path (RFC 8414 §3.1), where no
 * proxy strips the path. This leads the request to the route without the path.
 * @returns what Fastify calls for each request; undefined if `PUBLIC_URL` has no path
 */
export function metadataUrlOf({ PUBLIC_URL }: Pick<Settings, 'PUBLIC_URL'>): ((request: IncomingMessage) => string) | undefined {
  const { pathname } = new URL(String(PUBLIC_URL));
  if (pathname === '/') return undefined;
  return ({ url = '' }) => {
    const [path = '', query] = url.split('?', 2);
    if (path.replace(/\/$/, '') !== METADATA + pathname) return url;
    return query === undefined ? METADATA : `${METADATA}?${query}`;
  };
}
