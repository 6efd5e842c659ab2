import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { type Assurance, RECOVERED_SECONDS, assuranceClass } from '../access-tokens/assurance.js';
import { SessionEndedError } from './errors.js';
import { type LiveSession, VIEW } from './refreshes.repository.js';
import { type IssuedTokens, SessionTokens } from './session-tokens.service.js';
import { LIVE } from './sessions.repository.js';

/** Stepping up: another proof in a session that is open. Private to the door, like `SessionOpening`. */
@Injectable()
export class SessionElevation {
  constructor(
    private readonly database: DatabaseService,
    private readonly tokens: SessionTokens,
    private readonly audit: AuditService,
  ) {}

  /**
   * Notes the proof in the session, and signs an access token that tells of it; joins the caller's transaction. The level never sinks, the
   * refresh token stays as it is. A factor ends the restrictions of a session that a recovery code opened; a recovery code brings them.
   * @param epoch `Credentials.sessionEpoch` of when the proof was made
   * @returns the new access token; its `refreshToken` is not for the client, which has that already
   * @throws SessionEndedError
   */
  async raise(session: { id: string; epoch: number }, assurance: Assurance, caller: Caller): Promise<Omit<IssuedTokens, 'refreshToken'>> {
    const { level, methods, authenticatorIds, recovered } = assurance;
    const [raised] = await this.database.query<LiveSession>(
      `UPDATE sessions s SET aal = greatest(s.aal, $2), auth_time = now(),
         amr = (SELECT array_agg(DISTINCT method) FROM unnest(s.amr || $3::text[]) AS method),
         factor_ids = (SELECT coalesce(array_agg(DISTINCT factor), '{}') FROM unnest(s.factor_ids || $4::uuid[]) AS factor),
         recovered_until = CASE WHEN $5::boolean THEN now() + make_interval(secs => $6) WHEN $2 > 1 THEN NULL ELSE s.recovered_until END
       FROM users u
       WHERE s.id = $1 AND u.id = s.user_id AND u.session_epoch = $7 AND ${LIVE}
       RETURNING ${VIEW}`,
      [session.id, level, methods, authenticatorIds, recovered, RECOVERED_SECONDS, session.epoch],
    );
    if (raised === undefined) throw new SessionEndedError();
    const { user_id: userId, client_id: clientId, aal, amr, auth_time: authTime } = raised;
    const details = { acr: assuranceClass(aal), methods: methods.join(' ') };
    await this.audit.record({ action: 'session.elevated', outcome: 'success', actorId: userId, subjectId: userId, caller, details });
    return this.tokens.issue(
      { id: userId, roles: raised.roles, emailVerified: raised.email_verified },
      {
        sessionId: raised.session_id,
        clientId,
        assurance: { level: aal, methods: amr, recovered: raised.recovered_seconds !== null },
        authTime,
        counter: raised.counter,
        endsInSeconds: raised.ends_in_seconds,
        recoveredSeconds: raised.recovered_seconds,
      },
    );
  }
}
