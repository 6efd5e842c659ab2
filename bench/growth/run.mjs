// Measures whether every operation is as fast with a million accounts and ten million sessions as with a thousand accounts. Promised: at
// most 1.5 times as slow.
//
//   npm run build && node bench/growth/run.mjs [accounts …] [--rounds 200] [--only TEXT] [--plans FILE] [--no-purge]
//
// The script starts its own PostgreSQL, or creates databases on the server of DATABASE_URL, whose user must be allowed to do so, and drops
// them at the end. It creates one database and one server for each number of accounts: 1,000, 100,000 and 1,000,000 unless the arguments
// name others. Each account has ten sessions, and other rows are in proportion. The servers are measured in turns. After that, millions of
// old sessions are purged under load. With --plans each statement of each operation runs under `auto_explain` at the largest size: the
// plans are written to the file, and scanning a large table is a failure. This option needs the script's own PostgreSQL.
import { parseArgs } from 'node:util';
import { run } from '../reliability/stage.mjs';
import { percentile } from '../statistics.mjs';
import { OPERATIONS, perform } from './operations.mjs';
import { checkPlans } from './plans.mjs';
import { purgeUnderLoad } from './purges.mjs';
import { SESSIONS_PER_ACCOUNT } from './seed.mjs';
import { Side } from './side.mjs';

const PROMISED_RATIO = 1.5;
/** Smaller differences are noise, ms. */
const NOISE_MS = 1;
const LIMIT_SECONDS = 2 * 3_600;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    plans: { type: 'string' },
    'no-purge': { type: 'boolean', default: false },
  },
});
const sizes = (positionals.length === 0 ? [1_000, 100_000, 1_000_000] : positionals.map(Number)).toSorted((a, b) => a - b);
const rounds = Number(options.rounds);
const warmUpRounds = Math.ceil(rounds / 10);
if (sizes.some((size) => !Number.isInteger(size) || size < 1_000)) throw new Error('Numbers of accounts are whole numbers from 1000 up');
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 500) throw new Error('--rounds is a whole number from 1 to 500');
if (options.plans !== undefined && process.env.DATABASE_URL !== undefined)
  throw new Error('--plans takes a PostgreSQL of its own: unset DATABASE_URL');
const operations = Object.entries(OPERATIONS).filter(([name]) => name.includes(options.only));

/** Median durations of an operation at each size; the sizes are measured in turns. */
async function measure(sides, operation) {
  const times = sides.map(() => []);
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    for (const [index, side] of sides.entries()) {
      const ms = await perform(operation, side, await side.person());
      if (round >= warmUpRounds) times[index].push(ms);
    }
  }
  return times.map((each) => percentile(each, 0.5));
}

await run(
  `Growth: ${sizes.map((size) => `${size} accounts and ${size * SESSIONS_PER_ACCOUNT} sessions`).join(', ')}`,
  LIMIT_SECONDS,
  async (stage) => {
    const sides = sizes.map((accounts) => new Side(stage, accounts));
    for (const side of sides) {
      const { rows, took, seconds, bytes } = await side.fill();
      const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
      console.log(
        `${side.accounts} accounts: ${total} rows in ${seconds.toFixed(1)} s (${Math.round(total / seconds)}/s; users ${took.users.toFixed(1)} s, sessions ${took.sessions.toFixed(1)} s), ${(bytes / 2 ** 20).toFixed(0)} MiB`,
      );
    }
    for (const side of sides) await side.start();
    const largest = sides.at(-1);
    for (const [name, operation] of operations) {
      const medians = await measure(sides, operation);
      const worst = Math.max(...medians.slice(1));
      const good = worst <= medians[0] * PROMISED_RATIO || worst - medians[0] < NOISE_MS;
      const figures = medians.map((ms, index) => `${sizes[index]}: ${ms.toFixed(2)} ms`).join('  ');
      const excuse = good || operation.grows === undefined ? '' : ` (no promise: ${operation.grows})`;
      stage.check(name.padEnd(38), good || excuse !== '', `${figures}  ×${(medians.at(-1) / medians[0]).toFixed(2)}${excuse}`);
    }
    if (!options['no-purge']) await purgeUnderLoad(stage, largest);
    if (options.plans !== undefined) await checkPlans(stage, largest, operations, options.plans);
  },
  { postgresUrl: process.env.DATABASE_URL },
);
