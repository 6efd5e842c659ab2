import type { Line } from './lines.js';

/** A record of a CSV file; a quoted field may make it several lines long. */
export interface CsvRecord {
  /** Number of its first line. */
  line: number;
  /** Null when it cannot be read; such a line is a record of its own, and reading goes on after it. */
  fields: string[] | null;
  bytesRead: number;
}

/** Longest record, lines and characters: a quote that is never closed must not take the rest of the file with it. */
const MAX_RECORD_LINES = 1_000;
const MAX_RECORD_CHARS = 262_144;

/** A quoted or a plain field, and the comma behind it or the end. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

/** The records of a CSV file (RFC 4180). Empty lines are none. */
export async function* readCsv(lines: AsyncIterable<Line>): AsyncGenerator<CsvRecord, void> {
  let open: Line[] = [];
  for await (const line of lines) {
    open.push(line);
    // Whatever is not a record after so many lines will not become one: its first line is given up, the rest is looked at again.
    while (open.length > 0) {
      const found = take(open, false);
      if (found === null) break;
      if (found.record !== null) yield found.record;
      open = open.slice(found.lines);
    }
  }
  while (open.length > 0) {
    const found = take(open, true);
    if (found === null) return;
    if (found.record !== null) yield found.record;
    open = open.slice(found.lines);
  }
}

/** Fields as a line of CSV (RFC 4180), with its end. */
export function toCsvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}

/** The record at the beginning of `lines`, if there is a whole one; at the end of the file there is nothing to wait for. */
function take(lines: readonly Line[], atEnd: boolean): { record: CsvRecord | null; lines: number } | null {
  let [text, quotes] = ['', 0];
  for (const [index, line] of lines.entries()) {
    if (line.text === null) break;
    text += index === 0 ? line.text : `\n${line.text}`;
    quotes += line.text.split('"').length - 1;
    if (quotes % 2 === 0) {
      const record = text === '' ? null : { line: lines[0]?.number ?? 0, fields: split(text), bytesRead: line.bytesRead };
      // Quotes that are even in number but out of place: one line, one mistake.
      return { record, lines: record?.fields === null ? 1 : index + 1 };
    }
    if (text.length > MAX_RECORD_CHARS) break;
  }
  const [first] = lines;
  if (first === undefined) return null;
  const isHopeless = lines.some((line) => line.text === null) || lines.length >= MAX_RECORD_LINES || text.length > MAX_RECORD_CHARS;
  if (!isHopeless && !atEnd) return null;
  return { record: { line: first.number, fields: null, bytesRead: first.bytesRead }, lines: 1 };
}

function split(text: string): string[] | null {
  const fields: string[] = [];
  for (FIELD.lastIndex = 0; ;) {
    const found = FIELD.exec(text);
    if (found === null) return null;
    const [, quoted, plain = '', end] = found;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '') return fields;
  }
}
