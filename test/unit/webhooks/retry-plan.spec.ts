import { describe, expect, it } from 'vitest';
import { waitAfter } from '../../../src/webhooks/retry-plan.js';

describe('attempts of a delivery', () => {
  it('are ten, over three days', () => {
    const waits = Array.from({ length: 9 }, (_, i) => Number(waitAfter(i + 1, 0.5)));
    expect(waits).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(waitAfter(10)).toBeNull();
    const days = waits.reduce((sum, wait) => sum + wait, 0) / 86_400;
    expect(days).toBeGreaterThan(3);
    expect(days).toBeLessThan(3.5);
  });

  it('come a fifth earlier or later, so that they do not come together', () => {
    expect([waitAfter(2, 0), waitAfter(2, 1)]).toEqual([240, 360]);
    expect(new Set(Array.from({ length: 20 }, () => waitAfter(3))).size).toBeGreaterThan(10);
  });
});
