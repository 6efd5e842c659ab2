import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BloomFilter } from './bloom-filter.js';
import { type BreachFile, lookInto } from './breach-file.js';
import { digestOf, readInto } from './read-digests.js';
import { SortedDigests } from './sorted-digests.js';

/** A list of breached passwords. */
interface BreachList {
  has(digest: Buffer): boolean;
}

/** The operator's list. */
export interface OperatorsList extends BreachList {
  file: BreachFile;
  /** Memory, bytes. */
  byteLength: number;
  /** When all of it counts. Null for one that is searched where it is. */
  whole: Promise<{ taken: number; skipped: number }> | null;
}

let shipped: BreachList | undefined;
const operators = new Map<string, OperatorsList>();

/** Made by `scripts/breached-passwords/build.mjs`; read with the first password that is to be set. */
function shippedList(): BreachList {
  return (shipped ??= BloomFilter.fromFile(readFileSync(join(import.meta.dirname, 'breached-passwords.bloom'))));
}

/**
 * The list at this path, opened by the first call. One in order is searched where it is; any other is taken into memory, three bytes an
 * entry, while the server answers requests already, and counts as far as it has been read.
 */
export function operatorsList(path: string): OperatorsList {
  let list = operators.get(path);
  if (list === undefined) operators.set(path, (list = open(lookInto(path))));
  return list;
}

function open(file: BreachFile): OperatorsList {
  if (file.isSorted) {
    const digests = new SortedDigests(file);
    return { file, byteLength: 0, whole: null, has: (digest) => digests.has(digest) };
  }
  const filter = BloomFilter.for(file.lines);
  return { file, byteLength: filter.byteLength, whole: readInto(filter, file), has: (digest) => filter.has(digest) };
}

/**
 * Whether a password is in the shipped list or in the operator's, as it is or in lower case: capitals are the first that guessers vary.
 * One password in 50,000 that is in none is taken for one that is.
 * @param password in NFC
 * @param path `BREACH_LIST`
 */
export function isBreached(password: string, path: string | undefined): boolean {
  const digests = [...new Set([password, password.toLowerCase()])].map((spelling) => digestOf(spelling));
  const lists = path === undefined ? [shippedList()] : [shippedList(), operatorsList(path)];
  return lists.some((list) => digests.some((digest) => list.has(digest)));
}
