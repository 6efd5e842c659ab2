// Writes .env.example and the README's table of settings from the settings themselves (after `npm run build`).
import { SETTINGS } from '../dist/capabilities.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { toEnvExample, toMarkdownTable } from '../dist/config/settings-docs.js';

writeFileSync('.env.example', toEnvExample(SETTINGS));
const readme = readFileSync('README.md', 'utf8');
writeFileSync('README.md', readme.replace(/(<!-- settings -->\n)[^]*?(\n<!-- \/settings -->)/, `$1\n${toMarkdownTable(SETTINGS)}\n$2`));
