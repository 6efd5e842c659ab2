import { withDeadline } from './deadline.js';
import { ok } from './result.js';

/** Longest wait, ms. */
const SOON_MS = 1_000;

/** Waits a moment for what follows an answer. It happens all the same when it takes longer, only after the answer is told. */
export async function soon(work: Promise<unknown> | undefined, signal: AbortSignal | undefined): Promise<void> {
  await withDeadline(SOON_MS, signal, async () => ok(await work));
}
