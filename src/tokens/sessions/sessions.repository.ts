import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { Settings } from '../../config/settings.js';
import { NOW, afterId, withinLast } from '../../database/conditions.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import { PAGE_ROWS } from '../../database/row-pages.js';
import { LEEWAY_SECONDS, MAX_ACCESS_TTL_SECONDS, SIGNING_DELAY_SECONDS } from '../signing-keys/leeway.js';
import type { SessionEnd } from '../../common/declared.js';
import { Session } from './session.entity.js';

/** After this long no access token of a session is alive, whatever lifetime was configured when it was signed. */
const LONGEST_TOKEN_LIFE_SECONDS = MAX_ACCESS_TTL_SECONDS + LEEWAY_SECONDS + SIGNING_DELAY_SECONDS;

/** A live session as its owner, or a backend that asks about a token, may see it. */
export interface SessionDetails {
  id: string;
  userId: string;
  /** The account's username, else its e-mail address, else its mobile number. */
  name: string | null;
  clientId: string;
  counter: number;
  ip: string | null;
  userAgent: string | null;
  createdAt: Date;
  lastUsedAt: Date;
  /** When it ends unless it is refreshed before, and at the latest. */
  expiresAt: Date;
}

/** A session as it is told to its owner: everything that is kept of it but its counters. */
export type ExportedSession = Pick<Session, 'id' | 'clientId' | 'ip' | 'userAgent' | 'createdAt' | 'lastUsedAt' | 'expiresAt'> & {
  endedAt: Date | null;
  endReason: SessionEnd | null;
};

/** Somebody presented an access token that was handed out with refresh token number `counter`. */
export interface SessionUse {
  sessionId: string;
  counter: number;
}

