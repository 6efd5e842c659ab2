import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Lock } from '../../src/lock.js';

describe('the lock of the SDK', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('runs one work after the other, and goes on when one fails', async () => {
    const lock = new Lock(undefined);
    const log: string[] = [];
    const work = async (name: string): Promise<void> => {
      log.push(`${name} begins`);
      await wait(1);
      log.push(`${name} ends`);
      if (name === 'a') throw new Error('a failed');
    };
    const results = await Promise.allSettled([lock.run(() => work('a')), lock.run(() => work('b'))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('waits for another tab, but not for ever: a frozen one may have it', async () => {
    const request = vi.fn<(name: string, options: { signal: AbortSignal }) => Promise<unknown>>(
      (_name: string, { signal }: { signal: AbortSignal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    vi.stubGlobal('navigator', { locks: { request } });
    expect(await new Lock('tabs', 20).run(async () => 'done')).toBe('done');
    expect(request).toHaveBeenCalledOnce();
  });

  it('passes on what the work throws, and does it once only', async () => {
    vi.stubGlobal('navigator', { locks: { request: (_name: string, _options: object, work: () => unknown) => work() } });
    const work = vi.fn<() => Promise<never>>(() => Promise.reject(new Error('no')));
    await expect(new Lock('tabs').run(work)).rejects.toThrow('no');
    expect(work).toHaveBeenCalledOnce();
  });
});
