import { describe, expect, it } from 'vitest';
import { type KeyAge, currentOf, isIdle, nextOf, planRotation } from '../../../src/tokens/signing-keys/signing-key-plan.js';

const RULES = { rotationSeconds: 1_000, publishedSeconds: 100, overlapSeconds: 50 };
const key = (id: string, publishedSeconds: number, activeSeconds: number | null): KeyAge => ({ id, publishedSeconds, activeSeconds });

describe('planRotation', () => {
  it('creates a key if there is none', () => {
    expect(planRotation([], RULES)).toEqual({ activate: null, create: true, retire: [] });
  });

  it('changes nothing while no rotation is due', () => {
    expect(isIdle(planRotation([key('now', 999, 999), key('next', 999, null)], RULES))).toBe(true);
  });

  it('promotes the next key when the current one is old enough', () => {
    const plan = planRotation([key('now', 1_500, 1_000), key('next', 1_000, null)], RULES);
    expect(plan).toEqual({ activate: 'next', create: true, retire: [] });
  });

  it('never promotes a key that was published too recently', () => {
    expect(isIdle(planRotation([key('now', 5_000, 5_000), key('next', 99, null)], RULES))).toBe(true);
  });

  it('creates a next key if there is none', () => {
    expect(planRotation([key('now', 10, 10)], RULES)).toEqual({ activate: null, create: true, retire: [] });
  });

  it('promotes the next key if the current one is missing', () => {
    expect(planRotation([key('next', 1, null)], RULES)).toEqual({ activate: 'next', create: true, retire: [] });
  });

  it('retires a key when its successor has signed for longer than the lifetime of tokens', () => {
    const keys = [key('oldest', 9_000, 3_000), key('older', 8_000, 50), key('now', 7_000, 49), key('next', 10, null)];
    expect(planRotation(keys, RULES).retire).toEqual(['oldest']);
  });

  it('finds the current and the next key in any order', () => {
    const keys = [key('next', 10, null), key('now', 20, 5), key('later', 1, null), key('old', 30, 25)];
    expect(currentOf(keys)?.id).toBe('now');
    expect(nextOf(keys)?.id).toBe('next');
  });
});
