import { open } from 'node:fs/promises';
import { CSV_DELIMITERS, type CsvDelimiter, readCsv } from '../csv.js';
import { MAX_LINE_BYTES, readLines } from '../lines.js';
import { type FileRecord, FileFormatError, readJsonLines } from '../user-file.js';
import { readJsonValues } from './json-values.js';
import type { OldFields } from './old-values.js';
import type { Peer } from './peer.js';

const GZIP = Buffer.from([0x1f, 0x8b]);
const UTF_16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
const ZIP = Buffer.from('PK\u0003\u0004');

/** What the beginning of a file says about it. */
export type Beginning = { format: 'csv'; delimiter: CsvDelimiter } | { format: 'lines' } | { format: 'json' };

/** The records of a peer's export. @throws FileFormatError if it breaks off, or its header line names no columns */
export async function* readPeerFile(path: string, peer: Peer, beginning: Beginning): AsyncGenerator<FileRecord, void> {
  const records =
    beginning.format === 'csv'
      ? readCells(path, peer, beginning.delimiter)
      : beginning.format === 'lines'
        ? readJsonLines(path)
        : readJsonValues(path, { list: peer.list, severalLists: peer.severalLists });
  for await (const { line, value, bytesRead } of records) {
    yield { line, value: isObject(value) ? (peer.clean?.(value) ?? value) : undefined, bytesRead };
  }
}

function isObject(value: unknown): value is OldFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether a peer's export is JSON lines, a JSON document or CSV; its name does not matter.
 * @throws FileFormatError if it is none of these
 */
export async function inspectPeerFile(path: string, peer: Peer): Promise<Beginning> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_LINE_BYTES), 0, MAX_LINE_BYTES, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const starts = (mark: Buffer): boolean => bytes.subarray(0, mark.length).equals(mark);
    if (starts(GZIP)) throw new FileFormatError('The file is compressed: unpack it with gunzip first.');
    if (starts(ZIP)) throw new FileFormatError('The file is a ZIP archive: unpack it first.');
    if (UTF_16.some(starts)) throw new FileFormatError('The file is UTF-16, as Windows PowerShell writes it: save it as UTF-8.');
    const text = bytes
      .toString()
      .replace(/^\uFEFF/, '')
      .trimStart();
    if (text === '') throw new FileFormatError('The file is empty.');
    const [first = ''] = text.split('\n', 1);
    if (!/^[[{]/.test(text)) return { format: 'csv', delimiter: delimiterOf(first) };
    return isRecordLine(first, peer) || hasBrokenFirstLine(text) ? { format: 'lines' } : { format: 'json' };
  } finally {
    await file.close();
  }
}

/** Whether a line is an account of its own, and not an object that lists them. */
function isRecordLine(line: string, { list }: Peer): boolean {
  const value = asObject(line);
  return value !== null && !(list !== undefined && Array.isArray(value[list]));
}

/** The object that a line holds, or null. */
function asObject(line: string): OldFields | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether the second line is an object where no JSON document has one: the first is then a broken line of JSON lines. */
function hasBrokenFirstLine(text: string): boolean {
  const [first = '', second = ''] = text.split(/\r?\n/, 2);
  return !/[[{,:]\s*$/.test(first) && asObject(first) === null && asObject(second) !== null;
}

/** The delimiter that is most frequent outside of quotes. */
function delimiterOf(line: string): CsvDelimiter {
  const plain = line.replaceAll(/"[^"]*"/g, '');
  const countOf = (delimiter: string): number => plain.split(delimiter).length;
  return CSV_DELIMITERS.reduce((best, each) => (countOf(each) > countOf(best) ? each : best));
}

async function* readCells(path: string, { columns, name }: Peer, delimiter: CsvDelimiter): AsyncGenerator<FileRecord, void> {
  let names: readonly string[] | undefined = columns;
  let isFirst = true;
  for await (const { line, fields, bytesRead } of readCsv(readLines(path), delimiter)) {
    const isHead = isFirst && (columns === undefined || fields?.[0] === columns[0]);
    isFirst = false;
    if (isHead) names = readHead(fields, name);
    else
      yield {
        line,
        value: fields === null || names === undefined ? undefined : fromCells(names, fields, columns !== undefined),
        bytesRead,
      };
  }
}

function readHead(fields: readonly string[] | null, name: string): string[] {
  const names = (fields ?? []).map((field) => field.trim());
  if (names.length < 2) throw new FileFormatError(`Line 1 does not name columns, as an export of ${name} does.`);
  const repeated = names.find((each, index) => each !== '' && names.indexOf(each) < index);
  if (repeated !== undefined) throw new FileFormatError(`Line 1 names ${JSON.stringify(repeated.slice(0, 64))} twice.`);
  return names;
}

/** A record without its empty cells; undefined if cells and columns do not match. Only columns with fixed names may be missing at the end. */
function fromCells(names: readonly string[], cells: readonly string[], mayBeShort: boolean): OldFields | undefined {
  if (cells.length < names.length && !mayBeShort) return undefined;
  if (cells.slice(names.length).some((cell) => cell !== '')) return undefined;
  return Object.fromEntries(names.flatMap((name, index) => ((cells[index] ?? '') === '' ? [] : [[name, cells[index]]])));
}
