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
    // Others that wait for the frozen one go on one after the other.
    expect(request.mock.calls.map(([name]) => name)).toEqual(['latchkey:tabs', 'latchkey:tabs:second']);
  });

  it('does the work without locks where the browser forbids them or lacks parts of them', async () => {
    vi.stubGlobal('navigator', { locks: { request: () => Promise.reject(new Error('SecurityError')) } });
    expect(await new Lock('tabs').run(async () => 'done')).toBe('done');
    vi.stubGlobal('AbortController', undefined);
    expect(await new Lock('tabs').run(async () => 'done')).toBe('done');
  });

  it('passes on what the work throws, and does it once only', async () => {
    vi.stubGlobal('navigator', { locks: { request: (_name: string, _options: object, work: () => unknown) => work() } });
    const work = vi.fn<() => Promise<never>>(() => Promise.reject(new Error('no')));
    await expect(new Lock('tabs').run(work)).rejects.toThrow('no');
    expect(work).toHaveBeenCalledOnce();
  });
});
