import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BloomFilter } from './bloom-filter.js';
import type { BreachFile } from './breach-file.js';

/** Bytes of the file that are taken in without a break: requests wait for 1 to 2 ms. */
const PIECE_BYTES = 8 * 1_024;
/** No password is longer; a line that is, is skipped. */
const MAX_LINE_BYTES = 1_024;

const DIGEST_LINE = /^[\da-f]{40}(?=:|\r?$)/i;

/** SHA-1 of a password, which is what lists of breached passwords are made of. */
export function digestOf(password: string): Buffer {
  return hash('sha1', password, 'buffer');
}

/**
 * Takes all lines of a file into the filter, a little at a time between other work. Lines count at once.
 * @returns how many lines it has taken, and how many it could not
 */
export async function readInto(filter: Pick<BloomFilter, 'add'>, { path, holds }: BreachFile): Promise<{ taken: number; skipped: number }> {
  let [taken, skipped] = [0, 0];
  const take = (line: Buffer): void => {
    if (line.length === 0) return;
    const digest = line.length > MAX_LINE_BYTES ? null : holds === 'digests' ? digestIn(line) : digestOfLine(line);
    if (digest === null) skipped += 1;
    else {
      filter.add(digest);
      taken += 1;
    }
  };
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
    const text = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let start = 0;
    for (let end = text.indexOf(10); end !== -1; end = text.indexOf(10, start)) {
      take(text.subarray(start, end));
      start = end + 1;
    }
    rest = text.subarray(start);
    await nextTurn();
  }
  take(rest);
  return { taken, skipped };
}

function digestIn(line: Buffer): Buffer | null {
  const [digits] = DIGEST_LINE.exec(line.toString('latin1')) ?? [];
  return digits === undefined ? null : Buffer.from(digits, 'hex');
}

function digestOfLine(line: Buffer): Buffer {
  return digestOf(line.toString('utf8').replace(/\r$/, '').normalize('NFC').toLowerCase());
}
