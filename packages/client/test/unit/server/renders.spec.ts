import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type RenderDeed, RenderPlay, type RenderStep, type RenderTally } from '../../simulation/render-play.js';

/** `npm run interleavings` sets it; without it the plays are the same each time. */
const MANY = process.env['INTERLEAVINGS'];
const RUNS = Number(MANY ?? 200);

/** How often each is done, of all. */
const DEEDS: readonly [RenderDeed, number][] = [
  ['load', 10],
  ['change', 3],
  ['render', 3],
  ['sign-in', 2],
  ['sign-out', 1],
  ['clock', 1],
  ['end-elsewhere', 1],
];

const steps = (): fc.Arbitrary<RenderStep[]> =>
  fc.array(
    fc.record({
      deed: fc.oneof(...DEEDS.map(([deed, weight]) => ({ weight, arbitrary: fc.constant(deed) }))),
      pause: fc.constantFrom(0, 0, 5, 150, 2_000, 61_000, 900_000, 7_200_000, 259_200_000),
      pick: fc.nat(1),
    }),
    { minLength: 5, maxLength: 40 },
  );

describe('page loads of one browser, in any order of things', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('never lose a session that nobody ended, and never mix accounts', async () => {
    const total: RenderTally = { exchanges: 0, foreign: 0, cancelled: 0, refused: 0, ended: 0 };
    const property = fc.asyncProperty(fc.integer(), steps(), async (seed, what) => {
      const play = new RenderPlay(seed);
      const { world } = play;
      vi.stubGlobal('setTimeout', (run: () => void, ms = 0) => world.after(ms, run));
      vi.stubGlobal('clearTimeout', (happening: never) => world.cancel(happening));
      vi.spyOn(Date, 'now').mockImplementation(() => world.now + world.clockError);
      // The real one takes turns of the event loop that simulated time knows nothing of.
      vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (_algorithm, bytes) => sha256(bytes as Uint8Array));
      try {
        const tally = await play.run(what);
        for (const key of Object.keys(total) as (keyof RenderTally)[]) total[key] += tally[key];
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

function sha256(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(createHash('sha256').update(bytes).digest()).buffer;
}
