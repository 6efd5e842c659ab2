/**
 * How long this process has computed meanwhile, ms. Unlike the time on the clock it does not grow with what other processes do, so
 * that limits on the work which hostile input causes can be tight.
 */
export async function cpuTimeOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
