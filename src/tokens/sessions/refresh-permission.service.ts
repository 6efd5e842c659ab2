import { Injectable } from '@nestjs/common';
import type { Ext } from '../../claims/further-claims.js';
import type { Caller } from '../../common/caller.js';
import { HookDeniedError } from '../../hooks/errors.js';
import { Hooks } from '../../hooks/hooks.service.js';
import type { RefreshTokenClaims } from './refresh-token.js';
import { SessionsRepository } from './sessions.repository.js';

/** Asks the operator's hook before a refresh. */
@Injectable()
export class RefreshPermission {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly hooks: Hooks,
  ) {}

  /** Whether `ask` asks anybody: a refresh is a hot path. */
  get asks(): boolean {
    return this.hooks.asksBeforeToken;
  }

  /**
   * Asks before the refresh token is exchanged: if the hook does not answer, the client still has a token that works. A token that will be
   * refused anyway is not asked about.
   * @param end ends a session that the hook denies, with all that hangs on it
   * @returns the claims that the hook adds
   * @throws HookDeniedError, HookUnavailableError
   */
  async ask({ sessionId, counter }: RefreshTokenClaims, caller: Caller, end: () => Promise<unknown>): Promise<Ext | undefined> {
    const session = await this.sessions.findLive(sessionId);
    // The token before the latest one may be answered again.
    if (session === null || counter < session.counter - 1) return undefined;
    const { userId: accountId, clientId, emailVerified, aal: level, amr: methods } = session;
    try {
      return await this.hooks.beforeToken({ reason: 'refresh', accountId, sessionId, clientId, emailVerified, level, methods }, caller);
    } catch (error) {
      if (error instanceof HookDeniedError) await end();
      throw error;
    }
  }
}
