import { setTimeout as wait } from 'node:timers/promises';

const STEP_MS = 10;

/**
 * When a wait fails, ms. It only keeps a test from hanging, because anything may take a minute on a busy machine. The scripts in `bench`
 * measure how fast things happen.
 */
export const PATIENCE_MS = 120_000;

/** The same for messages between nodes, ms: less than the 30 s after which nodes poll for messages that they missed. */
export const TOLD_MS = 25_000;

/** Calls `ask` until it returns anything but undefined; throws after `deadlineMs`. */
export async function poll<T>(what: string, ask: () => Promise<T | undefined> | T | undefined, deadlineMs = PATIENCE_MS): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`Waited ${deadlineMs} ms in vain for ${what}`);
    await wait(STEP_MS);
  }
}
