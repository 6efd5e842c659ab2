import { setTimeout as wait } from 'node:timers/promises';

const STEP_MS = 10;

/**
 * When a wait is given up, ms. It only keeps a test from hanging: a busy machine may take a minute for anything, and how soon something
 * happens is measured by the scripts in `bench`.
 */
export const PATIENCE_MS = 120_000;

/** The same for what one node tells another, ms: below the 30 s after which nodes look for what they were not told. */
export const TOLD_MS = 25_000;

/** Asks until there is an answer (anything but undefined); fails after `deadlineMs`. */
export async function poll<T>(what: string, ask: () => Promise<T | undefined> | T | undefined, deadlineMs = PATIENCE_MS): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`Waited ${deadlineMs} ms in vain for ${what}`);
    await wait(STEP_MS);
  }
}
