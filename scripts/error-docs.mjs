// Writes the table of errors in docs/errors.md from the codes themselves (after `npm run build`).
import { readFileSync, writeFileSync } from 'node:fs';
import { toErrorTable } from '../dist/openapi/error-docs.js';

const page = readFileSync('docs/errors.md', 'utf8');
writeFileSync('docs/errors.md', page.replace(/(<!-- errors -->\n)[^]*?(\n<!-- \/errors -->)/, `$1\n${toErrorTable()}\n$2`));
