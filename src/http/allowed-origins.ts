import type { Settings } from '../config/settings.js';

const LOCAL_ORIGIN = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

type OriginSettings = Pick<Settings, 'CORS_ORIGINS' | 'NODE_ENV' | 'PUBLIC_URL'>;

/** One label of a host name (RFC 1123 §2.1), as browsers write it in `Origin`. */
const LABEL = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** Whether `origin` is an entry of the list, or has one label where an entry has `*`. */
function isListed(origin: string, listed: readonly string[]): boolean {
  return listed.some((entry) => {
    const [before = '', after] = entry.split('*', 2);
    if (after === undefined) return entry === origin;
    const isBetween = origin.startsWith(before) && origin.endsWith(after);
    return isBetween && LABEL.test(origin.slice(before.length, origin.length - after.length));
  });
}

/**
 * Whether pages of `origin` may read answers (CORS). Compares exactly, but for a `*` in an
 * entry; outside production an empty list allows local development servers.
 */
export function isAllowedOrigin(origin: string | undefined, { CORS_ORIGINS: listed, NODE_ENV: environment }: OriginSettings): boolean {
  if (origin === undefined) return false;
  if (listed.length > 0 || environment === 'production') return isListed(origin, listed);
  return LOCAL_ORIGIN.test(origin);
}

/** Whether `origin` is this server's own or an allowed one. */
export function isKnownOrigin(origin: string | undefined, settings: OriginSettings): boolean {
  return origin === new URL(String(settings.PUBLIC_URL)).origin || isAllowedOrigin(origin, settings);
}
