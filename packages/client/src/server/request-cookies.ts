import { parseCookies, writeCookies, writeSetCookie } from './cookie-header.js';
import type { Cookie, CookieChange, ServerCookies } from './cookies.js';

/** The cookies of one request, and those that its response is to set. */
export class RequestCookies implements ServerCookies {
  private readonly cookies: Map<string, Cookie>;
  private readonly changes = new Map<string, CookieChange>();
  private isAnswered = false;

  constructor(private readonly requestHeaders: Headers) {
    this.cookies = new Map(parseCookies(requestHeaders.get('cookie')).map((cookie) => [cookie.name, cookie]));
  }

  getAll(): Cookie[] {
    return [...this.cookies.values()];
  }

  /** @throws Error once the response has gone */
  setAll(changes: readonly CookieChange[]): void {
    if (this.isAnswered) throw new Error('The response has been sent: it can set no more cookies.');
    for (const change of changes) {
      this.changes.set(change.name, change);
      if (change.options.maxAge === 0) this.cookies.delete(change.name);
      else this.cookies.set(change.name, change);
    }
  }

  /** The request's headers as if the browser had had these cookies before: for a render that gets the request after this. */
  headers(): Headers {
    const headers = new Headers(this.requestHeaders);
    if (this.cookies.size === 0) headers.delete('cookie');
    else headers.set('cookie', writeCookies(this.cookies.values()));
    return headers;
  }

  /**
   * The response with the cookies; after this none can be set. A response that sets some is for one person: no cache may keep it
   * (RFC 9111 §5.2.2.5). Any other one varies with the cookies of the request.
   */
  applyTo(response: Response): Response {
    this.isAnswered = true;
    try {
      return this.addTo(response);
    } catch {
      // The headers of what `fetch` and `Response.redirect` give cannot be changed.
      return this.addTo(new Response(response.body, response));
    }
  }

  private addTo(response: Response): Response {
    response.headers.append('vary', 'Cookie');
    if (this.changes.size > 0) response.headers.set('cache-control', 'private, no-store');
    for (const change of this.changes.values()) response.headers.append('set-cookie', writeSetCookie(change));
    return response;
  }
}
