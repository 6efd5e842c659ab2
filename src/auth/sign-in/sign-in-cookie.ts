import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { HostCookie } from '../../http/host-cookie.js';
import { RefreshCookie } from '../../tokens/sessions/refresh-cookie.js';
import { SIGN_IN_SECONDS } from './sign-ins.repository.js';

/** Header with the secret of a sign-in, for clients that keep it themselves. */
const SECRET_HEADER = 'sign-in-secret';

/** The secret of the sign-in that a browser has under way, in cookie mode. The next one takes its place. */
@Injectable()
export class SignInCookie {
  private readonly cookie: HostCookie;

  constructor(
    settings: Settings,
    private readonly refresh: RefreshCookie,
  ) {
    // Lax: a page that an identity provider leads back to reads it.
    this.cookie = new HostCookie('__Host-latchkey-sign-in', String(settings.PUBLIC_URL), 'Lax');
  }

  /**
   * The secret that a request shows. One in a cookie must come from a page that may use it.
   * @throws OriginRefusedError
   */
  secretOf(request: FastifyRequest): string | undefined {
    const { [SECRET_HEADER]: sent } = request.headers;
    if (typeof sent === 'string') return sent;
    const kept = this.cookie.read(request);
    if (kept !== undefined && request.method !== 'GET') this.refresh.demandKnownOrigin(request);
    return kept;
  }

  set(reply: FastifyReply, secret: string): void {
    this.cookie.set(reply, secret, SIGN_IN_SECONDS);
  }

  clear(request: FastifyRequest, reply: FastifyReply): void {
    this.cookie.clear(request, reply);
  }
}
