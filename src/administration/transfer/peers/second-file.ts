import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { readLines } from '../lines.js';
import { FileFormatError } from '../user-file.js';
import type { OldFields } from './old-values.js';
import type { SecondFile } from './peer.js';

/** Each entry of the index holds the beginning of a digest above the offset of a line: 24 and 40 bits, enough for a file of a terabyte. */
const OFFSET_BITS = 40n;
const OFFSET_MASK = (1n << OFFSET_BITS) - 1n;

const FIRST_ENTRIES = 1_024;

/** Bytes that are read at once; most lines are shorter. */
const CHUNK_BYTES = 4_096;

const NEWLINE = 0x0a;

/**
 * Looks up lines of a file by the account that they are about. Memory holds eight bytes a line; the lines stay in the file, so that a million
 * of them cost 8 MB.
 */
export class SecondFileIndex {
  private readonly file: number;

  private constructor(
    path: string,
    /** Sorted. */
    private readonly entries: BigUint64Array,
    private readonly keyOf: SecondFile['keyOf'],
  ) {
    this.file = openSync(path, 'r');
  }

  /** @throws FileFormatError if a line is not a JSON object; errors of the file system */
  static async of(path: string, { keyOf }: SecondFile): Promise<SecondFileIndex> {
    let entries = new BigUint64Array(FIRST_ENTRIES);
    let [count, offset] = [0, 0];
    for await (const { number, text, bytesRead } of readLines(path)) {
      const record = text === null ? null : text.trim() === '' ? undefined : parse(text);
      if (record === null) throw new FileFormatError(`Line ${number} of ${path} is not a JSON object: this file has to be JSON lines.`);
      const key = record === undefined ? null : keyOf(record);
      if (key !== null) {
        if (count === entries.length) entries = grown(entries);
        entries[count] = (digestOf(key) << OFFSET_BITS) | BigInt(offset);
        count += 1;
      }
      offset = bytesRead;
    }
    return new SecondFileIndex(path, entries.subarray(0, count).sort(), keyOf);
  }

  find(key: string): OldFields[] {
    const digest = digestOf(key);
    const found: OldFields[] = [];
    for (let index = this.firstFrom(digest << OFFSET_BITS); index < this.entries.length; index += 1) {
      const entry = this.entries[index] ?? 0n;
      if (entry >> OFFSET_BITS !== digest) break;
      const record = parse(this.lineAt(Number(entry & OFFSET_MASK)));
      if (record !== null && this.keyOf(record) === key) found.push(record);
    }
    return found;
  }

  close(): void {
    closeSync(this.file);
  }

  /** Index of the first entry that is not below `value`. */
  private firstFrom(value: bigint): number {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle] ?? 0n) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private lineAt(offset: number): string {
    const parts: Buffer[] = [];
    for (let position = offset; ;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const part = chunk.subarray(0, readSync(this.file, chunk, 0, CHUNK_BYTES, position));
      const end = part.indexOf(NEWLINE);
      parts.push(end < 0 ? part : part.subarray(0, end));
      if (end >= 0 || part.length === 0)
        return Buffer.concat(parts)
          .toString()
          .replace(/^\uFEFF/, '');
      position += part.length;
    }
  }
}

function grown(entries: BigUint64Array): BigUint64Array<ArrayBuffer> {
  const larger = new BigUint64Array(entries.length * 2);
  larger.set(entries);
  return larger;
}

/** 24 bits of a digest. */
function digestOf(key: string): bigint {
  return BigInt(createHash('sha256').update(key).digest().readUIntBE(0, 3));
}

function parse(text: string): OldFields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as OldFields) : null;
  } catch {
    return null;
  }
}
