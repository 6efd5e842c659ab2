// Runs the product against test material of others (after `npm run build`): `npm run corpora`. The files are in the folder that CORPORA
// names, default ../shared/corpora; they are no part of this repository. Prints each kind of difference with its reason and a count; a
// difference without a reason is a failure.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidRequestError } from '../dist/common/errors.js';
import { fromEmail } from '../dist/users/identifiers.js';
import { emailAddresses } from './corpora/email-addresses.mjs';
import { idna } from './corpora/idna.mjs';
import { webauthn } from './corpora/webauthn.mjs';

const FOLDER = process.env.CORPORA ?? '../shared/corpora';
const SHOWN = 10;

/** The stored form of an address; null where it is refused. */
function read(address) {
  try {
    return fromEmail(address).stored;
  } catch (error) {
    if (error instanceof InvalidRequestError) return null;
    throw error;
  }
}

let failed = 0;
for (const { file, casesOf, judge } of [idna, emailAddresses, webauthn]) {
  const cases = casesOf(readFileSync(join(FOLDER, file), 'utf8'));
  const reasons = new Map();
  const unexplained = [];
  for (const each of cases) {
    const reason = await judge(each, read);
    if (reason === undefined) unexplained.push(each);
    else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  console.log(`${file}: ${cases.length} cases`);
  for (const [reason, count] of [...reasons].toSorted(([, a], [, b]) => b - a)) console.log(`${String(count).padStart(7)}  ${reason}`);
  if (unexplained.length > 0) console.log(`${String(unexplained.length).padStart(7)}  UNEXPLAINED`);
  for (const each of unexplained.slice(0, SHOWN)) console.log(`         ${JSON.stringify(each)} became ${JSON.stringify(each.result)}`);
  failed += unexplained.length;
}
console.log(`${failed} unexplained`);
process.exitCode = failed > 0 ? 1 : 0;
