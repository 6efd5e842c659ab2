// The results as tables: lists of { title, head, rows } that contain only strings.
import { fraction, number, quantity } from './numbers.mjs';
import { PATIENCE_MS } from './subjects/subject.mjs';
import { judge } from './targets.mjs';

const MB = 1e6;

/** The targets with their verdicts. */
export function targetsTable(results) {
  const rows = judge(results).map(({ of, what, atMost, atLeast, unit, figure, verdict }) => {
    // A limit such as 1/15 is easier to compare with a fraction.
    const write = atMost > 0 && atMost < 0.5 ? fraction : (value) => quantity(value, unit);
    const limit = atMost === undefined ? `≥ ${write(atLeast)}` : `≤ ${write(atMost)}`;
    return [of, what, limit, write(figure), verdict === 'missed' ? 'MISSED' : verdict];
  });
  return { title: 'Targets', head: ['', 'figure', 'target', 'measured', 'verdict'], rows };
}

/** Every figure that was measured. */
export function figureTables({ works, signOut, overload, costs }) {
  return [
    ...Object.entries(works).map(([id, { title, entrants }]) => ({
      title: `${id}: ${title}`,
      head: ['', 'requests/s', 'p50, ms', 'p99, ms', 'server CPU, µs', 'PostgreSQL CPU, µs'],
      rows: entrants.map((entrant) => [
        entrant.label,
        ...['perSecond', 'p50', 'p99', 'cpu', 'databaseCpu'].map((figure) => number(entrant[figure])),
      ]),
    })),
    ...(signOut === undefined ? [] : [signOutTable(signOut)]),
    ...(overload === undefined ? [] : [overloadTable(overload)]),
    ...(costs === undefined ? [] : [costsTable(costs)]),
  ];
}

/** The machine and the versions that were measured. */
export function machineTable({ date, machine, postgres, versions }) {
  const list = (values) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  return {
    title: 'Measured on',
    head: ['date', date],
    rows: [
      ['machine', `${machine.cores} cores of ${machine.processor}, ${number(machine.memory / 2 ** 30, 2)} GiB, ${machine.system}`],
      ['Node.js', machine.node],
      ['PostgreSQL', list(postgres).replace('server_version ', '')],
      ['versions', list(versions)],
    ],
  };
}

function signOutTable(subjects) {
  return {
    title: 'W6: how long an access token works after its sign-out',
    head: ['', 'same node, p50', 'p99', 'other node, p50', 'p99'],
    rows: subjects.map(({ label, same, other = [] }) => [label, ...[same[0], same[1], other[0], other[1]].map(delay)]),
  };
}

function delay(ms) {
  return ms === Number.POSITIVE_INFINITY ? `more than ${PATIENCE_MS / 1_000} s` : quantity(ms, 'ms');
}

function overloadTable({ quiet, busy }) {
  return {
    title: 'R9: Latchkey\'s "who am I", 100 times a second',
    head: ['', 'p50, ms', 'p99, ms'],
    rows: [
      ['nothing else to do', number(quiet.p50), number(quiet.p99)],
      ['64 sign-ins in flight', number(busy.p50), number(busy.p99)],
    ],
  };
}

function costsTable(costs) {
  return {
    title: 'Footprint at idle',
    head: ['', 'start to first 200, s', 'memory then, MB', 'memory after load, MB', 'install, MB', 'of that read by a server, MB'],
    rows: costs.map(({ label, start, rssAfterLoad, installed }) => [
      label,
      number(start.ms / 1_000),
      ...[start.rss, rssAfterLoad, installed.all, installed.read].map((bytes) => number(bytes / MB)),
    ]),
  };
}
