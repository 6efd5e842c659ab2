import { CATALOGUE } from '../capabilities.js';

/** The table in `docs/events.md`: every action of the audit log, by name. */
export function toEventTable(): string {
  const rows = Object.entries(CATALOGUE.events)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, sentence]) => `| \`${action}\` | ${sentence} |`);
  return ['| action | what happened |', '| --- | --- |', ...rows].join('\n');
}
