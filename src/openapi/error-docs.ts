import { CATALOGUE } from '../capabilities.js';

/** The table in `docs/errors.md` of the rules that a field can break, in the order of the alphabet. */
export function toRuleTable(): string {
  const rows = Object.entries(CATALOGUE.rules)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([rule, sentence]) => `| \`${rule}\` | ${sentence} |`);
  return ['| rule | what is wrong |', '| --- | --- |', ...rows].join('\n');
}

/** The table in `docs/errors.md`: every code of the core's API, by status. */
export function toErrorTable(): string {
  const rows = Object.entries(CATALOGUE.errors)
    .toSorted(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, title, advice }]) => `| ${status} | \`${code}\` | ${title} | ${advice} |`);
  return ['| status | code | what it means | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
