/** A cookie of the request. */
export interface Cookie {
  name: string;
  value: string;
}

/** Attributes of a cookie that is set, in the form in which Next, SvelteKit, h3 and Express take them. */
export interface CookieOptions {
  httpOnly: true;
  secure: boolean;
  sameSite: 'lax';
  path: '/';
  /** Seconds; 0 removes the cookie. */
  maxAge: number;
}

/** A cookie to be set, or, with `maxAge` 0, removed. */
export interface CookieChange extends Cookie {
  options: CookieOptions;
}

/**
 * How a server framework reads and writes the cookies of the one request that it is answering.
 *
 * Without `setAll` the client only reads, as a render does that has no response of its own. With it, `setAll` must put every change into the
 * response, and throw where that is not possible (any more): the client then leaves the session as it is.
 */
export interface ServerCookies {
  getAll(): readonly Cookie[] | Promise<readonly Cookie[]>;
  setAll?(changes: readonly CookieChange[]): void | Promise<void>;
}

/** Lifetime of the cookies, seconds: the longest that browsers keep (RFC 6265bis §5.5). The server decides when a session ends. */
const MAX_AGE_SECONDS = 400 * 86_400;

/** A cookie that no script can read and that foreign pages cannot have sent along with a form (RFC 6265bis §4.1.2). */
export function changeOf(name: string, value: string | null, secure: boolean, maxAgeSeconds = MAX_AGE_SECONDS): CookieChange {
  return {
    name,
    value: value ?? '',
    options: { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge: value === null ? 0 : maxAgeSeconds },
  };
}
