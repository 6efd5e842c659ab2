import type { FastifyReply, FastifyRequest } from 'fastify';

type Request = Pick<FastifyRequest, 'headers'>;

/**
 * A cookie that only this server gets and no script reads. The prefix `__Host-` makes browsers refuse it from other hosts, subdomains and
 * paths, and without TLS (RFC 6265bis §4.1.3.2).
 */
export class HostCookie {
  /** The name that the browser knows it by. */
  readonly name: string;
  private readonly attributes: string;

  /**
   * @param base `__Host-…`
   * @param publicUrl where this server is: two servers of one host have names of their own
   * @param sameSite `Strict` keeps it from requests that begin on foreign pages, links too; `Lax` only from those that are no navigation, `None` from none
   */
  constructor(base: `__Host-${string}`, publicUrl: string, sameSite: 'Strict' | 'Lax' | 'None' = 'Strict') {
    this.name = hostCookieName(base, publicUrl);
    this.attributes = `Path=/; HttpOnly; Secure; SameSite=${sameSite}`;
  }

  /** The value that the browser sent; our values need no unquoting, and anything else is refused by its form. */
  read(request: Request): string | undefined {
    return readCookie(request, this.name);
  }

  set(reply: FastifyReply, value: string, maxAgeSeconds: number): void {
    void reply.header('set-cookie', `${this.name}=${value}; Max-Age=${Math.max(0, maxAgeSeconds)}; ${this.attributes}`);
  }

  /** Takes the cookie away, if the browser sent one. */
  clear(request: Request, reply: FastifyReply): void {
    if (this.read(request) !== undefined) this.set(reply, '', 0);
  }
}

/** Cookies tell neither ports nor, under `__Host-`, paths apart: both follow in the name. */
export function hostCookieName(base: string, publicUrl: string): string {
  const { port, pathname } = new URL(publicUrl);
  const folders = pathname.split('/').filter((folder) => folder !== '');
  // Other characters are not allowed in names of cookies (RFC 6265 §4.1.1); `~` stands for the slash alone, so that no two names meet.
  const encode = (folder: string): string =>
    folder.replaceAll(/[^\w.%-]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return [base, port === '' ? '' : `-${port}`, ...folders.map((folder) => `~${encode(folder)}`)].join('');
}

/** Names of the cookies that a request has. */
export function cookieNames({ headers }: Request): string[] {
  return (headers.cookie?.split(';') ?? []).flatMap((pair) => {
    const [name = '', value] = pair.split('=', 2);
    return value === undefined ? [] : [name.trim()];
  });
}

export function readCookie({ headers }: Request, name: string): string | undefined {
  const start = `${name}=`;
  const pairs = headers.cookie?.split(';').map((pair) => pair.trim());
  return pairs?.find((pair) => pair.startsWith(start))?.slice(start.length);
}
