// Writes the tables of settings, errors, events and migrations in the documentation from their declarations (after `npm run build`).
import { readFileSync, writeFileSync } from 'node:fs';
import { MIGRATIONS, SETTINGS } from '../dist/capabilities.js';
import { toComposeNames, toEnvExample, toMarkdownTable } from '../dist/config/settings-docs.js';
import { toMigrationTable } from '../dist/database/migration-docs.js';
import { toErrorTable, toRuleTable } from '../dist/openapi/error-docs.js';
import { toEventTable } from '../dist/openapi/event-docs.js';

writeFileSync('.env.example', toEnvExample(SETTINGS));
writeFileSync('docker-compose.yml', toComposeNames(readFileSync('docker-compose.yml', 'utf8'), SETTINGS));
writeBetween('README.md', 'settings', toMarkdownTable(SETTINGS));
writeBetween('docs/errors.md', 'errors', toErrorTable());
writeBetween('docs/errors.md', 'rules', toRuleTable());
writeBetween('docs/deployment.md', 'migrations', await toMigrationTable(MIGRATIONS));
writeBetween('docs/events.md', 'events', toEventTable());

/** Replaces the text between the two comments that mark a table. */
function writeBetween(file, name, table) {
  const text = readFileSync(file, 'utf8');
  const between = new RegExp(`(<!-- ${name} -->\\n)[^]*?(\\n<!-- /${name} -->)`);
  // A function: in a text, a dollar sign of the table would stand for what was found.
  writeFileSync(
    file,
    text.replace(between, (_, start, end) => `${start}\n${table}\n${end}`),
  );
}
