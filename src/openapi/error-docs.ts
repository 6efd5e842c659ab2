import { CATALOGUE } from '../capabilities.js';

/** The table in `docs/errors.md`: every code of the core's API, by status. */
export function toErrorTable(): string {
  const rows = Object.entries(CATALOGUE.errors)
    .toSorted(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, title, advice }]) => `| ${status} | \`${code}\` | ${title} | ${advice} |`);
  return ['| status | code | what it means | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
