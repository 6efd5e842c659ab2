// Judges the samples of a soak: the last third against the middle third. The first one is for warming up.
import { percentile } from '../../statistics.mjs';
import { MAX_CONNECTIONS } from './latchkey.mjs';

/** In a shorter run memory has not settled. */
const JUDGED_FROM_MINUTES = 10;
/** A transaction of a request waits 0.5 s for a lock and 10 s for a statement; the ordinary ones are over in milliseconds. */
const MAX_TRANSACTION_SECONDS = 5;
/** Rises above these are no noise. */
const FLAT = { rssMib: 1.05, heapMib: 1.1, descriptors: 1.1, connections: 1.1 };
/** Tables are extended by up to 64 pages at a time (PostgreSQL's bufmgr), and so is each of their indexes: smaller growth is not judged. */
const JUDGED_GROWTH_BYTES = 2 * 2 ** 20;
const MAX_GROWTH_RATIO = 1.5;
/** Autovacuum begins at a fifth of the rows, and 50; it looks once a minute. */
const MAX_DEAD = (live) => live * 0.25 + 1_000;
/** So many of the largest tables are shown. */
const SHOWN_TABLES = 10;
const MIB = 2 ** 20;

const FIGURES = {
  rssMib: 'memory of the server (RSS), MiB',
  heapMib: 'heap used, MiB',
  externalMib: 'memory outside the heap, MiB',
  loopMs: 'event loop delay p99, ms',
  descriptors: 'open descriptors',
  connections: 'connections to PostgreSQL',
  answers: 'answers in a sample',
  p50: 'answer time p50, ms',
  p99: 'answer time p99, ms',
  databaseMib: 'database, MiB',
};

export function judge(stage, samples, crowd, { minutes, rate }) {
  const size = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(-2 * size, -size), samples.slice(-size)];
  const [first, final] = [samples[0], samples.at(-1)];
  printFigures(samples, middle, last);
  const tables = tableGrowth(first, middle, last);
  printTables(tables);
  printActs(crowd);

  const statuses = sumStatuses(samples);
  console.log(`\nAnswers by status: ${JSON.stringify(statuses)}; the load was held back ${crowd.held} times`);
  stage.check('autovacuum is on', final.autovacuum === 'on');
  stage.check(
    'no answer is 5xx',
    Object.keys(statuses).every((status) => Number(status) < 500 && Number(status) > 0),
  );
  stage.check('every answer is the expected one', crowd.wrong.length === 0, crowd.wrong.slice(0, 5).join('; '));
  stage.check(`${rate} requests/s were sent`, crowd.sent >= 0.98 * rate * minutes * 60, `${(crowd.sent / minutes / 60).toFixed(1)}/s`);
  const most = Math.max(...samples.map(({ connections }) => connections));
  stage.check(`never more than ${MAX_CONNECTIONS} connections`, most <= MAX_CONNECTIONS, `${most}`);
  const oldest = Math.max(...samples.map(({ oldestTransactionSeconds }) => oldestTransactionSeconds));
  stage.check(`no transaction stays open for ${MAX_TRANSACTION_SECONDS} s`, oldest < MAX_TRANSACTION_SECONDS, `${oldest.toFixed(1)} s`);
  for (const { name, live, dead } of tables)
    if (dead > MAX_DEAD(live)) stage.check(`${name} is vacuumed`, false, `${dead} dead rows, ${live} live`);
  if (minutes < JUDGED_FROM_MINUTES) return console.log(`      Memory and growth are judged from ${JUDGED_FROM_MINUTES} min on`);
  for (const [figure, limit] of Object.entries(FLAT)) {
    const ratio = mean(last, figure) / mean(middle, figure);
    stage.check(`${FIGURES[figure]}: flat`, ratio <= limit, percent(ratio));
  }
  for (const { name, bytesPerRow, judged } of tables)
    if (judged) stage.check(`${name} grows with the rows written`, bytesPerRow.last <= bytesPerRow.middle * MAX_GROWTH_RATIO);
}

/** For each table: its size, what was written, and what it grew by for each row written. */
function tableGrowth(first, middle, last) {
  const final = last.at(-1).tables;
  const bounds = { middle: [middle[0], last[0]], last: [last[0], last.at(-1)] };
  const known = (sample, name) => sample.tables[name] ?? { tableBytes: 0, indexBytes: 0, inserted: 0, updated: 0, deleted: 0, vacuums: 0 };
  const bytes = ({ tableBytes, indexBytes }) => tableBytes + indexBytes;
  return Object.keys(final)
    .map((name) => {
      const [from, to] = [known(first, name), final[name]];
      const growth = Object.entries(bounds).map(([third, [a, b]]) => {
        const [before, after] = [known(a, name), known(b, name)];
        const written = after.inserted + after.updated - before.inserted - before.updated;
        return { third, grown: bytes(after) - bytes(before), perRow: written === 0 ? 0 : (bytes(after) - bytes(before)) / written };
      });
      return {
        name,
        ...to,
        startBytes: bytes(from),
        endBytes: bytes(to),
        inserted: to.inserted - from.inserted,
        updated: to.updated - from.updated,
        deleted: to.deleted - from.deleted,
        vacuums: to.vacuums - from.vacuums,
        bytesPerRow: Object.fromEntries(growth.map(({ third, perRow }) => [third, perRow])),
        judged: growth.some(({ grown }) => grown > JUDGED_GROWTH_BYTES),
      };
    })
    .toSorted((a, b) => b.endBytes - a.endBytes);
}

function printFigures(samples, middle, last) {
  const rows = Object.entries(FIGURES).map(([figure, title]) => {
    const all = samples.slice(1).map((sample) => sample[figure]);
    const [a, b] = [mean(middle, figure), mean(last, figure)];
    return [title, samples[1][figure].toFixed(1), a.toFixed(1), b.toFixed(1), percent(b / a), Math.max(...all).toFixed(1)];
  });
  print(['', 'start', 'middle third', 'last third', 'change', 'highest'], rows);
}

function printTables(tables) {
  const mib = (bytes) => (bytes / MIB).toFixed(1);
  const rows = tables
    .slice(0, SHOWN_TABLES)
    .map(({ name, startBytes, endBytes, indexBytes, inserted, updated, deleted, bytesPerRow, dead, vacuums }) => [
      name,
      mib(startBytes),
      mib(endBytes),
      mib(indexBytes),
      `${inserted} / ${updated} / ${deleted}`,
      `${bytesPerRow.middle.toFixed(0)}, ${bytesPerRow.last.toFixed(0)}`,
      dead,
      vacuums,
    ]);
  print(
    [
      'table',
      'MiB before',
      'after',
      'its indexes',
      'rows added / changed / deleted',
      'bytes grown per row, middle, last',
      'dead',
      'autovacuums',
    ],
    rows,
  );
}

function printActs({ times }) {
  const rows = [...times].map(([act, each]) => [act, each.length, ...[0.5, 0.99, 1].map((share) => percentile(each, share).toFixed(1))]);
  print(['request', 'times', 'p50 ms', 'p99', 'slowest'], rows);
}

function print(head, rows) {
  console.log(`\n${[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`);
}

function sumStatuses(samples) {
  const sums = {};
  for (const { statuses } of samples) for (const [status, count] of Object.entries(statuses)) sums[status] = (sums[status] ?? 0) + count;
  return sums;
}

function mean(samples, figure) {
  return samples.reduce((sum, sample) => sum + sample[figure], 0) / samples.length;
}

function percent(ratio) {
  return `${ratio >= 1 ? '+' : '−'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
}
