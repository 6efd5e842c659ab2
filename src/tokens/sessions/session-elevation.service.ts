import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import type { Ext } from '../../claims/further-claims.js';
import { Settings } from '../../config/settings.js';
import { DatabaseService } from '../../database/database.service.js';
import { Hooks } from '../../hooks/hooks.service.js';
import type { TokenSubject } from '../access-tokens/access-tokens.service.js';
import { type Assurance, RECOVERED_SECONDS, assuranceClass } from '../access-tokens/assurance.js';
import { SessionEndedError } from './errors.js';
import { type LiveSession, liveSessionColumns } from './refreshes.repository.js';
import { type IssuedTokens, SessionTokens } from './session-tokens.service.js';
import { LIVE } from './sessions.repository.js';

/** Stepping up: another proof in a session that is open. Private to the door, like `SessionOpening`. */
@Injectable()
export class SessionElevation {
  private readonly columns: string;

  constructor(
    private readonly database: DatabaseService,
    private readonly tokens: SessionTokens,
    private readonly audit: AuditService,
    private readonly hooks: Hooks,
    settings: Settings,
  ) {
    this.columns = liveSessionColumns(settings);
  }

  /** Whether `ask` asks anybody. */
  get asks(): boolean {
    return this.hooks.asksBeforeToken;
  }

  /**
   * Asks the operator's hook whether the session may have another token. Belongs before `raise`, and outside a transaction.
   * @returns the claims that the hook adds
   * @throws HookDeniedError, HookUnavailableError
   */
  ask(session: { id: string; clientId: string }, subject: TokenSubject, assurance: Assurance, caller: Caller): Promise<Ext | undefined> {
    const { id: accountId, emailVerified } = subject;
    const { level, methods } = assurance;
    const about = { accountId, sessionId: session.id, clientId: session.clientId, emailVerified, level, methods };
    return this.hooks.beforeToken({ reason: 'step_up', ...about }, caller);
  }

  /**
   * Notes the proof in the session, and signs an access token that tells of it; joins the caller's transaction. The level never sinks, the
   * refresh token stays as it is. A factor ends the restrictions of a session that a recovery code opened; a recovery code brings them.
   * @param epoch `Credentials.sessionEpoch` of when the proof was made
   * @param hookClaims what `ask` returned
   * @returns the new access token; its `refreshToken` is not for the client, which has that already
   * @throws SessionEndedError
   */
  async raise(
    session: { id: string; epoch: number },
    assurance: Assurance,
    caller: Caller,
    hookClaims?: Ext,
  ): Promise<Omit<IssuedTokens, 'refreshToken'>> {
    const { level, methods, authenticatorIds, recovered } = assurance;
    const [raised] = await this.database.query<LiveSession>(
      `UPDATE sessions s SET aal = greatest(s.aal, $2), auth_time = now(),
         amr = (SELECT array_agg(DISTINCT method) FROM unnest(s.amr || $3::text[]) AS method),
         factor_ids = (SELECT coalesce(array_agg(DISTINCT factor), '{}') FROM unnest(s.factor_ids || $4::uuid[]) AS factor),
         recovered_until = CASE WHEN $5::boolean THEN now() + make_interval(secs => $6) WHEN $2 > 1 THEN NULL ELSE s.recovered_until END
       FROM users u
       WHERE s.id = $1 AND u.id = s.user_id AND u.session_epoch = $7 AND ${LIVE}
       RETURNING ${this.columns}`,
      [session.id, level, methods, authenticatorIds, recovered, RECOVERED_SECONDS, session.epoch],
    );
    if (raised === undefined) throw new SessionEndedError();
    const { user_id: userId, client_id: clientId, aal, amr, auth_time: authTime } = raised;
    const details = { acr: assuranceClass(aal), methods: methods.join(' ') };
    await this.audit.record({ action: 'session.elevated', outcome: 'success', actorId: userId, subjectId: userId, caller, details });
    return this.tokens.issue(
      { id: userId, roles: raised.roles, emailVerified: raised.email_verified, publicMetadata: raised.public_metadata },
      {
        sessionId: raised.session_id,
        clientId,
        assurance: { level: aal, methods: amr, recovered: raised.recovered_seconds !== null },
        authTime,
        counter: raised.counter,
        endsInSeconds: raised.ends_in_seconds,
        recoveredSeconds: raised.recovered_seconds,
        hookClaims,
      },
    );
  }
}
