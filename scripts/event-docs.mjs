// Writes the table of events in docs/events.md from what the capabilities declare (after `npm run build`).
import { readFileSync, writeFileSync } from 'node:fs';
import { toEventTable } from '../dist/openapi/event-docs.js';

const page = readFileSync('docs/events.md', 'utf8');
writeFileSync('docs/events.md', page.replace(/(<!-- events -->\n)[^]*?(<!-- \/events -->)/, `$1\n${toEventTable()}\n\n$2`));