/** What is true of a live session `s` of the account `u`. */
export const LIVE = `s.revoked_at IS NULL AND s.idle_expires_at > now() AND s.expires_at > now() AND u.disabled_at IS NULL`;
/** Until the absolute end of the session `s`, whole seconds. */
export const ENDS_IN = `floor(extract(epoch FROM s.expires_at - now()))::int AS ends_in_seconds`;
const DETAILS = `s.id, s.user_id AS "userId", coalesce(u.username, u.email, u.mobile) AS name, s.client_id AS "clientId", s.counter, s.ip,
  s.user_agent AS "userAgent", s.created_at AS "createdAt", s.last_used_at AS "lastUsedAt", least(s.idle_expires_at, s.expires_at) AS "expiresAt"`;

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
   * @param along what is written in the same statement, unless the session is not
   * @returns seconds until its absolute end; null when it was not stored
   */
  async insert(
    session: Pick<Session, 'id' | 'userId' | 'clientId' | 'mintsAccess' | 'ip' | 'userAgent'>,
    epoch: number,
    along: (opened: string) => readonly Part[],
  ): Promise<number | null> {
    const opening: Part = {
      as: 'opened',
      sql: `INSERT INTO sessions AS s (id, user_id, client_id, mints_access, ip, user_agent, idle_expires_at, expires_at)
       SELECT $1, u.id, $3, $4, $5, $6, now() + make_interval(days => least($7::int, $8::int)), now() + make_interval(days => $8)
       FROM users u WHERE u.id = $2 AND u.session_epoch = $9 AND u.disabled_at IS NULL
       FOR SHARE
       RETURNING ${ENDS_IN}`,
      values: [
        session.id,
        session.userId,
        session.clientId,
        session.mintsAccess,
        session.ip,
        session.userAgent,
        this.idleDays,
        this.absoluteDays,
        epoch,
      ],
    };
    const [row] = await this.database.together<{ ends_in_seconds: number }>(
      'session-open',
      [opening, ...along(opening.as)],
      `SELECT ends_in_seconds FROM ${opening.as}`,
    );
    return row?.ends_in_seconds ?? null;
  }

  /**
   * Notes of which sessions the latest token is in use, where it still is the latest. Waits for no lock: these are notes of
   * all requests of a second, and a refresh or a sign-out must not be held up by them.
   * @returns sessions that were locked at the moment
   */
  async markUsed(uses: readonly SessionUse[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `WITH seen AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS seen (session_id, counter)),
            leaf AS (SELECT s.id FROM sessions s JOIN seen ON s.id = seen.session_id
                     WHERE s.counter = seen.counter AND s.leaf_used_at IS NULL),
            free AS (SELECT s.id FROM sessions s JOIN seen ON s.id = seen.session_id
                     WHERE s.counter = seen.counter AND s.leaf_used_at IS NULL FOR UPDATE OF s SKIP LOCKED),
            marked AS (UPDATE sessions s SET leaf_used_at = now() FROM free WHERE s.id = free.id)
       SELECT id FROM leaf WHERE id NOT IN (SELECT id FROM free)`,
      [uses.map(({ sessionId }) => sessionId), uses.map(({ counter }) => counter)],
    );
    return rows.map(({ id }) => id);
  }

  /** The session if it is live. */
  async findLive(sessionId: string): Promise<SessionDetails | null> {
    const [row] = await this.database.query<SessionDetails>(
      `SELECT ${DETAILS} FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1 AND ${LIVE}`,
      [sessionId],
    );
    return row ?? null;
  }

  /** The live sessions of an account, at most `limit`: `first` on top, then the latest used. */
  findLiveOf(userId: string, first: string, limit: number): Promise<SessionDetails[]> {
    return this.sessions
      .createQueryBuilder('s')
      .select(DETAILS)
      .innerJoin('users', 'u', 'u.id = s.userId')
      .where('s.userId = :userId', { userId })
      .andWhere(LIVE)
      .orderBy('s.id = :first', 'DESC')
      .addOrderBy('s.lastUsedAt', 'DESC')
      .addOrderBy('s.id', 'DESC')
      .setParameter('first', first)
      .limit(limit)
      .getRawMany<SessionDetails>();
  }

  /** A page of all sessions of an account, ended ones too, after the session with id `after`. */
  async findPageOf(userId: string, after: string | undefined): Promise<ExportedSession[]> {
    const page = await this.sessions.find({ where: { userId, ...afterId(after) }, order: { id: 'ASC' }, take: PAGE_ROWS });
    return page.map(toExported);
  }

  /** Ends one session, if it is one of `owner` where an owner is named; null when there is none to end. */
  async revoke(sessionId: string, reason: SessionEnd, owner: string | null = null): Promise<{ userId: string } | null> {
    const { raw } = await this.sessions.update(
      { id: sessionId, revokedAt: IsNull(), ...(owner !== null && { userId: owner }) },
      { revokedAt: NOW, revokeReason: reason },
      { returning: 'user_id AS "userId"' },
    );
    return (raw as { userId: string }[])[0] ?? null;
  }

  /**
   * Ends all sessions of an account but `keep`; joins the caller's transaction.
   * @returns the sessions that may still have a live access token
   */
  async revokeAll(userId: string, reason: SessionEnd, keep: string | null): Promise<string[]> {
    // First the epoch: a sign-in that holds the account's row has stored its session before we go on, a later one finds the epoch changed.
    await this.database.query('UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1', [userId]);
    const { raw } = await this.sessions.update(
      { userId, revokedAt: IsNull(), ...(keep !== null && { id: Not(keep) }) },
      { revokedAt: NOW, revokeReason: reason },
      { returning: `id, last_used_at > now() - make_interval(secs => ${LONGEST_TOKEN_LIFE_SECONDS}) AS minted` },
    );
    return (raw as { id: string; minted: boolean }[]).filter(({ minted }) => minted).map(({ id }) => id);
  }

  /** Sessions of an account that have ended while a token of theirs may still live. */
  async findEnded(userId: string): Promise<string[]> {
    const ended = await this.sessions.find({ select: { id: true }, where: { userId, revokedAt: withinLast(LONGEST_TOKEN_LIFE_SECONDS) } });
    return ended.map(({ id }) => id);
  }

  private get sessions() {
    return this.database.repo(Session);
  }
}

function toExported({ id, clientId, ip, userAgent, createdAt, lastUsedAt, idleExpiresAt, ...session }: Session): ExportedSession {
  const expiresAt = idleExpiresAt < session.expiresAt ? idleExpiresAt : session.expiresAt;
  return { id, clientId, ip, userAgent, createdAt, lastUsedAt, expiresAt, endedAt: session.revokedAt, endReason: session.revokeReason };
}
