import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Settings } from '../../../src/config/settings.js';
import type { DatabaseClock } from '../../../src/database/feed/database-clock.js';
import type { DatabaseFeed, FeedListener } from '../../../src/database/feed/database-feed.service.js';
import type { FeedQuery } from '../../../src/database/feed/feed-query.js';
import type { DatabaseService } from '../../../src/database/database.service.js';
import type { Revocation } from '../../../src/tokens/access-tokens/ended-sessions.js';
import { RevocationsService } from '../../../src/tokens/access-tokens/revocations.service.js';

const NOW = 1_000_000_000;
/** Token lifetime, leeway, and the maximum time of signing. */
const WINDOW_MS = (900 + 5 + 60) * 1_000;

/** The id of the nth session. */
const id = (n: number): string => `019a9f3e-6c1b-7c3e-a6d0-${n.toString(16).padStart(12, '0')}`;
const [s1, s2, s3, s4] = [id(1), id(2), id(3), id(4)] as const;

function make() {
  let now = NOW;
  let listener: FeedListener | undefined;
  const commits: (() => void)[] = [];
  const sent: unknown[][] = [];
  const database = {
    query: (_sql: string, values: unknown[]) => Promise.resolve([{ revokedAtMs: now, sent: sent.push(values) }]),
    afterCommit: (act: () => void) => commits.push(act),
  };
  const feed = { subscribe: (each: FeedListener) => (listener = each), healthy: true };
  const clock = { now: () => now };
  const revocations = new RevocationsService(
    database as unknown as DatabaseService,
    feed as unknown as DatabaseFeed,
    clock as unknown as DatabaseClock,
    { ACCESS_TOKEN_TTL_SECONDS: 900 } as Settings,
  );
  revocations.onModuleInit();
  return {
    revocations,
    sent,
    receive: (payload: string) => listener?.received(payload),
    catchUp: (query: FeedQuery) => listener?.catchUp(query),
    commit: () => commits.splice(0).forEach((act) => act()),
    pass: (ms: number) => {
      now += ms;
      vi.advanceTimersByTime(ms);
    },
  };
}

describe('RevocationsService', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('applies a revocation of this node when it is committed, not before', async () => {
    const { revocations, commit } = make();
    await revocations.record([s1]);
    expect(revocations.isRevoked(s1)).toBe(false);
    commit();
    expect(revocations.isRevoked(s1)).toBe(true);
  });

  it('keeps messages within the size limit of PostgreSQL', async () => {
    const { revocations, sent } = make();
    await revocations.record(Array.from({ length: 1_001 }, (_, i) => `session-${i}`));
    expect(sent.map(([ids]) => (ids as string[]).length)).toEqual([200, 200, 200, 200, 200, 1]);
    // The longest message: 200 UUIDs with commas, the time and a space.
    expect(200 * 37 + 14).toBeLessThan(8_000);
  });

  it('reports each session once, whether the node revoked it or was notified', async () => {
    const { revocations, commit, receive } = make();
    const heard: Revocation[] = [];
    const stop = revocations.onLearned((revocation) => heard.push(revocation));
    await revocations.record([s1]);
    commit();
    receive(`${NOW} ${s1}`);
    receive(`${NOW - 5} ${s2},${s3}`);
    stop();
    receive(`${NOW} ${s4}`);
    expect(heard).toEqual([
      { sessionId: s1, revokedAtMs: NOW },
      { sessionId: s2, revokedAtMs: NOW - 5 },
      { sessionId: s3, revokedAtMs: NOW - 5 },
    ]);
    expect(revocations.isRevoked(s4)).toBe(true);
  });

  it('forgets sessions when all their tokens have expired, those that ended at about the same time together', () => {
    const { revocations, receive, pass } = make();
    const [old, soon, young] = [id(1), id(2), id(3)];
    const soonMs = WINDOW_MS / 8 - 1;
    receive(`${NOW} ${old}`);
    pass(soonMs);
    receive(`${NOW + soonMs} ${soon}`);
    pass(1);
    receive(`${NOW + soonMs + 1} ${young}`);
    pass(WINDOW_MS - 2);
    expect([old, soon, young].map((each) => revocations.isRevoked(each))).toEqual([true, true, true]);
    pass(5_001);
    expect([old, soon, young].map((each) => revocations.isRevoked(each))).toEqual([false, false, false]);
    expect([...revocations.runs(10)]).toEqual([]);
  });

  it('reads missed revocations page by page', async () => {
    const { revocations, catchUp } = make();
    const rows = Array.from({ length: 4_500 }, (_, i) => ({
      id: String(i + 1),
      sessionId: id(i),
      revokedAt: `t${i}`,
      revokedAtMs: NOW + i,
    }));
    const asked: unknown[] = [];
    const query = (_sql: string, [revokedAt, id, windowSeconds]: readonly unknown[] = []) => {
      asked.push([revokedAt, id, windowSeconds]);
      const page = rows.slice(Number(id), Number(id) + 2_000);
      const [sessionIds, times] = [page.map(({ sessionId }) => sessionId).join(','), page.map(({ revokedAtMs }) => revokedAtMs).join(',')];
      return Promise.resolve([{ count: page.length, sessionIds, times, lastRevokedAt: page.at(-1)?.revokedAt, lastId: page.at(-1)?.id }]);
    };
    await catchUp(query as unknown as FeedQuery);
    expect(asked).toEqual([
      [null, '0', WINDOW_MS / 1_000],
      ['t1999', '2000', WINDOW_MS / 1_000],
      ['t3999', '4000', WINDOW_MS / 1_000],
    ]);
    expect(rows.every(({ sessionId }) => revocations.isRevoked(sessionId))).toBe(true);
  });
});
