// Prints the results and writes them, with their plot, to docs/performance.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { plot } from './plot.mjs';
import { figureTables, machineTable, targetsTable } from './tables.mjs';
import { judge } from './targets.mjs';

const PAGE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const PLOT = fileURLToPath(new URL('../../docs/performance.svg', import.meta.url));

/** Prints the results; `write` also updates the documentation. @returns whether no target was missed */
export function report(results, { write }) {
  for (const table of [...figureTables(results), targetsTable(results)]) console.log(`\n${toText(table)}`);
  const count = (verdict) => judge(results).filter((target) => target.verdict === verdict).length;
  console.log(`\n${count('met')} met, ${count('missed')} missed, ${count('not measured')} not measured`);
  if (write) {
    writeFileSync(PAGE, intoPage(readFileSync(PAGE, 'utf8'), results));
    writeFileSync(PLOT, plot(results));
  }
  return count('missed') === 0;
}

/** The page with these results between its two markers; everything else stays unchanged. */
export function intoPage(page, results) {
  const tables = [targetsTable(results), ...figureTables(results), machineTable(results)].map(toMarkdown).join('\n\n');
  const [before, after] = [page.indexOf('<!-- measured -->\n'), page.indexOf('\n<!-- /measured -->')];
  if (before === -1 || after < before)
    throw new Error('docs/performance.md has no place for figures: <!-- measured --> … <!-- /measured -->');
  return `${page.slice(0, before)}<!-- measured -->\n\n${tables}\n${page.slice(after)}`;
}

function toText({ title, head, rows }) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row) =>
    `  ${row.map((cell, column) => (isNumeric(rows, column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ')}`;
  return [title, ...[head, ...rows].map(line)].map((text) => text.trimEnd()).join('\n');
}

function toMarkdown({ title, head, rows }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (isNumeric(rows, column) ? '---:' : '---'));
  return [`### ${title}`, '', line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Whether a column contains numbers and is aligned right. */
function isNumeric(rows, column) {
  return rows.every((row) => /^[≤≥]? ?(\d|–|more than \d)/.test(row[column]));
}
