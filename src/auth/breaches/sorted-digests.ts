import { openSync, readSync } from 'node:fs';
import type { BreachFile } from './breach-file.js';

/** Bytes that are read at a time: about 90 lines, so that some of them are whole wherever it is. */
const WINDOW_BYTES = 4_096;
/** After so many reads it halves what is left: digests are spread evenly, but a file need not be. */
const GUESSES = 8;
const DIGEST_CHARS = 40;

/** Values of the first six bytes of a digest lie below. */
const END = 2 ** 48;

/**
 * A file of SHA-1 digests in ascending order, searched where it is: it takes no memory, and three or four reads a search, however large
 * it is. What the file held when it was opened counts, also when another one takes its place.
 */
export class SortedDigests {
  private readonly file: number;
  private readonly size: number;

  constructor({ path, size }: BreachFile) {
    this.file = openSync(path, 'r');
    this.size = size;
  }

  has(digest: Buffer): boolean {
    const wanted = digest.toString('hex').toUpperCase();
    const value = digest.readUIntBE(0, 6);
    // Between these places, both at the start of a line, the line has to be; and between these values.
    let [low, high] = [0, this.size];
    let [least, most] = [0, END];
    for (let reads = 0; low < high; reads += 1) {
      const share = reads < GUESSES ? (value - least) / Math.max(1, most - least) : 1 / 2;
      const middle = low + Math.floor((high - low) * Math.min(1, Math.max(0, share)));
      const found = this.linesAt(Math.max(low, Math.min(middle - WINDOW_BYTES / 2, high - WINDOW_BYTES)), low, high);
      const [first, last] = [found.lines[0], found.lines.at(-1)];
      if (first === undefined || last === undefined) return false;
      if (wanted < first) [high, most] = [found.start, valueOf(first)];
      else if (wanted > last) [low, least] = [found.end, valueOf(last)];
      else return found.lines.includes(wanted);
    }
    return false;
  }

  /** The digests of the whole lines in a window, and where these lines begin and end. */
  private linesAt(at: number, low: number, high: number): { lines: string[]; start: number; end: number } {
    const buffer = Buffer.alloc(Math.min(WINDOW_BYTES, high - at));
    const text = buffer.toString('latin1', 0, readSync(this.file, buffer, 0, buffer.length, at));
    const from = at === low ? 0 : text.indexOf('\n') + 1;
    const to = at + text.length >= high ? text.length : text.lastIndexOf('\n') + 1;
    const lines = text.slice(from, to).split('\n');
    if (lines.at(-1) === '') lines.pop();
    return { lines: lines.map((line) => line.slice(0, DIGEST_CHARS).toUpperCase()), start: at + from, end: at + Math.max(to, from) };
  }
}

function valueOf(digest: string): number {
  return Number.parseInt(digest.slice(0, 12), 16);
}
