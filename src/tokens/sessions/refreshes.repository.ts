import { Injectable } from '@nestjs/common';
import type { SettingValues } from '../../common/declared.js';
import { Settings } from '../../config/settings.js';
import { BatchedLookup } from '../../database/batched-lookup.js';
import { DatabaseService } from '../../database/database.service.js';
import type { AssuranceLevel, Role } from '../../common/access.js';
import type { AuthenticationMethod } from '../access-tokens/assurance.js';
import { ASSURED, ENDS_IN, LIVE } from './sessions.repository.js';

/** A live session with what its next access token says about the account. */
export interface LiveSession {
  session_id: string;
  client_id: string;
  user_id: string;
  counter: number;
  roles: Role[];
  email_verified: boolean;
  aal: AssuranceLevel;
  amr: AuthenticationMethod[];
  /** When somebody last showed a proof, seconds since 1970. */
  auth_time: number;
  /** How long a recovery code stands in for a factor yet, seconds; null if it does not. */
  recovered_seconds: number | null;
  /** Until the absolute end of the session, whole seconds. */
  ends_in_seconds: number;
  /** Only where `CLAIMS_TEMPLATE` reads it. */
  public_metadata?: Readonly<Record<string, unknown>>;
}

const VIEW = `s.id AS session_id, s.client_id, u.id AS user_id, s.counter, u.roles, u.email_verified_at IS NOT NULL AS email_verified,
  ${ASSURED}, ${ENDS_IN}`;

/** The columns of a `LiveSession`. Nobody pays for metadata that no claim is made of. */
export function liveSessionColumns({ CLAIMS_TEMPLATE: template }: Pick<SettingValues, 'CLAIMS_TEMPLATE'>): string {
  return template.length === 0 ? VIEW : `${VIEW}, u.public_metadata`;
}

/**
 * What an exchange of refresh token number `counter` changes; $3 are the days of idling. The number comes from the token: one that is
 * higher than the row's was handed out after the backup that the database was restored from.
 */
const rotated = (counter: string, attempt: string): string => `SET counter = ${counter} + 1, last_used_at = now(), rotated_at = now(),
  attempt_mac = ${attempt}, idle_expires_at = least(now() + make_interval(days => $3), s.expires_at)`;

/** An exchange that is asked for. */
interface Asked {
  sessionId: string;
  counter: number;
  attempt: Buffer | null;
}

/** Statements with which refresh tokens are used; they join the account's row so that a request needs only one. */
@Injectable()
export class RefreshesRepository {
  private readonly idleDays: number;
  private readonly columns: string;
  private readonly rotations = new BatchedLookup((keys) => this.database.apart(() => this.rotateTogether(keys)));

  constructor(
    private readonly database: DatabaseService,
    settings: Settings,
  ) {
    this.idleDays = settings.SESSION_IDLE_DAYS;
    this.columns = liveSessionColumns(settings);
  }

  /**
   * Exchanges refresh token number `counter` for the next one, in one statement; null if it was exchanged before, or the session is not
   * live.
   *
   * Those that arrive in one turn of the event loop share a statement and its commit: with 16 at a time a refresh takes a third less of
   * this process and of the database together. None is held up by another: a session that is locked at the moment is left to a
   * statement of its own.
   * @param attempt keyed HMAC of what the client calls this exchange
   */
  async rotate(sessionId: string, counter: number, attempt: Buffer | null): Promise<LiveSession | null> {
    const asked = { sessionId, counter, attempt };
    if (this.database.inTransaction) return this.rotateOne(asked);
    const found = await this.rotations.find(keyOf(asked));
    return found === null ? this.rotateOne(asked) : found.session;
  }

