import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Settings } from '../../../src/config/settings.js';
import type { DatabaseClock } from '../../../src/database/database-clock.js';
import type { DatabaseFeed, FeedListener, FeedQuery } from '../../../src/database/database-feed.service.js';
import type { DatabaseService } from '../../../src/database/database.service.js';
import { type Revocation, RevocationsService } from '../../../src/tokens/access-tokens/revocations.service.js';

const NOW = 1_000_000_000;
/** Token lifetime, leeway, and the time that signing may take. */
const WINDOW_MS = (900 + 5 + 60) * 1_000;

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

  it('applies what this node ends when it is committed, not before', async () => {
    const { revocations, commit } = make();
    await revocations.record(['s1']);
    expect(revocations.isRevoked('s1')).toBe(false);
    commit();
    expect(revocations.isRevoked('s1')).toBe(true);
  });

  it('keeps messages within what PostgreSQL takes', async () => {
    const { revocations, sent } = make();
    await revocations.record(Array.from({ length: 1_001 }, (_, i) => `session-${i}`));
    expect(sent.map(([ids]) => (ids as string[]).length)).toEqual([200, 200, 200, 200, 200, 1]);
    // The longest: 200 UUIDs with commas, the time and a space.
    expect(200 * 37 + 14).toBeLessThan(8_000);
  });

  it('tells of each session once, whoever heard of it first', async () => {
    const { revocations, commit, receive } = make();
    const heard: Revocation[] = [];
    const stop = revocations.onLearned((revocation) => heard.push(revocation));
    await revocations.record(['s1']);
    commit();
    receive(`${NOW} s1`);
    receive(`${NOW - 5} s2,s3`);
    stop();
    receive(`${NOW} s4`);
    expect(heard).toEqual([
      { sessionId: 's1', revokedAtMs: NOW },
      { sessionId: 's2', revokedAtMs: NOW - 5 },
      { sessionId: 's3', revokedAtMs: NOW - 5 },
    ]);
    expect(revocations.isRevoked('s4')).toBe(true);
  });

  it('forgets a session when no token of it can be alive', () => {
    const { revocations, receive, pass } = make();
    receive(`${NOW} old`);
    pass(60_000);
    receive(`${NOW + 60_000} young`);
    pass(WINDOW_MS - 60_000 - 1);
    expect(revocations.isRevoked('old')).toBe(true);
    pass(5_001);
    expect(revocations.isRevoked('old')).toBe(false);
    expect(revocations.isRevoked('young')).toBe(true);
    pass(60_000);
    expect([...revocations.all()]).toEqual([]);
  });

  it('reads what it missed page by page', async () => {
    const { revocations, catchUp } = make();
    const rows = Array.from({ length: 4_500 }, (_, i) => ({
      id: String(i + 1),
      sessionId: `s${i}`,
      revokedAt: `t${i}`,
      revokedAtMs: NOW + i,
    }));
    const asked: unknown[] = [];
    const query = (_sql: string, [revokedAt, id, windowSeconds]: readonly unknown[] = []) => {
      asked.push([revokedAt, id, windowSeconds]);
      return Promise.resolve(rows.slice(Number(id), Number(id) + 2_000));
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
