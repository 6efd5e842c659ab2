// Measures in interleaved rounds: every entrant has a turn in each round, so that a slow phase of the machine affects all of them.
import { load } from './load.mjs';
import { median, percentile } from '../statistics.mjs';

/**
 * Measures a workload.
 * @param timing { rounds, warmUpSeconds, seconds, awake } of each turn
 * @returns list of { label, perSecond, p50, p99, cpu, databaseCpu, turns }: medians over the rounds; times in ms, processor times in µs per
 *   request (NaN where the system does not report them), `turns` the figures of each round
 */
export async function measure(entrants, { rounds, warmUpSeconds, seconds, awake }, postgres) {
  for (const entrant of entrants) await takeTurn(entrant, { seconds: warmUpSeconds, awake }, postgres);
  const turns = entrants.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < entrants.length; i += 1) {
      // Each round begins with another entrant, because the first one runs on a cooler machine.
      const index = (i + round) % entrants.length;
      turns[index].push(await takeTurn(entrants[index], { seconds, awake }, postgres));
    }
  }
  return entrants.map(({ label }, i) => ({ label, ...mediansOf(turns[i]), turns: turns[i] }));
}

async function takeTurn({ subject, lanes, next, onAnswer, settle, run }, { seconds, awake }, postgres) {
  const backendsBefore = await postgres.backends(subject.database);
  const { cpu: cpuBefore } = await subject.server.usage();
  const done = run === undefined ? await load(subject.server.origin, { lanes, seconds, next, onAnswer, awake }) : await run(seconds);
  await settle?.();
  const { cpu: cpuAfter } = await subject.server.usage();
  const backendsAfter = await postgres.backends(subject.database);
  const count = done.count ?? done.latencies.length;
  // A backend that started during the turn began at zero.
  const database = [...backendsAfter].reduce((sum, [pid, used]) => sum + used - (backendsBefore.get(pid) ?? 0), 0);
  return {
    perSecond: count / done.seconds,
    p50: percentile(done.latencies ?? [], 0.5),
    p99: percentile(done.latencies ?? [], 0.99),
    cpu: (cpuAfter - cpuBefore) / count,
    databaseCpu: database / count,
  };
}

function mediansOf(turns) {
  return Object.fromEntries(Object.keys(turns[0]).map((figure) => [figure, median(turns.map((turn) => turn[figure]))]));
}
