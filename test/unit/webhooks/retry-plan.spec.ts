import { describe, expect, it } from 'vitest';
import { askedToWait } from '../../../src/webhooks/retry-after.js';
import { waitAfter } from '../../../src/webhooks/retry-plan.js';

describe('attempts of a delivery', () => {
  it('are ten, over three days', () => {
    const waits = Array.from({ length: 9 }, (_, i) => Number(waitAfter(i + 1, 0, 0.5)));
    expect(waits).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(waitAfter(10)).toBeNull();
    const days = waits.reduce((sum, wait) => sum + wait, 0) / 86_400;
    expect(days).toBeGreaterThan(3);
    expect(days).toBeLessThan(3.5);
  });

  it('come a fifth earlier or later, so that they do not come together', () => {
    expect([waitAfter(2, 0, 0), waitAfter(2, 0, 1)]).toEqual([240, 360]);
    expect(new Set(Array.from({ length: 20 }, () => waitAfter(3))).size).toBeGreaterThan(10);
  });

  it('come later where the receiver asks for it, and never earlier', () => {
    expect([waitAfter(1, 3_600, 0), waitAfter(1, 3_600, 1)]).toEqual([3_600, 4_320]);
    expect(waitAfter(4, 60, 0.5)).toBe(7_200);
    expect(waitAfter(10, 60)).toBeNull();
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-03-01T09:30:00Z');
  it.each<[status: number, text: string, seconds: number]>([
    [503, '120', 120],
    [429, ' 120 ', 120],
    [503, 'Sun, 01 Mar 2026 09:32:00 GMT', 120],
    // The obsolete form of RFC 850.
    [503, 'Sunday, 01-Mar-26 09:32:00 GMT', 120],
    [503, 'Sun, 01 Mar 2026 09:00:00 GMT', 0],
    [503, '9999999999', 86_400],
    [503, 'Fri, 31 Dec 9999 23:59:59 GMT', 86_400],
    ...['', '-1', '1.5', '1e3', 'soon', '0x10', 'Sun, nonsense', '99999999999'].map((text): [number, string, number] => [503, text, 0]),
    [500, '120', 0],
    [200, '120', 0],
  ])('of %i with %j is %i s', (status, text, seconds) => {
    expect(askedToWait({ status, headers: new Headers({ 'retry-after': text }) }, now)).toBe(seconds);
  });
});
