// Checks the plans of all statements that the operations cause. PostgreSQL logs them, including those of triggers and foreign keys.
import { createReadStream, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { perform } from './operations.mjs';
import { makeOldRows, purgeSome } from './purges.mjs';

/** How often each operation runs: PostgreSQL may use a generic plan for a prepared statement from its sixth execution on. */
const TIMES = 8;
/**
 * A table with more rows is large: scanning it whole is a failure. It is also the maximum number of rows that a node of a plan may visit.
 */
const LARGE_ROWS = 10_000;

const SETTINGS = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
};

/** Runs each operation again at one size, writes the plans to a file, and fails if a statement scans a large table. */
export async function checkPlans(stage, side, operations, file) {
  const log = join(stage.postgres.dataDir, 'postgres.log');
  const sized = await side.rows(`SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND reltuples > $1`, [LARGE_ROWS]);
  const large = new Set(sized.map(({ name }) => name));
  const database = new URL(side.url).pathname.slice(1);
  for (const [name, value] of Object.entries(SETTINGS)) await side.rows(`ALTER DATABASE ${database} SET ${name} = '${value}'`);
  await side.node.end();
  await side.start();

  const pages = [`Plans with ${side.accounts} accounts; of each kind the one that read most.\n`];
  let statements = 0;
  let troubles = 0;
  const note = async (name, work, grows) => {
    const from = statSync(log).size;
    await work();
    const found = fold(await readPlans(log, from));
    pages.push(`\n# ${name}\n`);
    for (const { text, plan, count, blocks } of found.values()) {
      statements += 1;
      const problems = [...new Set(nodesOf(plan).flatMap((node) => problemsOf(node, large)))];
      pages.push(`\n${text}\n-- ${count} times, ${blocks} blocks\n${draw(plan)}${problems.map((problem) => `!! ${problem}\n`).join('')}`);
      if (problems.length > 0) {
        troubles += 1;
        stage.check(`plans of "${name}"`, grows !== undefined, `${problems.slice(0, 3).join('; ')}: ${text.slice(0, 200)}`);
      }
    }
  };
  for (const [name, operation] of operations) {
    const work = async () => {
      for (let time = 0; time < TIMES; time += 1) await perform(operation, side, await side.person());
    };
    await note(name, work, operation.grows);
  }
  await makeOldRows(side);
  await note('deleting what is old', () => purgeSome(side));
  writeFileSync(file, pages.join(''));
  console.log(`      ${statements} plans of ${operations.length} operations in ${file}, ${troubles} with trouble`);
}

/** Reads the statements and plans that PostgreSQL logged after the offset `from`. */
async function readPlans(log, from) {
  const found = [];
  let json;
  const finish = () => {
    if (json === undefined) return;
    const { 'Query Text': text, Plan: plan } = JSON.parse(json.join('\n'));
    found.push({ text: text.replaceAll(/\s+/g, ' ').trim(), plan });
    json = undefined;
  };
  for await (const line of createInterface({ input: createReadStream(log, { start: from }) })) {
    if (json !== undefined && line.startsWith('\t')) json.push(line.slice(1));
    else {
      finish();
      if (/ LOG: {2}duration: .* plan:$/.test(line)) json = [];
    }
  }
  finish();
  return found;
}

/** Keeps one plan for each statement and shape of plan: the one that read the most blocks. */
function fold(plans) {
  const kinds = new Map();
  for (const { text, plan } of plans) {
    const form = [text, ...nodesOf(plan).flatMap((node) => [node['Node Type'], node['Relation Name'], node['Index Name']])].join(' ');
    const blocks = blocksOf(plan);
    const kind = kinds.get(form);
    if (kind === undefined) kinds.set(form, { text, plan, blocks, count: 1 });
    else {
      kind.count += 1;
      if (blocks > kind.blocks) Object.assign(kind, { plan, blocks });
    }
  }
  return kinds;
}

function problemsOf(node, large) {
  const { 'Node Type': type, 'Relation Name': table, 'Actual Loops': loops = 0 } = node;
  const rows = ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) * loops;
  // A sequential scan that stopped early, for example because of a LIMIT, did not read the whole table.
  if (type === 'Seq Scan' && large.has(table) && rows > LARGE_ROWS / 2) return [`reads all of ${table}`];
  return rows > LARGE_ROWS ? [`${type} looks at ${Math.round(rows)} rows`] : [];
}

const nodesOf = (plan) => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
const blocksOf = (plan) => (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);

function draw(node, depth = 0) {
  const on = [node['Index Name'] && `using ${node['Index Name']}`, node['Relation Name'] && `on ${node['Relation Name']}`]
    .filter(Boolean)
    .join(' ');
  const removed = node['Rows Removed by Filter'] ? `, ${node['Rows Removed by Filter']} filtered out` : '';
  const facts =
    node['Actual Loops'] === 0
      ? 'never executed'
      : `${node['Actual Rows']} rows × ${node['Actual Loops']}${removed}, ${blocksOf(node)} blocks`;
  const condition = node['Index Cond'] ? ` [${node['Index Cond']}]` : '';
  const line = `${'  '.repeat(depth + 1)}${node['Node Type']} ${on}${on ? ' ' : ''}(${facts})${condition}\n`;
  return line + (node.Plans ?? []).map((child) => draw(child, depth + 1)).join('');
}
