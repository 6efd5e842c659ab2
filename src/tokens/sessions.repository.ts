import { Injectable } from '@nestjs/common';
import type { Role } from '../common/access.js';
import { Settings } from '../config/settings.js';
import { DatabaseService } from '../database/database.service.js';
import type { RevokeReason, Session } from './session.entity.js';

/** A live session with what its next access token says about the account. */
export interface LiveSession {
  session_id: string;
  client_id: string;
  user_id: string;
  counter: number;
  roles: Role[];
  email_verified: boolean;
}

/** A live session whose latest refresh token is a later one than was presented. */
export interface RotatedSession extends LiveSession {
  /** Whether the latest token was in use for longer than the tolerance. */
  settled: boolean;
}

const LIVE = `s.revoked_at IS NULL AND s.idle_expires_at > now() AND s.expires_at > now() AND u.disabled_at IS NULL`;
const VIEW = `s.id AS session_id, s.client_id, u.id AS user_id, s.counter, u.roles, u.email_verified_at IS NOT NULL AS email_verified`;

/** Statements over sessions; those on hot paths join the account's row so that a request needs only one. */
@Injectable()
export class SessionsRepository {
  private readonly idleDays: number;
  private readonly absoluteDays: number;

  constructor(
    private readonly database: DatabaseService,
    settings: Settings,
  ) {
    this.idleDays = settings.SESSION_IDLE_DAYS;
    this.absoluteDays = settings.SESSION_ABSOLUTE_DAYS;
  }

  /**
   * Stores a session unless the account's sessions were ended or the account was disabled since `epoch` was read.
   * Locks the account's row against both until commit, so that a sign-in cannot slip past a password change.
   */
  async insert(session: Pick<Session, 'id' | 'userId' | 'clientId' | 'mintsAccess' | 'ip' | 'userAgent'>, epoch: number): Promise<boolean> {
    const rows = await this.database.named(
      'session-open',
      `INSERT INTO sessions (id, user_id, client_id, mints_access, ip, user_agent, idle_expires_at, expires_at)
       SELECT $1, u.id, $3, $4, $5, $6, now() + make_interval(days => least($7::int, $8::int)), now() + make_interval(days => $8)
       FROM users u WHERE u.id = $2 AND u.session_epoch = $9 AND u.disabled_at IS NULL
       FOR SHARE
       RETURNING id`,
      [session.id, session.userId, session.clientId, session.mintsAccess, session.ip, session.userAgent, this.idleDays, this.absoluteDays, epoch],
    );
    return rows.length > 0;
  }

  /** Exchanges refresh token number `counter` for the next one, in one statement; null unless it is the latest of a live session. */
  async rotate(sessionId: string, counter: number): Promise<LiveSession | null> {
    const [row] = await this.database.named<LiveSession>(
      'session-rotate',
      `UPDATE sessions s
       SET counter = s.counter + 1, last_used_at = now(), leaf_used_at = NULL,
           idle_expires_at = least(now() + make_interval(days => $3), s.expires_at)
       FROM users u
       WHERE s.id = $1 AND s.counter = $2 AND u.id = s.user_id AND ${LIVE}
       RETURNING ${VIEW}`,
      [sessionId, counter, this.idleDays],
    );
    return row ?? null;
  }

  /** The session if it is live; `settled` says whether its latest token was in use for more than `toleranceSeconds`. */
  async findRotated(sessionId: string, toleranceSeconds: number): Promise<RotatedSession | null> {
    const [row] = await this.database.query<RotatedSession>(
      `SELECT ${VIEW}, coalesce(s.leaf_used_at < now() - make_interval(secs => $2), false) AS settled
       FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1 AND ${LIVE}`,
      [sessionId, toleranceSeconds],
    );
    return row ?? null;
  }

  /** Ends one session; null when it had ended before. */
  async revoke(sessionId: string, reason: RevokeReason): Promise<{ userId: string } | null> {
    const [row] = await this.database.query<{ userId: string }>(
      `UPDATE sessions SET revoked_at = now(), revoke_reason = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING user_id AS "userId"`,
      [sessionId, reason],
    );
    return row ?? null;
  }

  /**
   * Ends all sessions of an account but `keep`; joins the caller's transaction.
   * @returns the sessions that may still have a live access token
   */
  async revokeAll(userId: string, reason: RevokeReason, accessTtlSeconds: number, keep: string | null): Promise<string[]> {
    // First the epoch: a sign-in that holds the account's row has stored its session before we go on, a later one finds the epoch changed.
    await this.database.query('UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1', [userId]);
    const rows = await this.database.query<{ id: string; minted: boolean }>(
      `UPDATE sessions SET revoked_at = now(), revoke_reason = $2
       WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $4::uuid
       RETURNING id, last_used_at > now() - make_interval(secs => $3) AS minted`,
      [userId, reason, accessTtlSeconds, keep],
    );
    return rows.filter(({ minted }) => minted).map(({ id }) => id);
  }
}
