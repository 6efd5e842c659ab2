// Latchkey's targets, each computed from the figures of one run. Most are ratios, so that they mean the same on every machine.
import { median } from '../statistics.mjs';

const LATCHKEY = 'Latchkey';
const MB = 1e6;

/** Figures of an entrant, for `ratio`. */
const perSecond = (entrant) => entrant.perSecond;
const p50 = (entrant) => entrant.p50;
const cpu = (entrant) => entrant.cpu;
const allCpu = (entrant) => entrant.cpu + entrant.databaseCpu;

/** `figure(results)` is NaN or undefined if it was not measured; `atMost` or `atLeast` is the limit in `unit` (× is a ratio). */
export const TARGETS = [
  {
    of: 'W1 sign-up',
    what: 'requests/s, mail queued, of Argon2id alone',
    figure: roundRatio('W1', 'Argon2id alone', 'Latchkey, mail queued'),
    atLeast: 0.7,
    unit: '×',
  },
  { of: 'W2 sign-in', what: 'requests/s, of Argon2id alone', figure: roundRatio('W2', 'Argon2id alone'), atLeast: 0.75, unit: '×' },
  {
    of: 'W2 sign-in',
    what: 'requests/s, of better-auth with the same Argon2id',
    figure: ratio('W2', perSecond, LATCHKEY, 'better-auth (argon2id)'),
    atLeast: 1.3,
    unit: '×',
  },
  { of: 'W3 who am I', what: 'CPU, of raw Fastify', figure: ratio('W3', cpu, LATCHKEY, 'Fastify'), atMost: 5, unit: '×' },
  { of: 'W3 who am I', what: 'CPU, of better-auth', figure: ratio('W3', cpu, LATCHKEY, 'better-auth'), atMost: 1 / 15, unit: '×' },
  {
    of: 'W3 who am I',
    what: 'CPU, of better-auth with its cookie cache',
    figure: ratio('W3', cpu, LATCHKEY, 'better-auth (cookie-cache)'),
    atMost: 1 / 8,
    unit: '×',
  },
  { of: 'W3 who am I', what: 'CPU, of parse-server', figure: ratio('W3', cpu, LATCHKEY, 'parse-server'), atMost: 1 / 7, unit: '×' },
  {
    of: 'W3 verify only',
    what: 'CPU, of raw Fastify',
    figure: ratio('W3', cpu, 'Latchkey, verify only', 'Fastify'),
    atMost: 2.5,
    unit: '×',
  },
  {
    of: 'W4 refresh',
    what: 'CPU with PostgreSQL, of better-auth extending a session',
    figure: ratio('W4', allCpu, LATCHKEY, 'better-auth (refresh)'),
    atMost: 1 / 6,
    unit: '×',
  },
  {
    of: 'W4 refresh',
    what: 'CPU with PostgreSQL, of Fastify and one commit',
    figure: ratio('W4', allCpu, LATCHKEY, 'Fastify + commit'),
    atMost: 2.5,
    unit: '×',
  },
  {
    of: 'W5 list',
    what: 'p50 of the deep page, of the first page',
    figure: ratio('W5', p50, 'Latchkey, deep page', 'Latchkey, first page'),
    atMost: 1.3,
    unit: '×',
  },
  ...[
    ['first page', 20],
    ['deep page', 40],
  ].map(([page, atLeast]) => ({
    of: 'W5 list',
    what: `requests/s of the ${page}, of better-auth`,
    figure: ratio('W5', perSecond, `Latchkey, ${page}`, `better-auth, ${page}`),
    atLeast,
    unit: '×',
  })),
  { of: 'W6 sign-out', what: 'p99 until the same node refuses', figure: (results) => signOut(results)?.same[1], atMost: 0, unit: 'ms' },
  { of: 'W6 sign-out', what: 'p99 until another node refuses', figure: (results) => signOut(results)?.other[1], atMost: 100, unit: 'ms' },
  {
    of: 'R9 overload',
    what: 'p99 of who am I, 64 sign-ins in flight',
    figure: ({ overload }) => overload?.busy.p99,
    atMost: 25,
    unit: 'ms',
  },
  {
    of: 'R9 overload',
    what: 'the same, of its quiet p99',
    figure: ({ overload }) => overload && overload.busy.p99 / overload.quiet.p99,
    atMost: 2,
    unit: '×',
  },
  { of: 'cost', what: 'start to the first 200', figure: (results) => cost(results)?.start.ms / 1_000, atMost: 1, unit: 's' },
  { of: 'cost', what: 'memory after load', figure: (results) => cost(results)?.rssAfterLoad / MB, atMost: 150, unit: 'MB' },
  { of: 'cost', what: 'node_modules of the image', figure: (results) => cost(results)?.installed.read / MB, atMost: 120, unit: 'MB' },
];

/** @returns for each target { of, what, atMost, atLeast, unit, figure, verdict: 'met', 'missed' or 'not measured' } */
export function judge(results) {
  return TARGETS.map((target) => {
    const figure = target.figure(results) ?? Number.NaN;
    const kept = target.atMost === undefined ? figure >= target.atLeast : figure <= target.atMost;
    return { ...target, figure, verdict: Number.isNaN(figure) ? 'not measured' : kept ? 'met' : 'missed' };
  });
}

/** A figure of one entrant divided by the same figure of another one; both are medians over the rounds. */
function ratio(work, figure, label, other) {
  return (results) => {
    const [one, two] = [entrant(results, work, label), entrant(results, work, other)];
    return one && two && figure(one) / figure(two);
  };
}

/**
 * Latchkey's requests/s divided by another entrant's, round by round: workloads on all cores depend most on the momentary speed of the
 * machine.
 */
function roundRatio(work, other, ours = LATCHKEY) {
  return (results) => {
    const [one, two] = [entrant(results, work, ours), entrant(results, work, other)];
    return one && two && median(one.turns.map((turn, round) => turn.perSecond / two.turns[round].perSecond));
  };
}

function entrant({ works }, work, label) {
  return works[work]?.entrants.find((each) => each.label === label);
}

function signOut({ signOut: subjects }) {
  return subjects?.find(({ label }) => label === LATCHKEY);
}

function cost({ costs }) {
  return costs?.find(({ label }) => label === LATCHKEY);
}
