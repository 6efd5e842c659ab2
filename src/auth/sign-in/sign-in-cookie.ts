import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '../../common/ids.js';
import { Settings } from '../../config/settings.js';
import { HostCookie, cookieNames } from '../../http/host-cookie.js';
import { RefreshCookie } from '../../tokens/sessions/refresh-cookie.js';
import { SIGN_IN_SECONDS } from './sign-ins.repository.js';

/** Header with the secret of a sign-in, for clients that keep it themselves. */
const SECRET_HEADER = 'sign-in-secret';

const BASE = '__Host-latchkey-sign-in';

/** Sign-ins that a browser can have under way at once, one for each tab. At 110 bytes each their cookies fit into the headers of any proxy. */
const MAX_UNDER_WAY = 8;

type Request = Pick<FastifyRequest, 'headers' | 'method' | 'params'>;

/**
 * The secrets of the sign-ins that a browser has under way, in cookie mode: each in a cookie of its own, whose name has the id of the
 * sign-in, so that a second tab leaves the first one's alone. A cookie ends with its sign-in; a browser keeps the newest few.
 */
@Injectable()
export class SignInCookie {
  private readonly publicUrl: string;
  /** What follows the id in the name of a cookie. */
  private readonly suffix: string;

  constructor(
    settings: Settings,
    private readonly refresh: RefreshCookie,
  ) {
    this.publicUrl = String(settings.PUBLIC_URL);
    this.suffix = this.cookieOf('').name.slice(`${BASE}-`.length);
  }

  /**
   * The secret that a request shows for the sign-in in its path. One in a cookie must come from a page that may use it.
   * @throws OriginRefusedError
   */
  secretOf(request: Request): string | undefined {
    const { [SECRET_HEADER]: sent } = request.headers;
    if (typeof sent === 'string') return sent;
    const { id } = request.params as { id?: string };
    const kept = id === undefined || !isId(id) ? undefined : this.cookieOf(id.toLowerCase()).read(request);
    if (kept !== undefined && request.method !== 'GET') this.refresh.demandKnownOrigin(request);
    return kept;
  }

  /** Keeps the secret of a sign-in that begins, and forgets the oldest ones above the number that a browser may have. */
  set(request: Request, reply: FastifyReply, id: string, secret: string): void {
    // Ids of sign-ins sort by their time.
    const others = this.idsIn(request)
      .filter((each) => each !== id)
      .toSorted();
    for (const old of others.slice(0, Math.max(0, others.length + 1 - MAX_UNDER_WAY))) this.clear(request, reply, old);
    this.cookieOf(id).set(reply, secret, SIGN_IN_SECONDS);
  }

  /** Forgets the secret of a sign-in that is over, if the browser has it. */
  clear(request: Request, reply: FastifyReply, id: string): void {
    this.cookieOf(id).clear(request, reply);
  }

  private idsIn(request: Request): string[] {
    return cookieNames(request).flatMap((name) => {
      if (!name.startsWith(`${BASE}-`) || !name.endsWith(this.suffix)) return [];
      const id = name.slice(BASE.length + 1, name.length - this.suffix.length);
      return isId(id) ? [id] : [];
    });
  }

  private cookieOf(id: string): HostCookie {
    // Lax: a page that an identity provider leads back to reads it.
    return new HostCookie(`${BASE}-${id}`, this.publicUrl, 'Lax');
  }
}
