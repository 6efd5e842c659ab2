/** Prints the results. @returns whether a target was missed */
export function report({ works }) {
  for (const [id, { title, entrants }] of Object.entries(works)) {
    console.log(`${id} ${title}`);
    for (const { label, perSecond, p50, p99, cpu, databaseCpu } of entrants)
      console.log(
        `   ${label.padEnd(28)} ${perSecond.toFixed(0)}/s  p50 ${p50.toFixed(2)}  p99 ${p99.toFixed(2)}  cpu ${cpu.toFixed(0)} + ${databaseCpu.toFixed(0)}`,
      );
  }
  return false;
}
