import { describe, expect, it } from 'vitest';
import { runAll } from '../../../src/common/run-all.js';

describe('runAll', () => {
  it('runs every step in sequence and throws the first failure', async () => {
    const done: string[] = [];
    const fail = (name: string) => async () => {
      done.push(name);
      await Promise.resolve();
      throw new Error(name);
    };
    const throws = (): void => {
      done.push('at once');
      throw new Error('at once');
    };
    const steps = [fail('first'), throws, fail('second'), async () => done.push('last')];
    await expect(runAll(steps)).rejects.toThrow('first');
    expect(done).toEqual(['first', 'at once', 'second', 'last']);
  });

  it('returns nothing if all steps succeed', async () => {
    await expect(runAll([() => 1, async () => {}])).resolves.toBeUndefined();
  });
});
