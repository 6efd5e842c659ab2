// Writes .env.example and the README's table of settings from the settings themselves (after `npm run build`).
import { readFileSync, writeFileSync } from 'node:fs';
import { toEnvExample, toMarkdownTable } from '../dist/config/settings-docs.js';

writeFileSync('.env.example', toEnvExample());
const readme = readFileSync('README.md', 'utf8');
writeFileSync('README.md', readme.replace(/(<!-- settings -->\n)[^]*?(\n<!-- \/settings -->)/, `$1\n${toMarkdownTable()}\n$2`));
