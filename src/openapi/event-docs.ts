import { CATALOGUE } from '../capabilities.js';
import { isPublic } from '../common/event-row.js';

/** The table in `docs/events.md`: every action of the audit log, by name. */
export function toEventTable(): string {
  const rows = Object.entries(CATALOGUE.events)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, row]) => `| \`${action}\` | ${row.says} | ${isPublic(row) ? 'yes' : `no: ${row.internal}`} |`);
  return ['| action | what happened | told by webhooks |', '| --- | --- | --- |', ...rows].join('\n');
}
