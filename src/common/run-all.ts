/**
 * Runs every step in order, even if earlier ones fail: one resource that cannot be released must not block the others.
 * @throws the error of the first failed step
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
