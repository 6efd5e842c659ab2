import { describe, expect, it } from 'vitest';
import { EndedSessions } from '../../src/ended-sessions.js';

/** When the sessions of these tests ended, ms; tokens say it in seconds. */
const ENDED_MS = 1_800_000_000_000;
const ENDED = ENDED_MS / 1_000;

describe('the list of ended sessions', () => {
  it('forgets what is old, and then does not decide about tokens of that time', () => {
    const list = new EndedSessions(10);
    list.add('old', ENDED_MS);
    list.add('young', ENDED_MS + 60_000);
    expect(list.covers(ENDED)).toBe(true);
    list.forgetBefore(ENDED_MS + 1);
    expect([list.has('old'), list.has('young')]).toEqual([false, true]);
    // A process that stalls signs a token up to a minute after the session has ended.
    expect([list.covers(ENDED), list.covers(ENDED + 60), list.covers(ENDED + 61)]).toEqual([false, false, true]);
  });

  it('drops the oldest beyond its limit, and then does not decide about its tokens', () => {
    const list = new EndedSessions(2);
    list.add('a', ENDED_MS);
    list.add('b', ENDED_MS + 1);
    list.add('b', ENDED_MS + 1);
    expect([list.has('a'), list.covers(ENDED)]).toEqual([true, true]);
    list.add('c', ENDED_MS + 2);
    expect([list.size, list.has('a'), list.has('b'), list.has('c')]).toEqual([2, false, true, true]);
    expect(list.covers(ENDED + 60)).toBe(false);
    expect(list.covers(ENDED + 61)).toBe(true);
  });

  it('never knows again what it has once lost', () => {
    const list = new EndedSessions(1);
    list.forgetBefore(ENDED_MS);
    list.forgetBefore(ENDED_MS - 3_600_000);
    expect(list.covers(ENDED)).toBe(false);
  });
});