  /**
   * Finds the live session whose latest refresh token is number `counter`, if that may mint access tokens without being exchanged. The
   * row of a restored backup may have a lower number.
   * Counts as a use, as in `replay`: idle time starts anew, and of this statement and one that ends the session the second sees what
   * the first did.
   */
  async useToMint(sessionId: string, counter: number): Promise<LiveSession | null> {
    const [row] = await this.database.named<LiveSession>(
      'session-mint',
      `UPDATE sessions s
       SET counter = $2, last_used_at = now(), idle_expires_at = least(now() + make_interval(days => $3), s.expires_at)
       FROM users u
       WHERE s.id = $1 AND s.counter <= $2 AND s.mints_access AND u.id = s.user_id AND ${LIVE}
       RETURNING ${this.columns}`,
      [sessionId, counter, this.idleDays],
    );
    return row ?? null;
  }

  /**
   * Finds the session again for a refresh token that was exchanged just before the latest one: at most `seconds` ago, or by one of
   * `attempts`. Counts as a use, since an access token is minted from it: of this statement and one that ends the session, the second
   * sees what the first did. A server of the version before sets no `rotated_at`.
   */
  async replay(
    sessionId: string,
    counter: number,
    { seconds, attempts }: { seconds: number; attempts: readonly Buffer[] },
  ): Promise<LiveSession | null> {
    const [row] = await this.database.query<LiveSession>(
      `UPDATE sessions s SET last_used_at = now(), rotated_at = coalesce(s.rotated_at, s.last_used_at)
       FROM users u
       WHERE s.id = $1 AND s.counter = $2 + 1 AND u.id = s.user_id AND ${LIVE}
         AND (coalesce(s.rotated_at, s.last_used_at) >= now() - make_interval(secs => $3) OR s.attempt_mac = ANY ($4::bytea[]))
       RETURNING ${this.columns}`,
      [sessionId, counter, seconds, attempts],
    );
    return row ?? null;
  }

  /** @returns what became of each; of those that were exchanged before, ended or locked nothing, unless one is asked for alone */
  private async rotateTogether(keys: readonly string[]): Promise<Map<string, { session: LiveSession | null }>> {
    const asked = keys.map(fromKey);
    const [first] = asked;
    if (first !== undefined && asked.length === 1) return new Map([[keyOf(first), { session: await this.rotateOne(first) }]]);
    const rows = await this.database.named<LiveSession & { attempt_mac: Buffer | null }>(
      'sessions-rotate',
      `WITH latest AS (
         SELECT s.id, asked.counter, asked.attempt FROM unnest($1::uuid[], $2::int[], $4::bytea[]) AS asked (id, counter, attempt)
         JOIN sessions s ON s.id = asked.id AND s.counter <= asked.counter
         FOR UPDATE OF s SKIP LOCKED)
       UPDATE sessions s ${rotated('latest.counter', 'latest.attempt')}
       FROM latest, users u
       WHERE s.id = latest.id AND s.counter <= latest.counter AND u.id = s.user_id AND ${LIVE}
       RETURNING ${this.columns}, s.attempt_mac`,
      [asked.map(({ sessionId }) => sessionId), asked.map(({ counter }) => counter), this.idleDays, asked.map(({ attempt }) => attempt)],
    );
    return new Map(
      rows.map(({ attempt_mac: attempt, ...session }) => [
        keyOf({ sessionId: session.session_id, counter: session.counter - 1, attempt }),
        { session },
      ]),
    );
  }

  private async rotateOne({ sessionId, counter, attempt }: Asked): Promise<LiveSession | null> {
    const [row] = await this.database.named<LiveSession>(
      'session-rotate',
      `UPDATE sessions s ${rotated('$2::int', '$4::bytea')} FROM users u
       WHERE s.id = $1 AND s.counter <= $2 AND u.id = s.user_id AND ${LIVE} RETURNING ${this.columns}`,
      [sessionId, counter, this.idleDays, attempt],
    );
    return row ?? null;
  }
}

function keyOf({ sessionId, counter, attempt }: Asked): string {
  return `${sessionId} ${counter} ${attempt?.toString('hex') ?? ''}`;
}

function fromKey(key: string): Asked {
  const [sessionId = '', counter, attempt = ''] = key.split(' ');
  return { sessionId, counter: Number(counter), attempt: attempt === '' ? null : Buffer.from(attempt, 'hex') };
}
