/**
 * The processor time of this process during `work`, ms. Unlike elapsed time, it does not depend on other processes, so limits on the work
 * that hostile input causes can be tight.
 */
export async function cpuTimeOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Times that the work is repeated. */
const RUNS = 5;

/**
 * The same of the quickest of a few runs, for work that can be repeated: collecting garbage, compiling and other threads of this process
 * take processor time, too, but not in each of them.
 */
export async function leastCpuTimeOf(work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run += 1) least = Math.min(least, await cpuTimeOf(work));
  return least;
}
