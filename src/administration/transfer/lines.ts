import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';

/** A line of a file. */
export interface Line {
  /** Counted from 1. */
  number: number;
  /** Without the line break; null if the line is not UTF-8 or longer than `MAX_LINE_BYTES`. */
  text: string | null;
  /** Bytes of the file up to the end of this line. */
  bytesRead: number;
}

/** Maximum length of a line, bytes; an account with the largest `metadata` takes about 20,000. */
export const MAX_LINE_BYTES = 262_144;

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The lines of a UTF-8 file, ended by LF or CRLF and nothing else: Node's `readline` would also split at U+2028, which JSON strings may
 * contain. At most `MAX_LINE_BYTES` of a line are held in memory.
 */
export async function* readLines(path: string): AsyncGenerator<Line, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const parts: Buffer[] = [];
  let [number, length, bytesRead] = [0, 0, 0];
  const take = (part: Buffer): void => {
    length += part.length;
    if (length <= MAX_LINE_BYTES) parts.push(part);
  };
  const finish = (): Line => {
    number += 1;
    const text = length > MAX_LINE_BYTES ? null : decode(decoder, Buffer.concat(parts));
    parts.length = 0;
    length = 0;
    return { number, text: number === 1 && text?.startsWith(BYTE_ORDER_MARK) === true ? text.slice(1) : text, bytesRead };
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      bytesRead += end + 1 - start;
      start = end + 1;
      yield finish();
    }
    take(chunk.subarray(start));
    bytesRead += chunk.length - start;
  }
  if (length > 0) yield finish();
}

function decode(decoder: TextDecoder, bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes).replace(/\r$/, '');
  } catch {
    return null;
  }
}
