import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/feed/database-clock.js';
import { DatabaseFeed } from '../../database/feed/database-feed.service.js';
import type { FeedQuery } from '../../database/feed/feed-query.js';
import { DatabaseService } from '../../database/database.service.js';
import { LEEWAY_SECONDS, SIGNING_DELAY_SECONDS } from '../signing-keys/leeway.js';
import { EndedSessions, type Revocation, type Run } from './ended-sessions.js';

/** Channel on which nodes notify each other of ended sessions. */
const REVOCATIONS_CHANNEL = 'latchkey_revocations';

/** Sessions in one message. PostgreSQL takes less than 8,000 bytes; an id and its comma have 37. */
const SESSIONS_PER_MESSAGE = 200;

/** Rows per read after a connect; more would delay requests. */
const PAGE_ROWS = 2_000;

const PRUNE_MS = 5_000;

/**
 * Stores ended sessions, and notifies all nodes at commit. Uses the clock instead of `now()`, because a transaction may have begun long
 * ago.
 */
const RECORD = `
  WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at),
       stored AS (INSERT INTO revocations (session_id, revoked_at) SELECT unnest($1::uuid[]), at FROM moment)
  SELECT (extract(epoch FROM at) * 1000)::float8 AS "revokedAtMs",
         pg_notify($2, round(extract(epoch FROM at) * 1000) || ' ' || array_to_string($1::uuid[], ',')) FROM moment`;

/**
 * One page of the window as one row. A million rows of their own would leave a gigabyte of garbage, whose collection holds requests up.
 * $1 and $2 are the last row of the page before, $3 is the length of the window, s.
 */
const WINDOW = `
  WITH page AS MATERIALIZED (
    SELECT id, session_id, revoked_at FROM revocations
    WHERE (revoked_at, id) > (coalesce($1::timestamptz, now() - make_interval(secs => $3)), $2::bigint)
    ORDER BY revoked_at, id LIMIT ${PAGE_ROWS})
  SELECT count(*)::int AS count,
         string_agg(session_id::text, ',' ORDER BY revoked_at, id) AS "sessionIds",
         string_agg((extract(epoch FROM revoked_at) * 1000)::float8::text, ',' ORDER BY revoked_at, id) AS times,
         max(revoked_at)::text AS "lastRevokedAt",
         (array_agg(id::text ORDER BY revoked_at DESC, id DESC))[1] AS "lastId"
  FROM page`;

/** A page of the window; the texts are null if it is empty. */
interface WindowPage {
  count: number;
  sessionIds: string | null;
  /** Milliseconds since 1970. */
  times: string | null;
  lastRevokedAt: string | null;
  lastId: string | null;
}

/**
 * The ended sessions whose access tokens may still be valid, in memory, so that a request needs no query. Bounded by time: entries are
 * removed once no token of their sessions can be valid.
 */
@Injectable()
export class RevocationsService implements OnModuleInit, OnModuleDestroy {
  private readonly ended: EndedSessions;
  private readonly learners = new Set<(revocation: Revocation) => void>();
  /** For how long after its end a session is remembered: longer than any of its tokens is valid. */
  readonly windowSeconds: number;
  private pruning: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DatabaseService,
    private readonly feed: DatabaseFeed,
    private readonly clock: DatabaseClock,
    settings: Settings,
  ) {
    this.windowSeconds = settings.ACCESS_TOKEN_TTL_SECONDS + LEEWAY_SECONDS + SIGNING_DELAY_SECONDS;
    this.ended = new EndedSessions(this.windowSeconds * 1_000);
  }

  onModuleInit(): void {
    this.feed.subscribe({
      channel: REVOCATIONS_CHANNEL,
      received: (payload) => this.receive(payload),
      catchUp: (query) => this.loadWindow(query),
    });
    this.pruning = setInterval(() => this.prune(), PRUNE_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.pruning);
  }

  /** Whether the session has ended, as far as this node knows. */
  isRevoked(sessionId: string): boolean {
    return this.ended.has(sessionId);
  }

  /** Whether this node knows every session that ended up to 1.5 s ago. */
  get upToDate(): boolean {
    return this.feed.healthy;
  }

  /** All entries of this node in runs of at most `count`, roughly the oldest first; includes those added during an iteration. */
  runs(count: number): Iterable<Run> {
    return this.ended.runs(count);
  }

  /**
   * Calls `learner` with every ended session that is new to this node, including its own.
   * @returns a function that removes the learner
   */
  onLearned(learner: (revocation: Revocation) => void): () => void {
    this.learners.add(learner);
    return () => this.learners.delete(learner);
  }

  /** Stores ended sessions in the caller's transaction; this node refuses their tokens from the commit on, all others within a second. */
  async record(sessionIds: readonly string[]): Promise<void> {
    for (let start = 0; start < sessionIds.length; start += SESSIONS_PER_MESSAGE) {
      const ids = sessionIds.slice(start, start + SESSIONS_PER_MESSAGE);
      const [row] = await this.database.query<{ revokedAtMs: number }>(RECORD, [ids, REVOCATIONS_CHANNEL]);
      this.database.afterCommit(() => this.learn(ids, Number(row?.revokedAtMs)));
    }
  }

  /**
   * Makes this node refuse tokens of sessions that another transaction has stored: that transaction may have committed without this node
   * knowing yet, and the answer is about to say that the sessions have ended.
   */
  recall(sessionIds: readonly string[]): void {
    this.database.afterCommit(() => this.learn(sessionIds, this.clock.now()));
  }

  private receive(payload: string): void {
    const [revokedAtMs, ids = ''] = payload.split(' ');
    this.learn(ids.split(','), Number(revokedAtMs));
  }

  private async loadWindow(query: FeedQuery): Promise<void> {
    let last: { id: string | null; revokedAt: string | null } = { id: '0', revokedAt: null };
    for (;;) {
      const [page] = await query<WindowPage>(WINDOW, [last.revokedAt, last.id, this.windowSeconds]);
      if (page?.sessionIds == null || page.times === null) return;
      const times = page.times.split(',');
      page.sessionIds.split(',').forEach((sessionId, i) => this.learnOne(sessionId, Number(times[i])));
      if (page.count < PAGE_ROWS) return;
      last = { id: page.lastId, revokedAt: page.lastRevokedAt };
    }
  }

  private learn(sessionIds: readonly string[], revokedAtMs: number): void {
    for (const sessionId of sessionIds) this.learnOne(sessionId, revokedAtMs);
  }

  private learnOne(sessionId: string, revokedAtMs: number): void {
    if (!this.ended.add(sessionId, revokedAtMs)) return;
    for (const learner of this.learners) learner({ sessionId, revokedAtMs });
  }

  private prune(): void {
    this.ended.forgetBefore(this.clock.now() - this.windowSeconds * 1_000);
  }
}
