import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { newId } from '../../common/ids.js';
import type { Part } from '../../database/part.js';
import type { TokenSubject } from '../access-tokens/access-tokens.service.js';
import { SessionRefusedError } from './errors.js';
import { type IssuedTokens, SessionTokens } from './session-tokens.service.js';
import { SessionsRepository } from './sessions.repository.js';

/** A session that is to be opened. */
export interface NewSession {
  subject: TokenSubject;
  /** `Credentials.sessionEpoch` as it was when the proof was made. */
  sessionEpoch: number;
  clientId: string;
  /** Whether the refresh token may mint access tokens without rotating; only for wire formats that cannot return a new one. */
  mintsAccess?: boolean;
  caller: Caller;
}

/** Opening sessions. Private to the door (`SignInService.complete`): it checks nothing of what a sign-in has to show. */
@Injectable()
export class SessionOpening {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: SessionTokens,
  ) {}

  /**
   * Opens a session; joins the caller's transaction.
   * @param along what is written in the same statement, unless the session is refused; parts that read the one named to it
   * @throws SessionRefusedError when the account was disabled or all its sessions were ended meanwhile
   */
  async open(
    { subject, sessionEpoch, clientId, mintsAccess = false, caller }: NewSession,
    along: (opened: string) => readonly Part[] = () => [],
  ): Promise<IssuedTokens> {
    const id = newId();
    const row = { id, userId: subject.id, clientId, mintsAccess, ip: caller.ip, userAgent: caller.userAgent };
    const endsInSeconds = await this.sessions.insert(row, sessionEpoch, along);
    if (endsInSeconds === null) throw new SessionRefusedError();
    return this.tokens.issue(subject, { sessionId: id, clientId, counter: 0, endsInSeconds });
  }
}
