import { RECORD_FIELDS, type FieldKind, type RecordField, kindOf } from '../../users/transfer/account-record.js';
import { guardFormula, readCsv, toCsvLine, unguardFormula } from './csv.js';
import { readLines } from './lines.js';

/** Formats of a file of accounts: one JSON object per line, or CSV with the field names in the first line. */
export const FILE_FORMATS = ['ndjson', 'csv'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** The member that holds what proves an account beside its password: sealed, or as JSON. It is no field of accounts. */
export const AUTHENTICATORS = 'authenticators';
/** The member that holds accounts at providers that sign in to the account. It is no field of accounts, either. */
export const IDENTITIES = 'identities';
type FileField = RecordField | typeof AUTHENTICATORS | typeof IDENTITIES;

/** How a file is written. */
export interface FileForm {
  format: FileFormat;
  /** Whether CSV holds values exactly as they are; otherwise those that a spreadsheet would evaluate have an apostrophe in front. */
  raw: boolean;
}

/** One record of a file. */
export interface FileRecord {
  /** Number of its (first) line; in a JSON document, where lines mean nothing, its own number. */
  line: number;
  /** The parsed record; undefined if it cannot be parsed. */
  value: unknown;
  /** Bytes of the file up to the end of this record. */
  bytesRead: number;
}

/** The file as a whole cannot be read. */
export class FileFormatError extends Error {}

/** The format according to the file's extension; null for any other extension. */
export function formatOf(path: string): FileFormat | null {
  if (/\.(?:ndjson|jsonl)$/i.test(path)) return 'ndjson';
  return /\.csv$/i.test(path) ? 'csv' : null;
}

/**
 * The records of a file, without empty lines.
 * @throws FileFormatError if the first line of a CSV file contains a name that is not a field's
 */
export function readRecords(path: string, { format, raw }: FileForm): AsyncGenerator<FileRecord, void> {
  return format === 'csv' ? readCsvRecords(path, raw) : readJsonLines(path);
}

/** The columns of CSV, in their order. */
export function columnsOf(hasAuthenticators: boolean): readonly FileField[] {
  return [...RECORD_FIELDS, IDENTITIES, ...(hasAuthenticators ? ([AUTHENTICATORS] as const) : [])];
}

/** The lines before the first record. */
export function headOf({ format }: FileForm, columns: readonly FileField[]): string {
  return format === 'csv' ? toCsvLine(columns) : '';
}

/** Converts a record from a line of JSON to the format of the file. */
export function toFileLine(json: string, { format, raw }: FileForm, columns: readonly FileField[]): string {
  if (format === 'ndjson') return `${json}\n`;
  const record = JSON.parse(json) as Record<string, unknown>;
  const cells = columns.map((name) => toCell(name === IDENTITIES ? toJson(record[name]) : (record[name] ?? null)));
  return toCsvLine(raw ? cells : cells.map(guardFormula));
}

/** The records of a file with one JSON value a line. */
export async function* readJsonLines(path: string): AsyncGenerator<FileRecord, void> {
  for await (const { number: line, text, bytesRead } of readLines(path)) {
    if (text === null || text.trim() !== '') yield { line, value: text === null ? undefined : parse(text), bytesRead };
  }
}

async function* readCsvRecords(path: string, raw: boolean): AsyncGenerator<FileRecord, void> {
  let names: FileField[] | undefined;
  for await (const { line, fields, bytesRead } of readCsv(readLines(path))) {
    if (names === undefined) names = readHead(fields);
    else
      yield {
        line,
        value: fields?.length === names.length ? fromCells(names, raw ? fields : fields.map(unguardFormula)) : undefined,
        bytesRead,
      };
  }
}

function readHead(fields: readonly string[] | null): FileField[] {
  const names = (fields ?? []).map((name) => name.trim());
  const known = columnsOf(true);
  const unknown = names.find((name) => !known.some((each) => each === name));
  if (fields === null) throw new FileFormatError('Line 1 is not CSV; it has to name the fields: id,number,username,email,…');
  if (unknown !== undefined)
    throw new FileFormatError(`Line 1 names ${JSON.stringify(unknown.slice(0, 64))}. Fields are ${known.join(', ')}.`);
  if (new Set(names).size < names.length) throw new FileFormatError('Line 1 names a field twice.');
  return names as FileField[];
}

function fromCells(names: readonly FileField[], cells: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      fromCell(cells[index] ?? '', name === AUTHENTICATORS || name === IDENTITIES ? 'object' : kindOf(name)),
    ]),
  );
}

/** The value of a cell. A cell that does not parse stays a string, which the field's validation then rejects. */
function fromCell(cell: string, kind: FieldKind): unknown {
  const text = cell.trim();
  if (text === '') return undefined;
  switch (kind) {
    case 'number':
      return /^\d{1,15}$/.test(text) ? Number(text) : text;
    case 'time':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    case 'words':
      return text.split(/\s+/);
    case 'object':
      return parse(text) ?? text;
    case 'text':
      return cell;
    default:
      return kind satisfies never;
  }
}

/** A list of objects is JSON, unlike a list of words. */
function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function toCell(value: unknown): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
