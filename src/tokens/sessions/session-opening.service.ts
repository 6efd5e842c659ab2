import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Ext } from '../../claims/further-claims.js';
import { newId } from '../../common/ids.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import { Hooks } from '../../hooks/hooks.service.js';
import type { FurtherClaims, TokenSubject } from '../access-tokens/access-tokens.service.js';
import type { Assurance } from '../access-tokens/assurance.js';
import { SessionRefusedError } from './errors.js';
import { SessionCap } from './session-cap.service.js';
import { type IssuedTokens, SessionTokens } from './session-tokens.service.js';
import { SessionsRepository } from './sessions.repository.js';

/** A session that is to be opened. */
export interface NewSession {
  subject: TokenSubject;
  /** `Credentials.sessionEpoch` as it was when the proof was made. */
  sessionEpoch: number;
  /** What the proof was worth. */
  assurance: Assurance;
  clientId: string;
  /** Whether the refresh token may mint access tokens without rotating; only for wire formats that cannot return a new one. */
  mintsAccess?: boolean;
  /** Further claims of the access token; see `TokenSession`. Those of a refresh have none. */
  furtherClaims?: FurtherClaims | undefined;
  /** What `ask` returned. */
  hookClaims?: Ext | undefined;
  /** The remembered device that it is opened on. */
  deviceId?: string | null;
  caller: Caller;
}

/** Opening sessions. Private to the door (`SignInService.complete`): it checks nothing of what a sign-in has to show. */
@Injectable()
export class SessionOpening {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: SessionTokens,
    private readonly cap: SessionCap,
    private readonly database: DatabaseService,
    private readonly hooks: Hooks,
  ) {}

  /** Whether `ask` asks anybody. */
  get asks(): boolean {
    return this.hooks.asksBeforeToken;
  }

  /**
   * Asks the operator's hook whether the account may have a token. Belongs before `open`, and outside a transaction.
   * @returns the claims that the hook adds
   * @throws HookDeniedError, HookUnavailableError
   */
  ask({
    subject,
    clientId,
    assurance,
    caller,
  }: Pick<NewSession, 'subject' | 'clientId' | 'assurance' | 'caller'>): Promise<Ext | undefined> {
    const { id: accountId, emailVerified } = subject;
    const { level, methods } = assurance;
    return this.hooks.beforeToken({ reason: 'sign_in', accountId, sessionId: null, clientId, emailVerified, level, methods }, caller);
  }

  /**
   * Opens a session; joins the caller's transaction. Beyond the cap, those that were unused for longest end.
   * @param along what is written in the same statement, unless the session is refused; parts that read the one named to it
   * @param first a part of the same statement that has to have a row
   * @throws SessionRefusedError when the account was disabled or all its sessions were ended meanwhile, or `first` had no row
   */
  async open(
    { subject, sessionEpoch, assurance, clientId, mintsAccess = false, furtherClaims, hookClaims, deviceId = null, caller }: NewSession,
    along: (opened: string) => readonly Part[] = () => [],
    first?: Part,
  ): Promise<IssuedTokens> {
    const id = newId();
    const { level: aal, methods, authenticatorIds, recovered } = assurance;
    const shown = { aal, amr: [...methods], factorIds: [...authenticatorIds], recovered };
    const row = { id, userId: subject.id, clientId, mintsAccess, ip: caller.ip, userAgent: caller.userAgent, deviceId, ...shown };
    const opened = await this.sessions.insert(row, sessionEpoch, along, first);
    if (opened === null) throw new SessionRefusedError();
    const { endsInSeconds, authTime, live } = opened;
    // Not in a transaction of the caller's: others would not see what it opens. The next sign-in ends what is too much then.
    if (this.cap.isNear(live) && !this.database.inTransaction) await this.cap.trim(subject.id);
    return this.tokens.issue(subject, {
      sessionId: id,
      clientId,
      assurance,
      authTime,
      counter: 0,
      endsInSeconds,
      furtherClaims,
      hookClaims,
    });
  }
}
