import { setTimeout as wait } from 'node:timers/promises';

/** Waits for `ms` milliseconds, or until `signal` is aborted. The timer does not keep the process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal, ref: false });
  } catch {
    // Aborted: the pause ends early, which is not an error.
  }
}
