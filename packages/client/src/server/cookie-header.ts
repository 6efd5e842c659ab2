import type { Cookie, CookieChange } from './cookies.js';

/** The cookies of a `Cookie` header (RFC 6265 §4.2.1). Values are left as they are. */
export function parseCookies(header: string | null): Cookie[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const middle = pair.indexOf('=');
    return middle < 1 ? [] : [{ name: pair.slice(0, middle).trim(), value: pair.slice(middle + 1).trim() }];
  });
}

/** A `Cookie` header with these cookies. */
export function writeCookies(cookies: Iterable<Cookie>): string {
  return Array.from(cookies, ({ name, value }) => `${name}=${value}`).join('; ');
}

/** The value of a `Set-Cookie` header (RFC 6265 §4.1.1). */
export function writeSetCookie({ name, value, options }: CookieChange): string {
  return `${name}=${value}; Path=${options.path}; Max-Age=${options.maxAge}; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}
