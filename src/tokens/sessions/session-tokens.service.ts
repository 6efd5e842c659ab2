import { Injectable } from '@nestjs/common';
import { Secrets } from '../../config/secrets.js';
import { RECOVERED_SECONDS } from '../access-tokens/assurance.js';
import { AccessTokensService, type TokenSession, type TokenSubject } from '../access-tokens/access-tokens.service.js';
import { type RefreshTokenClaims, readRefreshToken, writeRefreshToken } from './refresh-token.js';

/** What a client holds of a session. */
export interface IssuedTokens {
  sessionId: string;
  userId: string;
  accessToken: string;
  refreshToken: string;
  /** Lifetime of the access token, seconds. */
  expiresInSeconds: number;
  /** Until the session ends for good, refreshed or not; whole seconds. */
  sessionEndsInSeconds: number;
}

/** The session that tokens are issued for. */
type IssuedFor = RefreshTokenClaims &
  Pick<TokenSession, 'clientId' | 'assurance' | 'authTime' | 'furtherClaims' | 'hookClaims'> & {
    endsInSeconds: number;
    /** How long a recovery code stands in for a factor yet, seconds. Default: as long as in a new session. */
    recoveredSeconds?: number | null;
  };

/** The tokens of a session. Knows nothing of what is stored of it. */
@Injectable()
export class SessionTokens {
  constructor(
    private readonly accessTokens: AccessTokensService,
    private readonly secrets: Secrets,
  ) {}

  /** An access token, and the refresh token with the number `counter`. */
  issue(subject: TokenSubject, { sessionId, counter, endsInSeconds, recoveredSeconds, ...session }: IssuedFor): IssuedTokens {
    const { assurance } = session;
    // No access token outlives its session, or its level; one second at least, for `exp` must lie after `iat`.
    const levelSeconds = assurance.recovered && assurance.level > 1 ? (recoveredSeconds ?? RECOVERED_SECONDS) : endsInSeconds;
    const ttlSeconds = Math.max(1, Math.min(this.accessTokens.ttlSeconds, endsInSeconds, levelSeconds));
    return {
      sessionId,
      userId: subject.id,
      accessToken: this.accessTokens.sign(subject, { ...session, id: sessionId, ttlSeconds }),
      refreshToken: writeRefreshToken(this.secrets, { sessionId, counter }),
      expiresInSeconds: ttlSeconds,
      sessionEndsInSeconds: endsInSeconds,
    };
  }

  /** Which session and which number a refresh token names; null unless this server wrote it. */
  read(refreshToken: string): RefreshTokenClaims | null {
    return readRefreshToken(this.secrets, refreshToken);
  }

  /** What is stored of the key by which a client names an exchange: it fits this one refresh token alone. */
  attemptMac(claims: RefreshTokenClaims, attemptKey: string): Buffer {
    return this.secrets.mac('refresh-attempts', attemptText(claims, attemptKey));
  }

  /** The same under every secret that it may have been stored under. */
  attemptMacs(claims: RefreshTokenClaims, attemptKey: string): Buffer[] {
    return this.secrets.macs('refresh-attempts', attemptText(claims, attemptKey));
  }
}

function attemptText({ sessionId, counter }: RefreshTokenClaims, attemptKey: string): string {
  return `${sessionId} ${counter} ${attemptKey}`;
}
