import { Injectable } from '@nestjs/common';
import type { SessionEnd } from '../../common/declared.js';
import { DatabaseService } from '../../database/database.service.js';
import { BEFORE_ALL, LONGEST_TOKEN_LIFE_SECONDS, UNENDED } from './sessions.repository.js';

/** Statements over the sessions of an account that has too many. */
@Injectable()
export class SessionCapRepository {
  constructor(private readonly database: DatabaseService) {}

  /** The session at which the cap is reached, counted from the latest used one; null for an account with fewer live ones, or just as many. */
  async findLastWithin(userId: string, most: number): Promise<{ lastUsedAt: string; id: string } | null> {
    const rows = await this.database.query<{ lastUsedAt: string; id: string }>(
      `SELECT s.last_used_at::text AS "lastUsedAt", s.id FROM sessions s WHERE s.user_id = $1 AND ${UNENDED}
       ORDER BY s.last_used_at DESC, s.id DESC OFFSET $2 LIMIT 2`,
      [userId, most - 1],
    );
    const [last] = rows;
    return rows.length < 2 ? null : (last ?? null);
  }

  /**
   * Of a page of an account's sessions, ends those that were unused for longer than `last`, but `keep`. A page is read in the order of the index
   * before it is looked through: PostgreSQL misjudges how many were unused, and would sort all that are left for each page. They are updated
   * as a list, since it would join a part of the statement by reading the whole table.
   * @param after id of the last session of the page before
   * @returns the ended ones, and whether each may still have a live access token; null for `last` when there are no more pages
   */
  async revokeUnused(
    userId: string,
    reason: SessionEnd,
    { last, keep, after, limit }: { last: { lastUsedAt: string; id: string }; keep: string | null; after: string | null; limit: number },
  ): Promise<{ ended: { id: string; minted: boolean }[]; last: string | null }> {
    const page = await this.database.query<{ id: string; minted: boolean | null }>(
      `WITH page AS MATERIALIZED (
         SELECT id, last_used_at FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND id > $2 ORDER BY id LIMIT $3),
       ended AS (
         UPDATE sessions s SET revoked_at = now(), revoke_reason = $4
         WHERE s.id = ANY (ARRAY(
             SELECT id FROM page WHERE (last_used_at, id) < ($5::timestamptz, $6::uuid) AND id IS DISTINCT FROM $7::uuid))
           AND s.revoked_at IS NULL
         RETURNING s.id, s.last_used_at > now() - make_interval(secs => ${LONGEST_TOKEN_LIFE_SECONDS}) AS minted)
       SELECT page.id, ended.minted FROM page LEFT JOIN ended ON ended.id = page.id ORDER BY page.id`,
      [userId, after ?? BEFORE_ALL, limit, reason, last.lastUsedAt, last.id, keep],
    );
    const ended = page.flatMap(({ id, minted }) => (minted === null ? [] : [{ id, minted }]));
    return { ended, last: page.length < limit ? null : (page.at(-1)?.id ?? null) };
  }
}
