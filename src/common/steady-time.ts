import { setTimeout as wait } from 'node:timers/promises';

/**
 * Step of the answer times of requests that must not tell whether an account exists, ms; well above what a mail costs to queue.
 * Where a password is hashed on the way, the step has to be longer.
 */
export const ANSWER_STEP_MS = 50;

/**
 * Runs `work` and settles only at the next full multiple of `stepMs` after the start, so that how long an answer takes does not
 * tell how much there was to do.
 */
export async function atSteadyTime<T>(stepMs: number, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    const elapsed = performance.now() - start;
    await wait(Math.ceil(elapsed / stepMs) * stepMs - elapsed);
  }
}
