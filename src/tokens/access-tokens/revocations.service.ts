import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { DatabaseFeed, type FeedQuery } from '../../database/database-feed.service.js';
import { DatabaseService } from '../../database/database.service.js';
import { LEEWAY_SECONDS, SIGNING_DELAY_SECONDS } from '../signing-keys/leeway.js';

/** One ended session. */
export interface Revocation {
  sessionId: string;
  /** Milliseconds since 1970, by the database's clock. */
  revokedAtMs: number;
}

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

const WINDOW = `
  SELECT id, session_id AS "sessionId", revoked_at::text AS "revokedAt", (extract(epoch FROM revoked_at) * 1000)::float8 AS "revokedAtMs"
  FROM revocations
  WHERE (revoked_at, id) > (coalesce($1::timestamptz, now() - make_interval(secs => $3)), $2::bigint)
  ORDER BY revoked_at, id LIMIT ${PAGE_ROWS}`;

/**
 * The ended sessions whose access tokens may still be valid, in memory, so that a request needs no query. Bounded by time: an entry is
 * removed once no token of its session can be valid.
 */
@Injectable()
export class RevocationsService implements OnModuleInit, OnModuleDestroy {
  /** End of each session, roughly the oldest first. */
  private readonly endedAt = new Map<string, number>();
  private readonly learners = new Set<(revocation: Revocation) => void>();
  private readonly windowMs: number;
  private pruning: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DatabaseService,
    private readonly feed: DatabaseFeed,
    private readonly clock: DatabaseClock,
    settings: Settings,
  ) {
    this.windowMs = (settings.ACCESS_TOKEN_TTL_SECONDS + LEEWAY_SECONDS + SIGNING_DELAY_SECONDS) * 1_000;
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
    return this.endedAt.has(sessionId);
  }

  /** Whether this node knows every session that ended up to 1.5 s ago. */
  get upToDate(): boolean {
    return this.feed.healthy;
  }

  /** All entries of this node, roughly the oldest first; includes those added during an iteration. */
  *all(): Iterable<Revocation> {
    for (const [sessionId, revokedAtMs] of this.endedAt) yield { sessionId, revokedAtMs };
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
    let last: { id: string; revokedAt: string | null } = { id: '0', revokedAt: null };
    for (;;) {
      const rows = await query<{ id: string; revokedAt: string } & Revocation>(WINDOW, [last.revokedAt, last.id, this.windowMs / 1_000]);
      for (const { sessionId, revokedAtMs } of rows) this.learn([sessionId], revokedAtMs);
      const newest = rows.at(-1);
      if (newest === undefined || rows.length < PAGE_ROWS) return;
      last = newest;
    }
  }

  private learn(sessionIds: readonly string[], revokedAtMs: number): void {
    for (const sessionId of sessionIds) {
      if (this.endedAt.has(sessionId)) continue;
      this.endedAt.set(sessionId, revokedAtMs);
      for (const learner of this.learners) learner({ sessionId, revokedAtMs });
    }
  }

  private prune(): void {
    const oldest = this.clock.now() - this.windowMs;
    for (const [sessionId, revokedAtMs] of this.endedAt) {
      // Roughly in order: an entry that stays a little longer behind a younger one does no harm.
      if (revokedAtMs > oldest) return;
      this.endedAt.delete(sessionId);
    }
  }
}
