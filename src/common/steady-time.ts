import { setTimeout as wait } from 'node:timers/promises';

/**
 * Step of the answer times of requests that must not reveal whether an account exists, ms. It is well above the time needed to queue a
 * mail. Requests that hash a password need a longer step.
 */
export const ANSWER_STEP_MS = 50;

/**
 * Runs `work` and settles only at the next full multiple of `stepMs` after the start, so that the answer time does not reveal how much work
 * was done.
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
