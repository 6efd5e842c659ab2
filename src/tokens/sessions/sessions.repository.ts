import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { Settings } from '../../config/settings.js';
import { NOW, afterId, inFuture } from '../../database/conditions.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import { PAGE_ROWS } from '../../database/row-pages.js';
import type { AssuranceLevel } from '../../common/access.js';
import { type AuthenticationMethod, RECOVERED_SECONDS } from '../access-tokens/assurance.js';
import { LEEWAY_SECONDS, MAX_ACCESS_TTL_SECONDS, SIGNING_DELAY_SECONDS } from '../signing-keys/leeway.js';
import type { SessionEnd } from '../../common/declared.js';
import { Session } from './session.entity.js';

/** After this long no access token of a session is alive, whatever lifetime was configured when it was signed. */
export const LONGEST_TOKEN_LIFE_SECONDS = MAX_ACCESS_TTL_SECONDS + LEEWAY_SECONDS + SIGNING_DELAY_SECONDS;

/** Ended sessions that are read at once. */
const ENDED_PAGE_ROWS = 1_000;
/** Less than the id of every session. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** A live session as its owner, or a backend that asks about a token, may see it. */
export interface SessionDetails {
  id: string;
  userId: string;
  /** The account's username, else its e-mail address, else its mobile number; an address or number only if it is proven. */
  name: string | null;
  /** Whether the account's e-mail address is proven now. */
  emailVerified: boolean;
  clientId: string;
  counter: number;
  aal: AssuranceLevel;
  amr: AuthenticationMethod[];
  /** Whether a recovery code stands in for a factor, or has done so and none was shown since. */
  recovered: boolean;
  /** When somebody last showed a proof. */
  authTime: Date;
  ip: string | null;
  userAgent: string | null;
  createdAt: Date;
  lastUsedAt: Date;
  /** When it ends unless it is refreshed before, and at the latest. */
  expiresAt: Date;
}

/** A session as it is told to its owner: everything that is kept of it but its counters. */
export type ExportedSession = Pick<
  Session,
  'id' | 'clientId' | 'ip' | 'userAgent' | 'aal' | 'amr' | 'createdAt' | 'lastUsedAt' | 'expiresAt'
> & {
  authTime: Date;
  endedAt: Date | null;
  endReason: SessionEnd | null;
};

/** What is true of a live session `s` of the account `u`. */
export const LIVE = `s.revoked_at IS NULL AND s.idle_expires_at > now() AND s.expires_at > now() AND u.disabled_at IS NULL`;
/** The same without its account. */
export const UNENDED = `s.revoked_at IS NULL AND s.idle_expires_at > now() AND s.expires_at > now()`;
/** Until the absolute end of the session `s`, whole seconds. */
export const ENDS_IN = `floor(extract(epoch FROM s.expires_at - now()))::int AS ends_in_seconds`;
/** When somebody last showed a proof for the session `s`. */
const AUTH_TIME = 'coalesce(s.auth_time, s.created_at)';
/** The same in whole seconds since 1970. */
export const AUTH_SECONDS = `floor(extract(epoch FROM ${AUTH_TIME}))::int AS auth_time`;
/** The level of the session `s`: a recovery code stands in for a factor only for a while. */
const AAL = 'CASE WHEN s.recovered_until <= now() THEN 1 ELSE s.aal END AS aal';
/** What access tokens tell of how the session `s` was opened; `recovered_seconds` is null unless by a recovery code. */
export const ASSURED = `${AAL}, s.amr, ${AUTH_SECONDS},
  CASE WHEN s.recovered_until IS NOT NULL THEN greatest(0, floor(extract(epoch FROM s.recovered_until - now())))::int END AS recovered_seconds`;
