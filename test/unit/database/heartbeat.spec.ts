import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DatabaseClock } from '../../../src/database/feed/database-clock.js';
import type { FeedQuery } from '../../../src/database/feed/feed-query.js';
import { type Beat, Heartbeat } from '../../../src/database/feed/heartbeat.js';

/** Waits by the fake timers. */
const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });

/** The database's time when this node's clock says 0, ms. */
const AHEAD = 5_000_000;

/** A node that watches others beat, on a connection whose answers take no time. */
async function make() {
  const beats: (Beat & { age: number })[] = [];
  const state = { answers: true, set: 0 };
  const asked: string[] = [];
  const databaseNow = (): number => performance.now() + AHEAD + state.set;
  const query: FeedQuery = async (sql) => {
    asked.push(sql);
    if (!state.answers) await new Promise(() => {});
    return [{ mine: false, number: 1, now: databaseNow() }] as never;
  };
  const observe = vi.fn<() => void>();
  const heartbeat = new Heartbeat(
    query,
    { observe } as unknown as DatabaseClock,
    (beat) => void beats.push({ ...beat, age: performance.now() - beat.sentAt }),
    () => {},
    rest,
  );
  const over = new AbortController();
  const ended = heartbeat.keepGoing(over.signal).catch((error: Error) => error);
  await vi.advanceTimersByTimeAsync(1);
  return {
    beats,
    state,
    asked,
    databaseNow,
    over,
    ended,
    receive: async (sentAt: number) => {
      heartbeat.receive(String(sentAt));
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

describe('a node that hears others beat', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('takes a heartbeat for as old as it is, however late it arrives', async () => {
    const { receive, beats, databaseNow } = await make();
    await receive(databaseNow());
    const sent = databaseNow() + 1;
    await vi.advanceTimersByTimeAsync(401);
    await receive(sent);
    await vi.advanceTimersByTimeAsync(100);
    await receive(databaseNow() - 60_000);
    expect(beats.map(({ age }) => age)).toEqual([0, 400, 60_000]);
  });

  it('asks for the time again when the clock of the database was set, either way', async () => {
    const { receive, beats, state, databaseNow } = await make();
    for (const set of [3_600_000, -3_600_000]) {
      state.set = set;
      await vi.advanceTimersByTimeAsync(100);
      await receive(databaseNow());
    }
    expect(beats.map(({ age }) => age)).toEqual([0, 0]);
  });

  it('asks for the time again when its own clock was set, or its machine slept', async () => {
    const { receive, beats, asked, databaseNow } = await make();
    vi.setSystemTime(Date.now() + 60_000);
    const before = asked.length;
    await receive(databaseNow());
    expect(asked.length).toBe(before + 1);
    expect(beats.map(({ age }) => age)).toEqual([0]);
  });

  it('believes no heartbeat while an answer is outstanding', async () => {
    const { receive, beats, state, asked, databaseNow } = await make();
    await receive(databaseNow());
    state.answers = false;
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(900);
    expect(asked.length).toBe(before + 1);
    await receive(databaseNow());
    expect(beats).toHaveLength(1);
  });

  it('asks for nothing but the time, every few seconds, while others beat', async () => {
    const { receive, asked, databaseNow } = await make();
    const before = asked.length;
    for (let turn = 0; turn < 60; turn += 1) {
      await vi.advanceTimersByTimeAsync(500);
      await receive(databaseNow());
    }
    const since = asked.slice(before);
    expect(since.filter((sql) => sql.includes('advisory'))).toEqual([]);
    expect(since.length).toBeGreaterThanOrEqual(3);
    expect(since.length).toBeLessThanOrEqual(6);
  });

  it('gives the connection up when turns are taken, but no message arrives', async () => {
    const { ended } = await make();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(String(await ended)).toContain('DATABASE_DIRECT_URL must lead to PostgreSQL itself');
  });
});
