import { RECORD_FIELDS, type FieldKind, type RecordField, kindOf } from '../../users/transfer/account-record.js';
import { readCsv, toCsvLine } from './csv.js';
import { readLines } from './lines.js';

/** How accounts are written in a file: a JSON object a line, or comma-separated values below a line of names. */
export const FILE_FORMATS = ['ndjson', 'csv'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** One record of a file. */
export interface FileRecord {
  /** Number of its (first) line. */
  line: number;
  /** What stands there; undefined when that cannot be read at all. */
  value: unknown;
  /** Bytes of the file up to its end. */
  bytesRead: number;
}

/** The file as a whole cannot be read. */
export class FileFormatError extends Error {}

/** The format that a file's name tells; null when it tells none. */
export function formatOf(path: string): FileFormat | null {
  if (/\.(?:ndjson|jsonl)$/i.test(path)) return 'ndjson';
  return /\.csv$/i.test(path) ? 'csv' : null;
}

/**
 * The records of a file, empty lines left out.
 * @throws FileFormatError when the names in the first line of a CSV file are not those of fields
 */
export function readRecords(path: string, format: FileFormat): AsyncGenerator<FileRecord, void> {
  return format === 'csv' ? readCsvRecords(path) : readJsonRecords(path);
}

/** Lines of a file before its first record. */
export function headOf(format: FileFormat): string {
  return format === 'csv' ? toCsvLine(RECORD_FIELDS) : '';
}

/** A record, as a line of JSON, as the lines of a file. */
export function toFileLine(json: string, format: FileFormat): string {
  if (format === 'ndjson') return `${json}\n`;
  const record = JSON.parse(json) as Record<string, unknown>;
  return toCsvLine(RECORD_FIELDS.map((name) => toCell(record[name] ?? null)));
}

async function* readJsonRecords(path: string): AsyncGenerator<FileRecord, void> {
  for await (const { number: line, text, bytesRead } of readLines(path)) {
    if (text === null || text.trim() !== '') yield { line, value: text === null ? undefined : parse(text), bytesRead };
  }
}

async function* readCsvRecords(path: string): AsyncGenerator<FileRecord, void> {
  let names: RecordField[] | undefined;
  for await (const { line, fields, bytesRead } of readCsv(readLines(path))) {
    if (names === undefined) names = readHead(fields);
    else yield { line, value: fields?.length === names.length ? fromCells(names, fields) : undefined, bytesRead };
  }
}

function readHead(fields: readonly string[] | null): RecordField[] {
  const names = (fields ?? []).map((name) => name.trim());
  const unknown = names.find((name) => !RECORD_FIELDS.some((known) => known === name));
  if (fields === null) throw new FileFormatError('Line 1 is not CSV; it has to name the fields: id,number,username,email,…');
  if (unknown !== undefined)
    throw new FileFormatError(`Line 1 names ${JSON.stringify(unknown.slice(0, 64))}. Fields are ${RECORD_FIELDS.join(', ')}.`);
  if (new Set(names).size < names.length) throw new FileFormatError('Line 1 names a field twice.');
  return names as RecordField[];
}

function fromCells(names: readonly RecordField[], cells: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name, index) => [name, fromCell(cells[index] ?? '', kindOf(name))]));
}

/** What a cell means; what cannot be read stays a text, which the field's rule refuses. */
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
