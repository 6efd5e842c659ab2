import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/caller.js';
import { newId } from '../common/ids.js';
import { Secrets } from '../config/secrets.js';
import { DatabaseService } from '../database/database.service.js';
import { AccessTokensService, type TokenSubject } from './access-tokens.service.js';
import { InvalidRefreshTokenError, RefreshTokenReusedError, SessionRefusedError } from './errors.js';
import { type RefreshTokenClaims, readRefreshToken, writeRefreshToken } from './refresh-token.js';
import { RevocationsService } from './revocations.service.js';
import type { RevokeReason } from './session.entity.js';
import { type LiveSession, SessionsRepository } from './sessions.repository.js';

/** What a client holds of a session. */
export interface IssuedTokens {
  sessionId: string;
  userId: string;
  accessToken: string;
  refreshToken: string;
  /** Lifetime of the access token, seconds. */
  expiresInSeconds: number;
}

/** A sign-in that was found to be right. */
export interface SignIn {
  subject: TokenSubject;
  /** `Credentials.sessionEpoch` as it was when the password was compared. */
  sessionEpoch: number;
  clientId: string;
  /** Whether the refresh token may mint access tokens without rotating; only for wire formats that cannot return a new one. */
  mintsAccess?: boolean;
  caller: Caller;
}

/** How long after a refresh token came into use its predecessor is still answered with it, seconds: slow tabs and retries. */
const REPLAY_TOLERANCE_SECONDS = 10;

/** Sessions: opening, refreshing with rotation (RFC 9700 §4.14.2), ending. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly accessTokens: AccessTokensService,
    private readonly revocations: RevocationsService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly secrets: Secrets,
  ) {}

  /**
   * Opens a session; joins the caller's transaction.
   * @throws SessionRefusedError when the account was disabled or all its sessions were ended meanwhile
   */
  async open({ subject, sessionEpoch, clientId, mintsAccess = false, caller }: SignIn): Promise<IssuedTokens> {
    const id = newId();
    const stored = await this.sessions.insert({ id, userId: subject.id, clientId, mintsAccess, ip: caller.ip, userAgent: caller.userAgent }, sessionEpoch);
    if (!stored) throw new SessionRefusedError();
    return this.issue(subject, { sessionId: id, clientId, counter: 0 });
  }

  /**
   * Exchanges a refresh token for the next one. The token exchanged just before gets the same successor again (its answer may
   * have been lost); any older one ends the session.
   * @throws InvalidRefreshTokenError, RefreshTokenReusedError
   */
  async refresh(token: string, caller: Caller): Promise<IssuedTokens> {
    const claims = readRefreshToken(this.secrets, token);
    if (claims === null) throw new InvalidRefreshTokenError();
    const rotated = await this.sessions.rotate(claims.sessionId, claims.counter);
    return this.issueFor(rotated ?? (await this.replay(claims, caller)));
  }

  /** Ends one session; false when it had ended before. */
  async end(sessionId: string, reason: RevokeReason, caller?: Caller): Promise<boolean> {
    return this.database.transaction(async () => {
      const ended = await this.sessions.revoke(sessionId, reason);
      if (ended === null) return false;
      await this.revocations.record([sessionId]);
      await this.audit.record({ action: 'session.ended', outcome: 'success', actorId: ended.userId, subjectId: ended.userId, caller, details: { reason } });
      return true;
    });
  }

  /** Ends all sessions of an account, but `keep` if one is named; joins the caller's transaction. */
  async endAll(userId: string, reason: RevokeReason, { caller, keep = null }: { caller?: Caller; keep?: string | null } = {}): Promise<void> {
    await this.database.transaction(async () => {
      await this.revocations.record(await this.sessions.revokeAll(userId, reason, this.accessTokens.ttlSeconds, keep));
      await this.audit.record({ action: 'sessions.ended', outcome: 'success', actorId: userId, subjectId: userId, caller, details: { reason } });
    });
  }

  private async replay(claims: RefreshTokenClaims, caller: Caller): Promise<LiveSession> {
    const session = await this.sessions.findRotated(claims.sessionId, REPLAY_TOLERANCE_SECONDS);
    if (session === null) throw new InvalidRefreshTokenError();
    if (session.counter === claims.counter + 1 && !session.settled) return session;
    await this.end(claims.sessionId, 'reuse', caller);
    await this.audit.record({ action: 'session.refresh_refused', outcome: 'failure', subjectId: session.user_id, caller, details: { reason: 'reuse' } });
    throw new RefreshTokenReusedError();
  }

  private issueFor(session: LiveSession): IssuedTokens {
    return this.issue(
      { id: session.user_id, roles: session.roles, emailVerified: session.email_verified },
      { sessionId: session.session_id, clientId: session.client_id, counter: session.counter },
    );
  }

  private issue(subject: TokenSubject, { sessionId, clientId, counter }: RefreshTokenClaims & { clientId: string }): IssuedTokens {
    return {
      sessionId,
      userId: subject.id,
      accessToken: this.accessTokens.sign(subject, { id: sessionId, clientId, counter }),
      refreshToken: writeRefreshToken(this.secrets, { sessionId, counter }),
      expiresInSeconds: this.accessTokens.ttlSeconds,
    };
  }
}
