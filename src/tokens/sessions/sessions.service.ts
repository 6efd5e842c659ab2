import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { UnavailableError } from '../../common/errors.js';
import { isId } from '../../common/ids.js';
import { DatabaseService } from '../../database/database.service.js';
import { inPages } from '../../database/row-pages.js';
import { InvalidRefreshTokenError, RefreshTokenReusedError, SessionEndedError, SessionNotFoundError } from './errors.js';
import type { Ext } from '../../claims/further-claims.js';
import { RefreshPermission } from './refresh-permission.service.js';
import { type LiveSession, RefreshesRepository } from './refreshes.repository.js';
import type { RefreshTokenClaims } from './refresh-token.js';
import { type IssuedTokens, SessionTokens } from './session-tokens.service.js';
import { RevocationsService } from '../access-tokens/revocations.service.js';
import type { SessionEnd } from '../../common/declared.js';
import { SessionCap } from './session-cap.service.js';
import { type ExportedSession, type SessionDetails, SessionsRepository } from './sessions.repository.js';

/**
 * How long after an exchange the exchanged token is still answered, seconds: second tabs, retries, and pages that a server renders with
 * the new tokens before the browser has them. Use of the new tokens does not shorten it, since other backends never tell of it.
 */
const REPLAY_SECONDS = 60;

/** Most sessions that are listed; further ones are ended along with all others. */
const MAX_LISTED_SESSIONS = 100;

