// Writes what the documentation says of settings, errors and events from their rows (after `npm run build`).
import { readFileSync, writeFileSync } from 'node:fs';
import { SETTINGS } from '../dist/capabilities.js';
import { toEnvExample, toMarkdownTable } from '../dist/config/settings-docs.js';
import { toErrorTable } from '../dist/openapi/error-docs.js';
import { toEventTable } from '../dist/openapi/event-docs.js';

writeFileSync('.env.example', toEnvExample(SETTINGS));
writeBetween('README.md', 'settings', toMarkdownTable(SETTINGS));
writeBetween('docs/errors.md', 'errors', toErrorTable());
writeBetween('docs/events.md', 'events', toEventTable());

/** Replaces what stands between the two comments that name a table. */
function writeBetween(file, name, table) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(new RegExp(`(<!-- ${name} -->\\n)[^]*?(\\n<!-- /${name} -->)`), `$1\n${table}\n$2`));
}
