import { describe, expect, it } from 'vitest';
import { Secrets } from '../../../src/config/secrets.js';
import type { Settings } from '../../../src/config/settings.js';
import { ChallengeSecrets } from '../../../src/tokens/challenges/challenge-secrets.service.js';

/** So many codes are looked at. */
const COUNT = 10_000;

describe('the codes of challenges', () => {
  const settings = { APP_SECRET: 'only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz' } as Settings;
  const secrets = new ChallengeSecrets(new Secrets(settings));

  const codesOf = (digits: number): string[] => Array.from({ length: COUNT }, () => String(secrets.reveal(secrets.make(digits))?.code));

  it.each([6, 8])('of %d digits are each as likely as the others, in every place', (digits) => {
    const codes = codesOf(digits);
    expect(codes.filter((code) => !/^\d+$/.test(code) || code.length !== digits)).toEqual([]);
    for (let place = 0; place < digits; place += 1) {
      const counts = Array.from({ length: 10 }, (_, digit) => codes.filter((code) => code[place] === String(digit)).length);
      const chiSquared = counts.reduce((sum, count) => sum + (count - COUNT / 10) ** 2 / (COUNT / 10), 0);
      // Nine degrees of freedom: a fair code exceeds 45 once in 10^6 times.
      expect(chiSquared).toBeLessThan(45);
    }
  });

  it('are seldom alike', () => {
    // Of 10,000 out of 10^8, on average half a pair is alike; more than 7 come once in 10^7 times.
    expect(new Set(codesOf(8)).size).toBeGreaterThanOrEqual(COUNT - 7);
  });
});
