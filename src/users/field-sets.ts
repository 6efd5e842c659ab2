import {
  type ACCOUNT_FIELDS,
  type AccountField,
  type AccountFieldName,
  FIELD_ROWS,
  type ShowingPlace,
  type WritingPlace,
} from './account-fields.js';
import type { Identifier } from './identifiers.js';

type Rows = typeof ACCOUNT_FIELDS;
type Plain = { uuid: string; text: string; integer: number; timestamptz: Date; jsonb: object; 'text[]': string[] };
type Stored<Read> = Read extends Identifier ? string : Read;
type ValueOf<Row extends AccountField> =
  | (Row extends { read(...given: never[]): infer Read } ? Stored<Read> : Plain[Row['type']])
  | (Row extends { nullable: true } ? null : never);

/** The stored value of each field. */
export type FieldValues = { -readonly [Name in keyof Rows]: ValueOf<Rows[Name]> };

/** Names of the fields that can be written at a place. */
export type FieldsWritten<Place extends WritingPlace> = {
  [Name in AccountFieldName]: Place extends Rows[Name]['written'][number] ? Name : never;
}[AccountFieldName];

/** Names of the fields that are shown at a place. */
export type FieldsShown<Place extends ShowingPlace> = {
  [Name in AccountFieldName]: Place extends Rows[Name]['shown'][number] ? Name : never;
}[AccountFieldName];

/** Names of the fields whose rows have the given property. */
export type FieldsWith<Mark extends keyof AccountField> = {
  [Name in AccountFieldName]: Mark extends keyof Rows[Name] ? Name : never;
}[AccountFieldName];

/** The key columns of the identifiers. */
export type FieldKeys = { [Name in FieldsWith<'key'> as `${Name}Key`]: string | null };

/** The same type with times as text. */
export type InText<T> = { [Name in keyof T]: Date extends T[Name] ? Exclude<T[Name], Date> | string : T[Name] };

/** What JSON shows of the fields of a place, except the picture, which has a view of its own. */
export type Told<Place extends ShowingPlace> = InText<Omit<Pick<FieldValues, FieldsShown<Place>>, 'avatar'>>;

/** For each time that views tell only as a fact, whether it is known. */
export type Flags = { [Name in FieldsWith<'flag'> as Rows[Name]['flag']]: boolean };

/** The fields of a place that a DTO lacks. A DTO that implements this type compiles only if it lacks none. */
export type Lacking<Place extends WritingPlace, Dto> = Pick<FieldValues, Exclude<FieldsWritten<Place>, keyof Dto>>;

/** The fields that can be written at a place, in the order of `ACCOUNT_FIELDS`. */
export function fieldsWritten<Place extends WritingPlace>(place: Place): FieldsWritten<Place>[] {
  return FIELD_ROWS.filter(([, { written }]) => written.includes(place)).map(([name]) => name as FieldsWritten<Place>);
}

/** The fields that are shown at a place, in the order of `ACCOUNT_FIELDS`. */
export function fieldsShown<Place extends ShowingPlace>(place: Place): FieldsShown<Place>[] {
  return FIELD_ROWS.filter(([, { shown }]) => shown.includes(place)).map(([name]) => name as FieldsShown<Place>);
}
