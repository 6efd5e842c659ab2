import { describe, expect, it } from 'vitest';
import { newRecoveryCode, readRecoveryCode } from '../../../src/auth/authenticators/recovery-code.js';

describe('a recovery code', () => {
  it('has 16 letters and digits in groups of four, none that are taken for others', () => {
    const codes = Array.from({ length: 200 }, newRecoveryCode);
    for (const code of codes) expect(code).toMatch(/^(?:[\dA-HJKMNP-TV-Z]{4}-){3}[\dA-HJKMNP-TV-Z]{4}$/);
    expect(new Set(codes).size).toBe(200);
    // Each place can have each of the 32 signs: 80 bit.
    const plain = Array.from({ length: 2_000 }, () => newRecoveryCode().replaceAll('-', ''));
    for (let place = 0; place < 16; place += 1) expect(new Set(plain.map((code) => code[place])).size).toBe(32);
  });

  it.each([
    '7QK2-9F3D-0XWA-B6M1',
    '7qk29f3d0xwab6m1',
    ' 7qk2 9f3d 0xwa b6m1\n',
    '7QK2–9F3D‑0XWA—B6M1',
    '7QK2-9F3D-OXWA-B6ML',
    '7qk2-9f3d-oxwa-b6mi',
    '７QK2-9F3D-0XWA-B6M1',
  ])('is the same, written as %j', (typed) => {
    expect(readRecoveryCode(typed)).toBe('7QK29F3D0XWAB6M1');
  });

  it.each(['', '7QK2-9F3D-0XWA', '7QK2-9F3D-0XWA-B6M1-7', '7QK2-9F3D-0XWA-B6MU', '7QK2_9F3D_0XWA_B6M1'])('is not %j', (typed) => {
    expect(readRecoveryCode(typed)).toBeNull();
  });
});
