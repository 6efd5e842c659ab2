import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import { hash } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { HashingPriority } from '../../../src/auth/passwords/hashing-priority.js';

const lowered = (): number => readdirSync('/proc/self/task').filter((thread) => getPriority(Number(thread)) === 10).length;

// Only Linux has priorities per thread.
describe.runIf(process.platform === 'linux')('the priority of hashing', () => {
  it('is lowered during a flood of hashes, for the hashing threads only', async () => {
    const usual = getPriority(process.pid);
    const before = lowered();
    const priority = new HashingPriority();
    const work = async (waiting: number): Promise<void> => {
      await hash('a password', { algorithm: 2, memoryCost: 4_096, timeCost: 2, parallelism: 1 });
      priority.note(waiting);
    };
    for (let i = 0; i < 70; i += 1) await work(0);
    expect(lowered()).toBe(before);
    await Promise.all(Array.from({ length: 70 }, () => work(20)));
    expect(lowered()).toBeGreaterThan(0);
    expect(getPriority(process.pid)).toBe(usual);
  });
});