/** Sessions that are open: refreshing with rotation (RFC 9700 §4.14.2), ending. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly refreshes: RefreshesRepository,
    private readonly tokens: SessionTokens,
    private readonly revocations: RevocationsService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly cap: SessionCap,
    private readonly permission: RefreshPermission,
  ) {}

  /** A session that has not ended, with what backends are told of it; null when there is none. */
  findLive(sessionId: string): Promise<SessionDetails | null> {
    return this.sessions.findLive(sessionId);
  }

  /** The live sessions of an account, the caller's own first, then the latest used. */
  list(userId: string, current: string): Promise<SessionDetails[]> {
    return this.sessions.findLiveOf(userId, current, MAX_LISTED_SESSIONS);
  }

  /** IP addresses from which the account's sessions were used last: the latest used ones, ended ones too, until they would have expired. */
  addressesOf(userId: string): Promise<string[]> {
    return this.sessions.findAddressesOf(userId, MAX_LISTED_SESSIONS);
  }

  /** All sessions of an account that are on record, for its owner. */
  exportFor(userId: string): AsyncGenerator<ExportedSession, void> {
    return inPages((last) => this.sessions.findPageOf(userId, last?.id));
  }

  /**
   * Exchanges a refresh token for the next one. The token exchanged just before gets the same successor again (its answer may have been
   * lost): for 60 s after the exchange, and later for the attempt that made it. Any other exchanged token ends the session. A token that
   * is newer than the row, which a restored backup does not know, is exchanged like the latest.
   * @param attemptKey random text by which the client names this exchange and every repetition of it
   * @throws InvalidRefreshTokenError, RefreshTokenReusedError; UnavailableError if a failover takes the session back meanwhile;
   *   HookDeniedError, which ends the session; HookUnavailableError, after which the token is as good as before
   */
  async refresh(token: string, caller: Caller, attemptKey?: string): Promise<IssuedTokens> {
    const claims = this.tokens.read(token);
    if (claims === null) throw new InvalidRefreshTokenError();
    const hookClaims = this.permission.asks ? await this.askHook(claims, caller) : undefined;
    const attempt = attemptKey === undefined ? null : this.tokens.attemptMac(claims, attemptKey);
    const rotated = await this.refreshes.rotate(claims.sessionId, claims.counter, attempt);
    return this.issueFor(rotated ?? (await this.replay(claims, attemptKey, caller)), hookClaims);
  }

  /**
   * A new access token for a refresh token that stays as it is: for wire formats whose answer has no field for the next one. Works
   * only for sessions that were opened so; a token that was exchanged elsewhere ends its session, as in `refresh`.
   * @throws InvalidRefreshTokenError, also for a session that must rotate (SessionEndedError for one that has ended); RefreshTokenReusedError;
   *   HookDeniedError, HookUnavailableError as in `refresh`
   */
  async mintAccess(token: string, caller: Caller): Promise<IssuedTokens> {
    const claims = this.tokens.read(token);
    if (claims === null) throw new InvalidRefreshTokenError();
    const { sessionId, counter } = claims;
    const hookClaims = this.permission.asks ? await this.askHook(claims, caller) : undefined;
    const session = await this.refreshes.useToMint(sessionId, counter);
    if (session !== null) return this.issueFor(session, hookClaims);
    const live = await this.sessions.findLive(sessionId);
    if (live === null) throw new SessionEndedError();
    if (counter >= live.counter) throw new InvalidRefreshTokenError();
    return this.endForReuse(sessionId, live.userId, caller);
  }

  /**
   * Ends one session.
   * @param actorId null when it was not the account's owner who did it, but a backend, or the server itself
   * @returns false when it had ended before
   */
  async end(sessionId: string, reason: SessionEnd, caller?: Caller, actorId?: null): Promise<boolean> {
    return this.revoke(sessionId, reason, { caller, actorId });
  }

  /**
   * Ends the session of a refresh token; one that has ended is no failure. Any token of the session does, also one that was exchanged.
   * @throws InvalidRefreshTokenError unless this server wrote it
   */
  async signOut(token: string, caller: Caller): Promise<void> {
    const claims = this.tokens.read(token);
    if (claims === null) throw new InvalidRefreshTokenError();
    await this.end(claims.sessionId, 'sign-out', caller);
  }

  /** Ends the session of a refresh token whose browser has signed in anew. A token that is not genuine is passed over. */
  async replace(token: string, caller: Caller): Promise<void> {
    const claims = this.tokens.read(token);
    if (claims !== null) await this.end(claims.sessionId, 'replaced', caller, null);
  }

  /**
   * Ends a session of an account's own.
   * @throws SessionNotFoundError, also when it is somebody else's, ended before, or `sessionId` is no id at all
   */
  async endOwn(userId: string, sessionId: string, caller: Caller): Promise<void> {
    if (!isId(sessionId) || !(await this.revoke(sessionId, 'by-user', { owner: userId, caller }))) throw new SessionNotFoundError();
  }

  /**
   * Ends a session of an account on an administrator's behalf.
   * @throws SessionNotFoundError, also when it is another account's, ended before, or `sessionId` is no id at all
   */
  async endOf(userId: string, sessionId: string, by: { caller?: Caller; actorId: string }): Promise<void> {
    if (!isId(sessionId) || !(await this.revoke(sessionId, 'by-admin', { owner: userId, ...by }))) throw new SessionNotFoundError();
  }

  /**
   * Ends all sessions of an account, but `keep` if one is named; joins the caller's transaction. Only those within the cap: what is beyond
   * (an account may have more from before there was one) ends first, batch by batch, so that nobody waits for a long transaction.
   * @param actorId who does it, if not the account's owner
   */
  async endAll(
    userId: string,
    reason: SessionEnd,
    { caller, keep = null, actorId = userId }: { caller?: Caller | undefined; keep?: string | null; actorId?: string | null } = {},
  ): Promise<void> {
    await this.cap.trim(userId, keep);
    await this.database.transaction(async () => {
      await this.revocations.record(await this.sessions.revokeAll(userId, reason, keep));
      await this.recallEnded(userId);
      await this.audit.record({
        action: 'sessions.ended',
        outcome: 'success',
        actorId,
        subjectId: userId,
        caller,
        details: { reason },
      });
    });
  }

  /** Other nodes may have ended some a moment ago, and this one not know yet. */
  private async recallEnded(userId: string): Promise<void> {
    let after: string | null = null;
    do {
      const { ended, last }: { ended: string[]; last: string | null } = await this.sessions.findEnded(userId, after);
      this.revocations.recall(ended.filter((id) => !this.revocations.isRevoked(id)));
      after = last;
    } while (after !== null);
  }

  private async revoke(
    sessionId: string,
    reason: SessionEnd,
    { owner = null, caller, actorId }: { owner?: string | null; caller?: Caller | undefined; actorId?: string | null | undefined },
  ): Promise<boolean> {
    return this.database.transaction(async () => {
      const ended = await this.sessions.revoke(sessionId, reason, owner);
      if (ended === null) {
        // Without an owner the session is the caller's own: it had ended before.
        if (owner === null) this.revocations.recall([sessionId]);
        return false;
      }
      await this.revocations.record([sessionId]);
      await this.audit.record({
        action: 'session.ended',
        outcome: 'success',
        actorId: actorId === undefined ? ended.userId : actorId,
        subjectId: ended.userId,
        caller,
        details: { reason },
      });
      return true;
    });
  }

  private async replay(claims: RefreshTokenClaims, attemptKey: string | undefined, caller: Caller): Promise<LiveSession> {
    const { sessionId, counter } = claims;
    const attempts = attemptKey === undefined ? [] : this.tokens.attemptMacs(claims, attemptKey);
    const session = await this.refreshes.replay(sessionId, counter, { seconds: REPLAY_SECONDS, attempts });
    if (session !== null) return session;
    const live = await this.sessions.findLive(sessionId);
    if (live === null) throw new InvalidRefreshTokenError();
    // The database went back between these statements, by a failover: the next try exchanges the token.
    if (counter >= live.counter) throw new UnavailableError();
    return this.endForReuse(sessionId, live.userId, caller);
  }

  /** The thief or the owner, there is no telling who came first: the family ends, although the request fails. */
  private async endForReuse(sessionId: string, subjectId: string, caller: Caller): Promise<never> {
    await this.end(sessionId, 'reuse', caller, null);
    await this.audit.record({
      action: 'session.refresh_refused',
      outcome: 'failure',
      subjectId,
      caller,
      details: { reason: 'reuse' },
    });
    throw new RefreshTokenReusedError();
  }

  private askHook(claims: RefreshTokenClaims, caller: Caller): Promise<Ext | undefined> {
    return this.permission.ask(claims, caller, () => this.end(claims.sessionId, 'denied', caller, null));
  }

  private issueFor(session: LiveSession, hookClaims: Ext | undefined): IssuedTokens {
    return this.tokens.issue(
      {
        id: session.user_id,
        roles: session.roles,
        emailVerified: session.email_verified,
        publicMetadata: session.public_metadata,
      },
      {
        sessionId: session.session_id,
        clientId: session.client_id,
        assurance: { level: session.aal, methods: session.amr, recovered: session.recovered_seconds !== null },
        authTime: session.auth_time,
        recoveredSeconds: session.recovered_seconds,
        counter: session.counter,
        endsInSeconds: session.ends_in_seconds,
        hookClaims,
      },
    );
  }
}
