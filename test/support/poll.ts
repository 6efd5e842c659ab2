import { setTimeout as wait } from 'node:timers/promises';

const STEP_MS = 10;

/** Asks until there is an answer (anything but undefined); fails after `deadlineMs`. */
export async function poll<T>(what: string, ask: () => Promise<T | undefined> | T | undefined, deadlineMs = 5_000): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`Waited ${deadlineMs} ms in vain for ${what}`);
    await wait(STEP_MS);
  }
}