const DETAILS = `s.id, s.user_id AS "userId", coalesce(u.username, CASE WHEN u.email_verified_at IS NOT NULL THEN u.email END,
  CASE WHEN u.mobile_verified_at IS NOT NULL THEN u.mobile END) AS name, u.email_verified_at IS NOT NULL AS "emailVerified", s.client_id AS "clientId", s.counter, ${AAL}, s.amr, s.recovered_until IS NOT NULL AS recovered,
  ${AUTH_TIME} AS "authTime", s.ip,
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
   * @param first a part of the same statement without a row of which no session is stored
   * @returns seconds until its absolute end, and how many live sessions the account had before; null when it was not stored
   */
  async insert(
    session: Pick<Session, 'id' | 'userId' | 'clientId' | 'mintsAccess' | 'ip' | 'userAgent' | 'aal' | 'amr' | 'factorIds' | 'deviceId'> & {
      recovered: boolean;
    },
    epoch: number,
    along: (opened: string) => readonly Part[],
    first?: Part,
  ): Promise<{ endsInSeconds: number; authTime: number; live: number } | null> {
    const opening: Part = {
      as: 'opened',
      sql: `INSERT INTO sessions AS s (id, user_id, client_id, mints_access, ip, user_agent, aal, amr, auth_time, factor_ids, device_id, recovered_until,
         idle_expires_at, expires_at)
       SELECT $1, u.id, $3, $4, $5, $6, $10, $11, now(), $12, $13,
         CASE WHEN $14::boolean THEN now() + make_interval(secs => ${RECOVERED_SECONDS}) END, now() + make_interval(days => least($7::int, $8::int)), now() + make_interval(days => $8)
       FROM users u WHERE u.id = $2 AND u.session_epoch = $9 AND u.disabled_at IS NULL${first === undefined ? '' : ` AND EXISTS (SELECT FROM ${first.as})`}
       FOR SHARE
       RETURNING s.user_id, ${ENDS_IN}, ${AUTH_SECONDS}`,
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
        session.aal,
        session.amr,
        session.factorIds,
        session.deviceId,
        session.recovered,
      ],
    };
    const [row] = await this.database.together<{ endsInSeconds: number; authTime: number; live: number }>(
      'session-open',
      [...(first === undefined ? [] : [first]), opening, ...along(opening.as)],
      `SELECT o.ends_in_seconds AS "endsInSeconds", o.auth_time AS "authTime", (SELECT count(*)::int FROM sessions s WHERE s.user_id = o.user_id AND ${UNENDED}) AS live
       FROM ${opening.as} o`,
    );
    return row ?? null;
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

  /** Where the account's latest used sessions, ended ones too, were used last; at most `limit` of those that have not expired. */
  async findAddressesOf(userId: string, limit: number): Promise<string[]> {
    const used = await this.sessions.find({
      select: { ip: true },
      where: { userId, expiresAt: inFuture(), ip: Not(IsNull()) },
      order: { lastUsedAt: 'DESC' },
      take: limit,
    });
    return used.flatMap(({ ip }) => ip ?? []);
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

  /**
   * Of a page of an account's sessions, those that have ended while a token of theirs may still live. A page is read in the order of the
   * index before it is looked through: PostgreSQL does not know yet how many ended a moment ago, and would read the whole table for each page.
   * @param after id of the last session of the page before
   * @returns null for `last` when there are no more pages
   */
  async findEnded(userId: string, after: string | null): Promise<{ ended: string[]; last: string | null }> {
    const page = await this.database.query<{ id: string; hasEnded: boolean }>(
      `WITH page AS MATERIALIZED (
         SELECT id, revoked_at FROM sessions WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT ${ENDED_PAGE_ROWS})
       SELECT id, coalesce(revoked_at > now() - make_interval(secs => ${LONGEST_TOKEN_LIFE_SECONDS}), false) AS "hasEnded" FROM page ORDER BY id`,
      [userId, after ?? BEFORE_ALL],
    );
    const ended = page.filter(({ hasEnded }) => hasEnded).map(({ id }) => id);
    return { ended, last: page.length < ENDED_PAGE_ROWS ? null : (page.at(-1)?.id ?? null) };
  }

  private get sessions() {
    return this.database.repo(Session);
  }
}

function toExported({ id, clientId, ip, userAgent, aal, amr, createdAt, lastUsedAt, idleExpiresAt, ...session }: Session): ExportedSession {
  const expiresAt = idleExpiresAt < session.expiresAt ? idleExpiresAt : session.expiresAt;
  const authTime = session.authTime ?? createdAt;
  const end = { endedAt: session.revokedAt, endReason: session.revokeReason };
  return { id, clientId, ip, userAgent, aal, amr, authTime, createdAt, lastUsedAt, expiresAt, ...end };
}
