import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { AppError } from '../../common/errors.js';
import type { Caller } from '../../common/caller.js';
import { Secrets } from '../../config/secrets.js';
import { keyIdOf } from '../access-tokens/key-id.js';
import { type AccessTokenClaims, AccessTokensService } from '../access-tokens/access-tokens.service.js';
import { type AssuranceClass, type AuthenticationMethod, assuranceClass } from '../access-tokens/assurance.js';
import { readRefreshToken } from '../sessions/refresh-token.js';
import type { Ext } from '../../claims/further-claims.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SigningKeysService } from '../signing-keys/signing-keys.service.js';

/** The claims of a token that a backend may see (RFC 7662 §2.2). */
export interface Introspection {
  active: boolean;
  token_type?: 'Bearer';
  sub?: string;
  client_id?: string;
  sid?: string;
  username?: string;
  email_verified?: boolean;
  acr?: AssuranceClass;
  amr?: readonly AuthenticationMethod[];
  recovered?: true;
  auth_time?: number;
  iss?: string;
  aud?: string;
  iat?: number;
  exp?: number;
  jti?: string;
  /** What the operator adds to the token. */
  ext?: Ext;
}

const DEAD: Introspection = { active: false };

/** A genuine access token that has not expired. */
interface GoodAccessToken {
  claims: AccessTokenClaims;
  /** Seconds since 1970. */
  expiresAt: number;
}

/** Introspects tokens and ends sessions for backends. Every configured client is trusted with every token. */
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
   * The state of a token; only `{ active: false }` if it is forged, foreign, expired, exchanged or ended, so that the answer does not
   * reveal the reason (RFC 7662 §2.2). Reads the database and changes nothing.
   */
  async introspect(token: string): Promise<Introspection> {
    const refresh = readRefreshToken(this.secrets, token);
    const access = refresh === null ? await this.readAccessToken(token) : null;
    const sessionId = refresh?.sessionId ?? access?.claims.sid;
    const session = sessionId === undefined ? null : await this.sessions.findLive(sessionId);
    if (session === null) return DEAD;
    const { userId: sub, clientId: client_id, id: sid, name, emailVerified, aal, amr, recovered, authTime } = session;
    const known: Introspection = {
      active: true,
      sub,
      client_id,
      sid,
      iss: this.accessTokens.issuer,
      ...(name === null ? {} : { username: name }),
      email_verified: emailVerified,
      acr: assuranceClass(aal),
      amr,
      auth_time: Math.floor(authTime.getTime() / 1_000),
    };
    if (access !== null) {
      // Its level, too, is that of the token: its session may have been raised since.
      const { aud, iat, jti, acr, amr, auth_time, ext } = access.claims;
      const lent = { ...(access.claims.recovered === true && { recovered: true as const }), ...(ext !== undefined && { ext }) };
      return { ...known, token_type: 'Bearer', aud, iat, exp: access.expiresAt, jti, acr, amr, ...lent, auth_time };
    }
    // Only the latest token of a session counts as active, although a refresh still accepts its predecessor if an answer was lost.
    if (refresh?.counter !== session.counter) return DEAD;
    return { ...known, ...(recovered ? { recovered } : {}), exp: Math.floor(session.expiresAt.getTime() / 1_000) };
  }

  /**
   * Ends the session of a token, and with it all its tokens (RFC 7009 §2.1): refresh tokens, also exchanged ones, and access tokens. Does
   * nothing for an unknown or invalid token.
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
        // The types allow only PEM.
        publicKey: key as never,
        algorithms: ['ES256'],
        issuer,
        audience: issuer,
        // `checkAlive` checks the expiry by the database's clock.
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
