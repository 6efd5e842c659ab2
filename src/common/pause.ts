import { setTimeout as wait } from 'node:timers/promises';

/** Waits for so many ms, or until `signal` is aborted. Keeps no process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal, ref: false });
  } catch {
    // Aborted: it is over early, which is no failure.
  }
}
