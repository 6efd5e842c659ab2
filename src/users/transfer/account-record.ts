import type { FieldRule } from '../../common/declared.js';
import { type FieldProblem, InvalidRequestError } from '../../common/errors.js';
import { newId } from '../../common/ids.js';
import { type AccountField, type AccountFieldName, type ColumnType, FIELD_ROWS, rowOf } from '../account-fields.js';
import type { FieldKeys, FieldValues, FieldsWritten, InText } from '../field-sets.js';
import type { Identifier } from '../identifiers.js';

/** Type of a field in a record. */
export type FieldKind = 'text' | 'number' | 'time' | 'words' | 'object';

const KINDS = {
  uuid: 'text',
  text: 'text',
  integer: 'number',
  timestamptz: 'time',
  jsonb: 'object',
  'text[]': 'words',
} as const satisfies Record<ColumnType, FieldKind>;

/** A field of an account in a file. */
export type RecordField = AccountFieldName;

/** The fields of an account in a file, in the order of the file. All are optional, but at least one identifier is required. */
export const RECORD_FIELDS = FIELD_ROWS.filter(([, { written }]) => written.includes('import')).map(([name]) => name);

/** An account in a file: all stored fields, without its sessions. Times are RFC 3339 in UTC. */
export interface AccountRecord extends Omit<InText<Pick<FieldValues, FieldsWritten<'import'>>>, 'number'>, FieldKeys {
  /** Null assigns the next number. */
  number: number | null;
}

/** The type of a field. */
export function kindOf(name: RecordField): FieldKind {
  return KINDS[rowOf(name).type];
}

/** Context for reading a record. */
export interface RecordRules {
  /** ISO 3166-1 alpha-2 country of mobile numbers without `+`. */
  region: string;
  /** The time that `true` stands for in a field of which only the fact is known. */
  now: Date;
}

/** Largest integer of PostgreSQL. */
const MAX_INTEGER = 2_147_483_647;

/** Read before the others, so that problems with these fields are reported first. */
const FIRST: readonly RecordField[] = ['username', 'email', 'mobile', 'createdAt'];
const IN_ORDER = [...FIRST, ...RECORD_FIELDS.filter((name) => !FIRST.includes(name))];

type Fields = Record<string, unknown>;

/** A record without any data but an id and the time of creation. */
export function emptyRecord(now: Date): AccountRecord {
  const time = now.toISOString();
  const empty = RECORD_FIELDS.map((name) => [name, rowOf(name).default ?? null] as const);
  const keys = FIELD_ROWS.filter(([, { key }]) => key !== undefined).map(([name]) => [`${name}Key`, null] as const);
  const record = Object.fromEntries<unknown>([...empty, ...keys]) as unknown as AccountRecord;
  return { ...record, id: newId(), createdAt: time, updatedAt: time, version: 1 };
}

/**
 * Reads an account from a record of a file and applies the same rules as the API. No value is guessed or dropped.
 * @throws InvalidRequestError naming every invalid field
 */
export function readAccountRecord(record: unknown, { region, now }: RecordRules): AccountRecord {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) throw fault('', 'record.invalid', 'This is no JSON object.');
  const fields = record as Fields;
  const reader = new FieldReader(fields, now.toISOString(), region);
  for (const name of Object.keys(fields)) {
    if (!RECORD_FIELDS.some((known) => known === name)) reader.refuse(name.slice(0, 64), 'field.unknown', 'There is no such field.');
  }
  if (['username', 'email', 'mobile'].every((name) => (fields[name] ?? '') === ''))
    reader.refuse('', 'identifier.missing', 'It needs a username, an e-mail address or a mobile number.');
  const read: Fields = {};
  for (const name of IN_ORDER) Object.assign(read, reader.read(name));
  if (reader.problems.length > 0) throw new InvalidRequestError(reader.problems);
  const { id, createdAt, updatedAt, version, ...rest } = read as unknown as AccountRecord;
  const made = createdAt ?? now.toISOString();
  return { ...rest, id: id ?? newId(), createdAt: made, updatedAt: updatedAt ?? made, version: version ?? 1 };
}

