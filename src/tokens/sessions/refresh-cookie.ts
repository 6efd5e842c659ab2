import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isKnownOrigin } from '../../http/allowed-origins.js';
import { HostCookie, readCookie } from '../../http/host-cookie.js';
import { Settings } from '../../config/settings.js';
import { HookDeniedError } from '../../hooks/errors.js';
import { InvalidRefreshTokenError, OriginRefusedError, RefreshTokenReusedError } from './errors.js';
import { type IssuedTokens, SessionTokens } from './session-tokens.service.js';

/** The name that all servers had before each had one of its own. */
const FORMER_NAME = '__Host-latchkey-refresh';

const JSON_TYPE = /^application\/json *(?:;|$)/i;

/**
 * The refresh token of browsers in cookie mode: out of reach of any script.
 *
 * Against forged requests (CSRF) three things stand, each enough for current browsers: SameSite, a content type that a foreign page
 * cannot send without asking (CORS preflight), and an Origin that must be this server's own or in `CORS_ORIGINS`.
 */
@Injectable()
export class RefreshCookie {
  /** Strict: only scripts of the app send it. Lax would add one thing, sending it when somebody follows a link from a foreign page. */
  private readonly cookie: HostCookie;

  constructor(
    private readonly settings: Settings,
    private readonly tokens: SessionTokens,
  ) {
    this.cookie = new HostCookie(FORMER_NAME, String(settings.PUBLIC_URL), 'Strict');
  }

  /**
   * Refuses what may have been sent by a foreign page.
   * @throws OriginRefusedError
   */
  demandKnownOrigin({ headers }: Pick<FastifyRequest, 'headers'>): void {
    if (!JSON_TYPE.test(headers['content-type'] ?? '')) throw new OriginRefusedError('Send Content-Type: application/json in cookie mode.');
    if (!isKnownOrigin(headers.origin, this.settings)) {
      throw new OriginRefusedError('Cookie mode is for pages of this server and of CORS_ORIGINS; the Origin header names none of them.');
    }
    // The browser would not keep or send the cookie, and the sign-in would be lost at the first refresh.
    if (headers['sec-fetch-site'] === 'cross-site') {
      throw new OriginRefusedError('Cookie mode works between pages and APIs of one site, such as app.example.com and api.example.com.');
    }
  }

  /** Keeps the refresh token in the browser for as long as the session can last. */
  set(reply: FastifyReply, { refreshToken, sessionEndsInSeconds }: IssuedTokens): void {
    this.cookie.set(reply, refreshToken, sessionEndsInSeconds);
  }

  /** Whether the browser sent a refresh token. */
  isIn(request: Pick<FastifyRequest, 'headers'>): boolean {
    return this.tokenIn(request) !== undefined;
  }

  /** Takes the cookie away, if the browser sent one. */
  clear(request: Pick<FastifyRequest, 'headers'>, reply: FastifyReply): void {
    this.cookie.clear(request, reply);
    this.clearFormer(request, reply);
  }

  /**
   * Lets `end` have the token in the cookie, and takes the cookie away.
   * @returns false without a cookie
   * @throws OriginRefusedError; what `end` throws
   */
  async spend(request: FastifyRequest, reply: FastifyReply, end: (token: string) => Promise<void>): Promise<boolean> {
    const token = this.tokenIn(request);
    if (token === undefined) return false;
    this.demandKnownOrigin(request);
    this.clear(request, reply);
    await end(token);
    return true;
  }

  /** Lets `end` have the token of the session that a new one takes the place of; the caller sets the new cookie. */
  async replace(request: Pick<FastifyRequest, 'headers'>, end: (token: string) => Promise<void>): Promise<void> {
    const token = this.tokenIn(request);
    if (token !== undefined) await end(token);
  }

  /**
   * Lets `exchange` have the token in the cookie and keeps the one it gives. A token that is good for nothing any more is taken away.
   * @throws InvalidRefreshTokenError also without a cookie; OriginRefusedError; whatever `exchange` throws
   */
  async renew<T extends { tokens: IssuedTokens }>(
    request: FastifyRequest,
    reply: FastifyReply,
    exchange: (token: string) => Promise<T>,
  ): Promise<T> {
    const token = this.tokenIn(request);
    if (token === undefined) throw new InvalidRefreshTokenError();
    this.demandKnownOrigin(request);
    try {
      const renewed = await exchange(token);
      this.set(reply, renewed.tokens);
      this.clearFormer(request, reply);
      return renewed;
    } catch (error) {
      if (isOver(error)) this.clear(request, reply);
      throw error;
    }
  }

  private tokenIn(request: Pick<FastifyRequest, 'headers'>): string | undefined {
    return this.cookie.read(request) ?? this.formerToken(request);
  }

  /**
   * The token in a cookie of the name that all servers had, if it is this one's: from before this server had a name of its own. A cookie of
   * another server on this host is left alone.
   */
  private formerToken(request: Pick<FastifyRequest, 'headers'>): string | undefined {
    const token = this.cookie.name === FORMER_NAME ? undefined : readCookie(request, FORMER_NAME);
    return token !== undefined && this.tokens.read(token) !== null ? token : undefined;
  }

  private clearFormer(request: Pick<FastifyRequest, 'headers'>, reply: FastifyReply): void {
    if (this.formerToken(request) !== undefined)
      void reply.header('set-cookie', `${FORMER_NAME}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict`);
  }
}

/** Whether the session has ended that a refresh failed for. */
function isOver(error: unknown): boolean {
  return error instanceof InvalidRefreshTokenError || error instanceof RefreshTokenReusedError || error instanceof HookDeniedError;
}
