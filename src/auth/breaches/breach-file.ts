import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Setting } from '../../common/capability.js';
import { BloomFilter } from './bloom-filter.js';

/** What a look into the operator's list showed. */
export interface BreachFile {
  path: string;
  /** Bytes. */
  size: number;
  /** SHA-1 digests in hexadecimal, as Have I Been Pwned hands them out, or passwords as they are. */
  holds: 'digests' | 'passwords';
  /** Whether it can be searched where it is: digests in ascending order. */
  isSorted: boolean;
  /** Estimate, on the high side. */
  lines: number;
}

/** A line of Have I Been Pwned: the digest, and how often the password was found. */
const DIGEST_LINE = /^[\da-f]{40}(?::\d+)?$/i;
/** The same for NTLM, another digest that is handed out. */
const NTLM_LINE = /^[\da-f]{32}(?::\d+)?$/i;
/** What no text has; whatever is packed has some of it within a few lines. */
// oxlint-disable-next-line no-control-regex
const BINARY = /[\0-\x08\x0e-\x1f]/;

/** Places at which a large file is looked into, and how much is read at each, bytes. */
const SAMPLES = 64;
const SAMPLE_BYTES = 1_024;
/** A file of at most so many bytes is read as a whole. */
const SMALL_BYTES = 64 * 1_024;

/** Lines of the file are as long as the sampled ones, give or take. */
const LINES_MARGIN = 1.1;

/** Most memory for a list that is not sorted. */
const MAX_FILTER_BYTES = 512 * 1_024 * 1_024;

/** The path of a list of breached passwords, which is looked into when the settings are read. */
export function breachList(options: Pick<Setting<string>, 'doc' | 'example'>): Setting<string | undefined> {
  return {
    ...options,
    parse(path) {
      lookInto(path);
      return path;
    },
  };
}

/**
 * Looks at 64 places of the file: a file of any size takes a moment.
 * @throws Error that completes "… must be"
 */
export function lookInto(path: string, { maxFilterBytes = MAX_FILTER_BYTES } = {}): BreachFile {
  const { size, first, samples, last } = sample(path);
  const lines = [...samples, last].filter((line) => line !== '');
  if (first === '' && lines.length === 0) throw new Error(`a file of passwords or their SHA-1 digests, one a line; ${path} is empty`);
  if (lines.some((line) => BINARY.test(line) || line.length >= SAMPLE_BYTES - 1))
    throw new Error(`a text file with one password or SHA-1 digest a line; ${path} is none, or is still packed`);
  if (lines.every((line) => NTLM_LINE.test(line)))
    throw new Error(`a file of passwords or their SHA-1 digests; ${path} seems to hold NTLM digests`);
  const digests = lines.filter((line) => DIGEST_LINE.test(line));
  if (digests.length > 0 && digests.length < lines.length) {
    const what = DIGEST_LINE.test(last) || last === '' ? 'only some of its lines are digests' : 'its last line is cut off or is no digest';
    throw new Error(`a file of passwords, or of SHA-1 digests; in ${path} ${what}`);
  }
  const holds = digests.length > 0 ? 'digests' : 'passwords';
  const isSorted = holds === 'digests' && digests.every((line, at) => at === 0 || keyOf(line) >= keyOf(String(digests[at - 1])));
  const bytesPerLine = lines.reduce((sum, line) => sum + line.length + 1, 0) / lines.length;
  const count = Math.ceil((size / bytesPerLine) * LINES_MARGIN) + 1;
  if (!isSorted && BloomFilter.bytesFor(count) > maxFilterBytes)
    throw new Error(
      `a sorted list of SHA-1 digests where it is as large as ${path}: \`LC_ALL=C sort\` it, so that it need not be in memory`,
    );
  return { path, size, holds, isSorted, lines: count };
}

interface Sample {
  size: number;
  first: string;
  /** In the order of the file. */
  samples: string[];
  last: string;
}

function sample(path: string): Sample {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new Error(`a file that can be read; ${path} is none (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error(`a file; ${path} is none`);
    const { size } = stat;
    const read = (at: number, bytes: number): string => {
      const buffer = Buffer.alloc(bytes);
      // One byte, one character: what is wrong UTF-8 is still a line.
      return buffer.toString('latin1', 0, readSync(file, buffer, 0, bytes, at));
    };
    if (size <= SMALL_BYTES) {
      const lines = linesOf(read(0, size));
      const last = lines.findLast((line) => line !== '') ?? '';
      return { size, first: lines[0] ?? '', samples: lines.slice(0, lines.lastIndexOf(last)), last };
    }
    const samples = Array.from({ length: SAMPLES }, (_, at) => {
      const start = Math.floor((at * (size - SAMPLE_BYTES)) / SAMPLES);
      // The first line of a piece may have begun before it.
      return linesOf(read(start, SAMPLE_BYTES))[at === 0 ? 0 : 1] ?? '\0';
    });
    const last = linesOf(read(size - SAMPLE_BYTES, SAMPLE_BYTES)).findLast((line) => line !== '') ?? '';
    return { size, first: String(samples[0]), samples, last };
  } finally {
    closeSync(file);
  }
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

function keyOf(line: string): string {
  return line.slice(0, 40).toUpperCase();
}
