import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Deed, Play, type Setting, type Step, type Tally } from '../simulation/play.js';

/** `npm run interleavings` sets it; without it the plays are the same each time. */
const MANY = process.env['INTERLEAVINGS'];
const RUNS = Number(MANY ?? 200);

/** How often each is done, of all. */
const DEEDS: readonly [Deed, number][] = [
  ['ask', 8],
  ['change', 3],
  ['refresh', 5],
  ['sign-in', 2],
  ['sign-out', 1],
  ['reload', 4],
  ['freeze', 1],
  ['thaw', 2],
  ['clock', 1],
  ['break-writes', 2],
  ['break-reads', 1],
  ['heal', 3],
  ['end-elsewhere', 1],
];

const setting = (): fc.Arbitrary<Setting> =>
  fc.record({
    mode: fc.constantFrom('tokens' as const, 'cookie' as const),
    hasLocks: fc.boolean(),
    hasChannel: fc.boolean(),
    seed: fc.integer(),
  });

const steps = (): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      deed: fc.oneof(...DEEDS.map(([deed, weight]) => ({ weight, arbitrary: fc.constant(deed) }))),
      tab: fc.nat(2),
      pause: fc.constantFrom(0, 0, 5, 150, 2_000, 61_000, 900_000, 7_200_000, 259_200_000),
      pick: fc.nat(1),
    }),
    { minLength: 5, maxLength: 40 },
  );

describe('tabs of one browser, in any order of things', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('never lose a session that nobody ended, and never mix accounts', async () => {
    const total: Tally = { exchanges: 0, lost: 0, foreign: 0, storageFailures: 0, ended: 0 };
    const property = fc.asyncProperty(setting(), steps(), async (how, what) => {
      const play = new Play(how);
      for (const [name, value] of Object.entries(play.browser.globals())) vi.stubGlobal(name, value);
      vi.spyOn(Date, 'now').mockImplementation(() => play.browser.now());
      try {
        const tally = await play.run(what);
        for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
      } finally {
        vi.unstubAllGlobals();
        vi.restoreAllMocks();
      }
    });
    await fc.assert(property, MANY === undefined ? { numRuns: RUNS, seed: 17 } : { numRuns: RUNS });
    if (MANY !== undefined) process.stdout.write(`${RUNS} plays: ${JSON.stringify(total)}\n`);
    // A play in which nothing happens proves nothing.
    for (const count of Object.values(total)) expect(count).toBeGreaterThan(RUNS / 20);
  });
});
