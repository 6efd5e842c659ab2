import { describe, expect, it } from 'vitest';
import { DatabaseClock } from '../../../src/database/feed/database-clock.js';
import type { DatabaseService } from '../../../src/database/database.service.js';

const TRUTH_MS = 5_000_000;

function make() {
  const clock = new DatabaseClock({} as DatabaseService);
  /** Asks a database whose clock is `aheadMs` ahead; request and answer take `there` and `back` ms. */
  const ask = (there: number, back: number, aheadMs = TRUTH_MS): void =>
    clock.observe(1_000 + there + aheadMs, 1_000, 1_000 + there + back);
  const ahead = (): number => clock.now() - performance.now();
  return { ask, ahead };
}

describe('DatabaseClock', () => {
  it('uses the quickest round trip', () => {
    const { ask, ahead } = make();
    ask(300, 0);
    ask(1, 1);
    ask(0, 400);
    expect(ahead()).toBeCloseTo(TRUTH_MS, -1);
  });

  it('follows at once when the clock of the database is changed, forward or back', () => {
    const { ask, ahead } = make();
    ask(1, 1);
    ask(5, 5, TRUTH_MS + 60_000);
    expect(ahead()).toBeCloseTo(TRUTH_MS + 60_000, -1);
    ask(5, 5, TRUTH_MS - 60_000);
    expect(ahead()).toBeCloseTo(TRUTH_MS - 60_000, -1);
  });

  it('forgets old samples, so that slow drift is followed', () => {
    const { ask, ahead } = make();
    for (let i = 0; i < 60; i += 1) ask(2, 2, TRUTH_MS + i);
    expect(ahead()).toBeGreaterThan(TRUTH_MS + 35);
  });
});
