import { Resolver } from 'node:dns/promises';
import type { Settings } from '../../config/settings.js';
import { dkimRecord, keyInRecord, toZoneLine } from '../../mail/dkim/dkim-record.js';
import { signerOf } from '../../mail/dkim/dkim-signing.js';
import type { Check } from './doctor-check.js';

/** How long a name server may take, ms, and how often it is asked. */
const DNS_MS = 2_000;
const TRIES = 2;

/** What DNS answers if there is no such record. */
const ABSENT = ['ENOTFOUND', 'ENODATA'];

/** The strings of each TXT record of a name. */
type FindTexts = (name: string) => Promise<string[][]>;

/** Whether receivers find the key that signs mails, and find that one. */
export async function lookAtSignature(settings: Settings, findTexts: FindTexts = askDns): Promise<Check> {
  const name = 'dkim';
  const signer = signerOf(settings);
  if (signer === null) return { name, state: 'ok', finding: 'mails leave unsigned; a mail provider usually signs them' };
  const record = dkimRecord(signer);
  const advice = `publish: ${toZoneLine(record)}`;
  try {
    const keys = (await findTexts(record.name)).map((strings) => keyInRecord(strings.join('')));
    if (keys.length === 1 && keys[0] === keyInRecord(record.value)) return { name, state: 'ok', finding: `${record.name} has the key` };
    if (keys.length > 1) return { name, state: 'fail', finding: `${record.name} has several records: receivers take none`, advice };
    return { name, state: 'fail', finding: `${record.name} has another key`, advice };
  } catch (error) {
    const { code = 'no answer' } = error as NodeJS.ErrnoException;
    if (ABSENT.includes(code)) return { name, state: 'fail', finding: `${record.name} does not exist: no signature counts`, advice };
    return { name, state: 'warn', finding: `${record.name} cannot be looked up from here (${code})`, advice };
  }
}

function askDns(name: string): Promise<string[][]> {
  return new Resolver({ timeout: DNS_MS, tries: TRIES }).resolveTxt(name);
}
