import { Injectable } from '@nestjs/common';
import type { Role } from '../../common/access.js';
import { Settings } from '../../config/settings.js';
import { BatchedLookup } from '../../database/batched-lookup.js';
import { DatabaseService } from '../../database/database.service.js';
import { ENDS_IN, LIVE } from './sessions.repository.js';

/** A live session with what its next access token says about the account. */
export interface LiveSession {
  session_id: string;
  client_id: string;
  user_id: string;
  counter: number;
  roles: Role[];
  email_verified: boolean;
  /** Until the absolute end of the session, whole seconds. */
  ends_in_seconds: number;
}

const VIEW = `s.id AS session_id, s.client_id, u.id AS user_id, s.counter, u.roles, u.email_verified_at IS NOT NULL AS email_verified, ${ENDS_IN}`;

/** What an exchange of the refresh token changes; $3 are the days of idling. */
const ROTATED = `SET counter = s.counter + 1, last_used_at = now(), leaf_used_at = NULL,
  idle_expires_at = least(now() + make_interval(days => $3), s.expires_at)`;

/** Statements with which refresh tokens are used; they join the account's row so that a request needs only one. */
@Injectable()
export class RefreshesRepository {
  private readonly idleDays: number;
  private readonly rotations = new BatchedLookup((keys) => this.database.apart(() => this.rotateTogether(keys)));

  constructor(
    private readonly database: DatabaseService,
    settings: Settings,
  ) {
    this.idleDays = settings.SESSION_IDLE_DAYS;
  }

  /**
   * Exchanges refresh token number `counter` for the next one, in one statement; null unless it is the latest of a live session.
   *
   * Those that arrive in one turn of the event loop share a statement and its commit: with 16 at a time a refresh takes a third less of
   * this process and of the database together. None is held up by another: a session that is locked at the moment is left to a
   * statement of its own.
   */
  async rotate(sessionId: string, counter: number): Promise<LiveSession | null> {
    if (this.database.inTransaction) return this.rotateOne(sessionId, counter);
    const rotated = await this.rotations.find(keyOf(sessionId, counter));
    return rotated === null ? this.rotateOne(sessionId, counter) : rotated.session;
  }

  /**
   * Finds the live session whose latest refresh token is number `counter`, if that may mint access tokens without being exchanged.
   * Counts as a use, as in `replay`: idle time starts anew, and of this statement and one that ends the session the second sees what
   * the first did.
   */
  async useToMint(sessionId: string, counter: number): Promise<LiveSession | null> {
    const [row] = await this.database.named<LiveSession>(
      'session-mint',
      `UPDATE sessions s
       SET last_used_at = now(), idle_expires_at = least(now() + make_interval(days => $3), s.expires_at)
       FROM users u
       WHERE s.id = $1 AND s.counter = $2 AND s.mints_access AND u.id = s.user_id AND ${LIVE}
       RETURNING ${VIEW}`,
      [sessionId, counter, this.idleDays],
    );
    return row ?? null;
  }

  /**
   * Finds the session again for a refresh token that was exchanged just before the latest one, unless that one has been in use
   * for more than `toleranceSeconds`. Counts as a use, since an access token is minted from it: of this statement and one that
   * ends the session, the second sees what the first did.
   */
  async replay(sessionId: string, counter: number, toleranceSeconds: number): Promise<LiveSession | null> {
    const [row] = await this.database.query<LiveSession>(
      `UPDATE sessions s SET last_used_at = now()
       FROM users u
       WHERE s.id = $1 AND s.counter = $2 + 1 AND u.id = s.user_id AND ${LIVE}
         AND (s.leaf_used_at IS NULL OR s.leaf_used_at >= now() - make_interval(secs => $3))
       RETURNING ${VIEW}`,
      [sessionId, counter, toleranceSeconds],
    );
    return row ?? null;
  }

  /** @returns what became of each; of those that were exchanged before, ended or locked nothing, unless one is asked for alone */
  private async rotateTogether(keys: readonly string[]): Promise<Map<string, { session: LiveSession | null }>> {
    const asked = keys.map(fromKey);
    const [first] = asked;
    if (first !== undefined && asked.length === 1) {
      return new Map([[keyOf(...first), { session: await this.rotateOne(...first) }]]);
    }
    const rows = await this.database.named<LiveSession>(
      'sessions-rotate',
      `WITH latest AS (
         SELECT s.id, s.counter FROM unnest($1::uuid[], $2::int[]) AS asked (id, counter)
         JOIN sessions s ON s.id = asked.id AND s.counter = asked.counter
         FOR UPDATE OF s SKIP LOCKED)
       UPDATE sessions s ${ROTATED}
       FROM latest, users u
       WHERE s.id = latest.id AND s.counter = latest.counter AND u.id = s.user_id AND ${LIVE}
       RETURNING ${VIEW}`,
      [asked.map(([id]) => id), asked.map(([, counter]) => counter), this.idleDays],
    );
    return new Map(rows.map((session) => [keyOf(session.session_id, session.counter - 1), { session }]));
  }

  private async rotateOne(sessionId: string, counter: number): Promise<LiveSession | null> {
    const [row] = await this.database.named<LiveSession>(
      'session-rotate',
      `UPDATE sessions s ${ROTATED} FROM users u WHERE s.id = $1 AND s.counter = $2 AND u.id = s.user_id AND ${LIVE} RETURNING ${VIEW}`,
      [sessionId, counter, this.idleDays],
    );
    return row ?? null;
  }
}

function keyOf(sessionId: string, counter: number): string {
  return `${sessionId} ${counter}`;
}

function fromKey(key: string): [sessionId: string, counter: number] {
  const [sessionId = '', counter] = key.split(' ');
  return [sessionId, Number(counter)];
}