/** Reads the fields of one record and collects the problems. */
class FieldReader {
  readonly problems: FieldProblem[] = [];

  constructor(
    private readonly fields: Fields,
    private readonly now: string,
    private readonly region: string,
  ) {}

  refuse(field: string, rule: FieldRule, detail: string): null {
    this.problems.push({ pointer: field === '' ? '' : `/${field}`, rule, detail });
    return null;
  }

  /** The columns of a field; absent and invalid fields are null or have their default. */
  read(name: RecordField): Fields {
    const row = rowOf(name);
    const value = this.valueOf(name, row);
    if (row.key === undefined) return { [name]: value ?? row.default ?? null };
    const identifier = value as Identifier | null;
    return { [name]: identifier?.stored ?? null, [`${name}Key`]: identifier?.key ?? null };
  }

  private valueOf(name: RecordField, row: AccountField): unknown {
    const kind = KINDS[row.type];
    switch (kind) {
      case 'number':
        return this.integer(name);
      case 'time':
        return this.time(name, row);
      case 'text':
        return this.text(name, row);
      case 'object':
      case 'words':
        return this.json(name, row);
      default:
        return kind satisfies never;
    }
  }

  private text(name: RecordField, { read }: AccountField): unknown {
    const value = this.fields[name] ?? null;
    if (value === null || value === '') return null;
    if (typeof value !== 'string') return this.refuse(name, 'isString', 'This must be a text.');
    if (!isStorable(value)) return this.refuse(name, 'isText', NOT_STORABLE);
    return read === undefined ? value : this.attempt(() => read(value, this.region));
  }

  private integer(name: RecordField): number | null {
    const value = this.fields[name] ?? null;
    if (value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_INTEGER)) return value;
    return this.refuse(name, 'isInteger', `This must be a whole number from 1 to ${MAX_INTEGER}.`);
  }

  /** A time. If it is the time of a proof, the record must contain the proven field. */
  private time(name: RecordField, { proves }: AccountField): string | null {
    const value = this.fields[name] ?? null;
    if (value === null || value === false || value === '') return null;
    const time = value === true ? this.now : typeof value === 'string' ? readTime(value) : null;
    if (time === null) return this.refuse(name, 'isTime', 'This must be a time such as 2024-05-31T12:00:00Z, with its offset; or true.');
    if (proves === undefined || (this.fields[proves] ?? '') !== '') return time;
    return this.refuse(name, `${proves}.missing`, `There is no ${proves} that it is about.`);
  }

  private json(name: RecordField, { read }: AccountField): unknown {
    const value = this.fields[name] ?? null;
    if (value === null) return null;
    return this.attempt(() => {
      const json = read === undefined ? value : read(value, this.region);
      if (isStorable(json)) return json;
      throw fault(name, 'isText', NOT_STORABLE);
    });
  }

  private attempt(read: () => unknown): unknown {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      this.problems.push(...error.problems);
      return null;
    }
  }
}

const NOT_STORABLE = 'Text must be well-formed Unicode without NUL.';

function fault(field: string, rule: FieldRule, detail: string): InvalidRequestError {
  return new InvalidRequestError([{ pointer: field === '' ? '' : `/${field}`, rule, detail }]);
}

/** Whether PostgreSQL can store all texts in the value. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  return typeof value !== 'object' || value === null || Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
}

const TIME = /^([12]\d{3}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$/;

/** An existing time, in UTC; null for a text that is none. A time given in UTC keeps all its digits. */
export function readTime(text: string): string | null {
  const [found, day = '', zone] = TIME.exec(text) ?? [];
  if (found === undefined) return null;
  const [time, midnight] = [new Date(text), new Date(`${day}T00:00:00Z`)];
  // A Date reads 30 February as 1 March.
  if (Number.isNaN(time.getTime()) || Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return null;
  return zone === 'Z' ? text : time.toISOString();
}
