/**
 * Runs every step, in order, whatever becomes of those before it: what one cannot let go of must not keep others.
 * @throws what the first of the failed steps threw
 */
export async function runAll(steps: Iterable<() => unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
