import type { Settings } from '../config/settings.js';

const LOCAL_ORIGIN = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

type OriginSettings = Pick<Settings, 'CORS_ORIGINS' | 'NODE_ENV' | 'PUBLIC_URL'>;

/**
 * Whether pages of `origin` may read answers (CORS). Compares exactly; outside production an empty list allows local development servers.
 */
export function isAllowedOrigin(origin: string | undefined, { CORS_ORIGINS: listed, NODE_ENV: environment }: OriginSettings): boolean {
  if (origin === undefined) return false;
  if (listed.length > 0 || environment === 'production') return listed.includes(origin);
  return LOCAL_ORIGIN.test(origin);
}

/** Whether `origin` is this server's own or an allowed one. */
export function isKnownOrigin(origin: string | undefined, settings: OriginSettings): boolean {
  return origin === new URL(String(settings.PUBLIC_URL)).origin || isAllowedOrigin(origin, settings);
}
