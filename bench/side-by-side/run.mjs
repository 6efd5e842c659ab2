// Measures Latchkey beside the products that a team would choose instead, and beside the cost of its parts alone.
//
//   npm run bench                 about 15 minutes; writes docs/performance.md and its plot
//   npm run bench -- --quick      3 minutes on two cores; prints the same and writes nothing
//   npm run bench -- --only W3    one workload
//
// Needs nothing but npm, because PostgreSQL is the embedded one. It uses all processors: figures from a busy machine are worthless.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withEnds } from './ends.mjs';

/** Parts that can be measured alone. */
const PARTS = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'R9', 'cost'];

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
if (values.only !== undefined && !PARTS.includes(values.only)) {
  console.error(`--only takes one of ${PARTS.join(', ')}`);
  process.exit(2);
}
const root = fileURLToPath(new URL('../..', import.meta.url));
const npm = (...args) => execFileSync('npm', args, { cwd: root, stdio: 'inherit' });

const installed = `${root}/bench/node_modules/.package-lock.json`;
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(`${root}/bench/package-lock.json`).mtimeMs)
  npm('ci', '--prefix', 'bench', '--no-progress');
npm('run', '--silent', 'build');

// Imported late: its packages have only just been installed and built.
const { bench } = await import('./bench.mjs');
const { report } = await import('./report.mjs');
const results = await withEnds((ends) => bench(ends, { quick: values.quick, only: values.only }));
const kept = report(results, { write: !values.quick && values.only === undefined });
process.exit(kept ? 0 : 1);
