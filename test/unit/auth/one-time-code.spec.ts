import { describe, expect, it } from 'vitest';
import { toBase32 } from '../../../src/auth/factors/totp/base32.js';
import { type CodeHash, codeOf, stepAt, stepOf } from '../../../src/auth/factors/totp/one-time-code.js';

/** The secrets of RFC 6238, Appendix B: the digits repeated to the length of each hash. */
const SECRETS: Record<CodeHash, Buffer> = { sha1: digits(20), sha256: digits(32), sha512: digits(64) };

function digits(length: number): Buffer {
  return Buffer.from('1234567890'.repeat(7).slice(0, length));
}

describe('a one-time code', () => {
  it.each<[seconds: number, step: string, sha1: string, sha256: string, sha512: string]>([
    [59, '0000000000000001', '94287082', '46119246', '90693936'],
    [1_111_111_109, '00000000023523EC', '07081804', '68084774', '25091201'],
    [1_111_111_111, '00000000023523ED', '14050471', '67062674', '99943326'],
    [1_234_567_890, '000000000273EF07', '89005924', '91819424', '93441116'],
    [2_000_000_000, '0000000003F940AA', '69279037', '90698825', '38618901'],
    [20_000_000_000, '0000000027BC86AA', '65353130', '77737706', '47863826'],
  ])('is that of RFC 6238, Appendix B, %i s after 1970', (seconds, step, sha1, sha256, sha512) => {
    expect(stepAt(seconds)).toBe(Number.parseInt(step, 16));
    for (const [hash, code] of Object.entries({ sha1, sha256, sha512 }) as [CodeHash, string][])
      expect(codeOf(SECRETS[hash], stepAt(seconds), 8, hash)).toBe(code);
  });

  it('is good in its own time step, the one before and the one after', () => {
    const secret = SECRETS.sha1;
    const code = codeOf(secret, 1_000);
    expect([998, 999, 1_000, 1_001, 1_002].map((now) => stepOf(code, secret, now))).toEqual([null, 1_000, 1_000, 1_000, null]);
  });

  it('has six digits, and is nothing else', () => {
    const code = codeOf(SECRETS.sha1, 1_000);
    expect(code).toMatch(/^\d{6}$/);
    for (const typed of ['', code.slice(1), `${code}0`, '00000', 'abcdef', `${code}é`])
      expect(stepOf(typed, SECRETS.sha1, 1_000)).toBeNull();
  });
});

describe('base32', () => {
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('of "%s" is that of RFC 4648 §10, without padding', (text, encoded) => {
    expect(toBase32(Buffer.from(text))).toBe(encoded);
  });
});
