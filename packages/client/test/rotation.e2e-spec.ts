import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register, signIn } from '../../../test/support/accounts.js';
import { type TestApp, sharedApp } from '../../../test/support/start-app.js';
import { sidOf } from '../../../test/support/tokens.js';
import { RotationModel } from './simulation/rotation.js';

/** Sequences that are compared. */
const RUNS = 12;

/** More than the server repeats an answer for, ms. */
const LONG_MS = 61_000;

const NAMES = [undefined, 'an-attempt-of-the-client-1', 'an-attempt-of-the-client-2'];

/** One exchange: of which token so far, under which name, and whether long after the one before. */
const exchanges = (): fc.Arbitrary<{ back: number; name: number; isLate: boolean }[]> =>
  fc.array(fc.record({ back: fc.oneof(fc.constant(0), fc.nat(2)), name: fc.nat(2), isLate: fc.boolean() }), { minLength: 3, maxLength: 8 });

describe('the model of the server in the plays of tabs', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  it('exchanges refresh tokens as the real one does', async () => {
    const { email } = await register(app);
    const answers = new Map<string, number>();
    const property = fc.asyncProperty(exchanges(), async (sequence) => {
      const { refreshToken, accessToken } = await signIn(app, email);
      const session = sidOf(accessToken);
      const model = new RotationModel();
      const tokens = [refreshToken];
      model.open(session);
      let now = 0;
      for (const { back, name, isLate } of sequence) {
        if (isLate) {
          now += LONG_MS;
          await app.rows("UPDATE sessions SET rotated_at = rotated_at - interval '61 s' WHERE id = $1", [session]);
        }
        const counter = Math.max(0, tokens.length - 1 - back);
        const expected = model.exchange(session, counter, NAMES[name], now);
        const { status, body } = await app.post('/v1/auth/refresh', { refreshToken: tokens[counter], attemptKey: NAMES[name] });
        const known = tokens.indexOf(body.refreshToken);
        const number = known === -1 ? tokens.length : known;
        if (status === 200 && known === -1) tokens.push(body.refreshToken);
        expect(status === 200 ? number : body.code).toBe(typeof expected === 'number' ? expected : `refresh_token.${expected}`);
        const kind = typeof expected === 'number' ? 'exchanged' : expected;
        answers.set(kind, (answers.get(kind) ?? 0) + 1);
      }
    });
    await fc.assert(property, { numRuns: RUNS, seed: 17 });
    expect([...answers.keys()].toSorted()).toEqual(['exchanged', 'invalid', 'reused']);
  });
});
