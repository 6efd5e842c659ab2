import type { Line } from './lines.js';

/** A record of a CSV file. It spans several lines if a quoted field contains line breaks. */
export interface CsvRecord {
  /** Number of its first line. */
  line: number;
  /** Null if the record cannot be parsed. Its first line then counts as one record, and parsing continues on the next line. */
  fields: string[] | null;
  bytesRead: number;
}

/** Maximum lines and characters of a record, so that an unclosed quote does not swallow the rest of the file. */
const MAX_RECORD_LINES = 1_000;
const MAX_RECORD_CHARS = 262_144;

/** Characters between the fields of a record. RFC 4180 has the comma; spreadsheets of many countries write the semicolon. */
export const CSV_DELIMITERS = [',', ';', '\t'] as const;
export type CsvDelimiter = (typeof CSV_DELIMITERS)[number];

/** A quoted or plain field, followed by the delimiter or the end. */
const FIELDS: Record<CsvDelimiter, RegExp> = {
  ',': /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y,
  ';': /(?:"((?:[^"]|"")*)"|([^";]*))(;|$)/y,
  '\t': /(?:"((?:[^"]|"")*)"|([^"\t]*))(\t|$)/y,
};

/** The records of a CSV file (RFC 4180), without empty lines. */
export async function* readCsv(lines: AsyncIterable<Line>, delimiter: CsvDelimiter = ','): AsyncGenerator<CsvRecord, void> {
  let open: Line[] = [];
  for await (const line of lines) {
    open.push(line);
    // If the record exceeds the maximum, `take` reports its first line as unreadable, and this loop parses the remaining lines again.
    while (open.length > 0) {
      const found = take(open, false, delimiter);
      if (found === null) break;
      if (found.record !== null) yield found.record;
      open = open.slice(found.lines);
    }
  }
  while (open.length > 0) {
    const found = take(open, true, delimiter);
    if (found === null) return;
    if (found.record !== null) yield found.record;
    open = open.slice(found.lines);
  }
}

/** Beginnings that a spreadsheet takes for a formula, after apostrophes of which each is one layer of protection. Source: OWASP, CSV Injection. */
const FORMULA = /^'*[=+\-@\t\r＝＋－＠]/;

/** A value that no spreadsheet evaluates: an apostrophe stands before one that would be a formula. */
export function guardFormula(value: string): string {
  return FORMULA.test(value) ? `'${value}` : value;
}

/** The value that was guarded. */
export function unguardFormula(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

/** A line of CSV with these fields (RFC 4180), including the line break. */
export function toCsvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",;\t\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}

/**
 * The record at the beginning of `lines`; null while it is incomplete. With `atEnd`, an incomplete record is unreadable, because no more
 * lines follow.
 */
function take(lines: readonly Line[], atEnd: boolean, delimiter: CsvDelimiter): { record: CsvRecord | null; lines: number } | null {
  let [text, quotes] = ['', 0];
  for (const [index, line] of lines.entries()) {
    if (line.text === null) break;
    text += index === 0 ? line.text : `\n${line.text}`;
    quotes += line.text.split('"').length - 1;
    if (quotes % 2 === 0) {
      const record = text === '' ? null : { line: lines[0]?.number ?? 0, fields: split(text, delimiter), bytesRead: line.bytesRead };
      // An even number of quotes, but some in the wrong place: only the first line is skipped.
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

function split(text: string, delimiter: CsvDelimiter): string[] | null {
  const fields: string[] = [];
  const field = FIELDS[delimiter];
  for (field.lastIndex = 0; ;) {
    const found = field.exec(text);
    if (found === null) return null;
    const [, quoted, plain = '', end] = found;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '') return fields;
  }
}
