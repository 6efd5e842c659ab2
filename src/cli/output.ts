import { Writable } from 'node:stream';
import { escapeControlsOfLines } from '../common/text.js';

/** Prints a result on standard output. Data in it cannot control the terminal; commands print in no other way. */
export function print(lines: string): void {
  console.log(escapeControlsOfLines(lines));
}

/** Prints everything else, on standard error. */
export function complain(lines: string): void {
  console.error(escapeControlsOfLines(lines));
}

/** Standard output for a file: as it is, unless a terminal shows it. */
export function standardOutput(): Writable {
  const { stdout } = process;
  if (!stdout.isTTY) return stdout;
  return new Writable({
    decodeStrings: false,
    write: (text: string | Buffer, _encoding, done) => void stdout.write(escapeControlsOfLines(String(text)), done),
  });
}
