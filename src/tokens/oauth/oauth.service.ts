import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { AppError } from '../../common/errors.js';
import type { Caller } from '../../common/caller.js';
import { Secrets } from '../../config/secrets.js';
import { keyIdOf } from '../access-tokens/key-id.js';
import { type AccessTokenClaims, AccessTokensService } from '../access-tokens/access-tokens.service.js';
import { readRefreshToken } from '../sessions/refresh-token.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SigningKeysService } from '../signing-keys/signing-keys.service.js';

/** What a backend may know of a token (RFC 7662 §2.2). */
export interface Introspection {
  active: boolean;
  token_type?: 'Bearer';
  sub?: string;
  client_id?: string;
  sid?: string;
  username?: string;
  iss?: string;
  aud?: string;
  iat?: number;
  exp?: number;
  jti?: string;
}

const DEAD: Introspection = { active: false };

/** A genuine access token of a moment that is not over. */
interface GoodAccessToken {
  claims: AccessTokenClaims;
  /** Seconds since 1970. */
  expiresAt: number;
}

/** Answers backends about tokens, and ends sessions for them. Every configured client is trusted with every token. */
@Injectable()
export class OAuthService {
  constructor(
    private readonly jwt: JwtService,
    private readonly accessTokens: AccessTokensService,
    private readonly keys: SigningKeysService,
    private readonly sessions: SessionsService,
    private readonly secrets: Secrets,
  ) {}

  /**
   * What is known of a token; `{ active: false }` and nothing more when it is forged, foreign, expired, exchanged or ended, so that
   * the answer tells nothing about why (RFC 7662 §2.2). Asks the database, and changes nothing there.
   */
  async introspect(token: string): Promise<Introspection> {
    const refresh = readRefreshToken(this.secrets, token);
    const access = refresh === null ? await this.readAccessToken(token) : null;
    const sessionId = refresh?.sessionId ?? access?.claims.sid;
    const session = sessionId === undefined ? null : await this.sessions.findLive(sessionId);
    if (session === null) return DEAD;
    const { userId: sub, clientId: client_id, id: sid, name } = session;
    const known: Introspection = {
      active: true,
      sub,
      client_id,
      sid,
      iss: this.accessTokens.issuer,
      ...(name === null ? {} : { username: name }),
    };
    if (access !== null) {
      const { aud, iat, jti } = access.claims;
      return { ...known, token_type: 'Bearer', aud, iat, exp: access.expiresAt, jti };
    }
    // Of a family only the latest counts, although its predecessor may still be answered when an answer was lost.
    return refresh?.counter === session.counter ? { ...known, exp: Math.floor(session.expiresAt.getTime() / 1_000) } : DEAD;
  }

  /**
   * Ends the session that a token belongs to, and all tokens of it (RFC 7009 §2.1): refresh tokens, also exchanged ones, and access
   * tokens. What is not a token of ours, or not any more, is nothing to do.
   */
  async revoke(token: string, caller: Caller): Promise<void> {
    const sessionId = readRefreshToken(this.secrets, token)?.sessionId ?? (await this.readAccessToken(token))?.claims.sid;
    if (sessionId !== undefined) await this.sessions.end(sessionId, 'by-client', caller, null);
  }

  private async readAccessToken(token: string): Promise<GoodAccessToken | null> {
    const keyId = keyIdOf(token);
    const key = keyId === undefined ? undefined : (this.keys.findPublicKey(keyId) ?? (await this.keys.seekPublicKey(keyId)));
    if (keyId === undefined || key === undefined) return null;
    try {
      const { issuer } = this.accessTokens;
      const claims = this.jwt.verify<AccessTokenClaims>(token, {
        // The types know PEM only.
        publicKey: key as never,
        algorithms: ['ES256'],
        issuer,
        audience: issuer,
        // Expiry is checked by the database's clock, in `checkAlive`.
        ignoreExpiration: true,
        ignoreNotBefore: true,
      });
      const principal = this.accessTokens.toPrincipal(claims);
      await this.accessTokens.checkAlive(principal, keyId);
      return { claims, expiresAt: principal.expiresAt };
    } catch (error) {
      const refused = error instanceof AppError ? error.code.startsWith('token.') : (error as Error).name === 'JsonWebTokenError';
      if (refused) return null;
      throw error;
    }
  }
}
