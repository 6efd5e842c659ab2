import type { Cookie, CookieChange, ServerCookies } from '../../src/server/cookies.js';

/** Longest name and value together that browsers keep, bytes (RFC 6265bis §5.6). */
const MAX_COOKIE_BYTES = 4_096;

/** The cookies of a browser. Like a browser it drops without a word what is too long. */
export class BrowserCookies {
  private readonly kept = new Map<string, string>();

  get all(): Cookie[] {
    return [...this.kept].map(([name, value]) => ({ name, value }));
  }

  /** As the `Cookie` header of a request. */
  get header(): string {
    return this.all.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  take(changes: readonly CookieChange[]): void {
    for (const { name, value, options } of changes) {
      if (name.length + value.length > MAX_COOKIE_BYTES) continue;
      if (options.maxAge === 0) this.kept.delete(name);
      else this.kept.set(name, value);
    }
  }

  /** Takes the `Set-Cookie` headers of a response. */
  takeFrom(response: Response): void {
    for (const header of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      this.take([{ name, value, options: { httpOnly: true, secure: true, sameSite: 'lax', path: '/', maxAge: maxAgeOf(header) } }]);
    }
  }

  /** Makes the access token one that has expired. */
  age(): void {
    for (const [name, value] of this.kept) this.kept.set(name, value.replace(/^\d+~/, '1~'));
  }

  /** A request that has the cookies of this moment; what it sets reaches the browser with `answer`. */
  request(): ServerCookies & { answer(): void } {
    const cookies = this.all;
    const changes: CookieChange[] = [];
    return {
      getAll: () => cookies,
      setAll: (more) => void changes.push(...more),
      answer: () => this.take(changes),
    };
  }
}

function maxAgeOf(header: string): number {
  return Number(/Max-Age=(\d+)/.exec(header)?.[1]);
}
