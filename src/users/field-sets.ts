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

/** The value of each field, as it is kept. */
export type FieldValues = { -readonly [Name in keyof Rows]: ValueOf<Rows[Name]> };

/** Names of the fields that can be written at a place. */
export type FieldsWritten<Place extends WritingPlace> = {
  [Name in AccountFieldName]: Place extends Rows[Name]['written'][number] ? Name : never;
}[AccountFieldName];

/** Names of the fields that are shown at a place. */
export type FieldsShown<Place extends ShowingPlace> = {
  [Name in AccountFieldName]: Place extends Rows[Name]['shown'][number] ? Name : never;
}[AccountFieldName];

/** Names of the fields that have a mark in their rows. */
export type FieldsWith<Mark extends keyof AccountField> = {
  [Name in AccountFieldName]: Mark extends keyof Rows[Name] ? Name : never;
}[AccountFieldName];

/** The columns with the forms under which fields are unique. */
export type FieldKeys = { [Name in FieldsWith<'key'> as `${Name}Key`]: string | null };

/** The same with times in text. */
export type InText<T> = { [Name in keyof T]: Date extends T[Name] ? Exclude<T[Name], Date> | string : T[Name] };

/** What JSON shows of the fields of a place; a picture has a form of its own. */
export type Told<Place extends ShowingPlace> = InText<Omit<Pick<FieldValues, FieldsShown<Place>>, 'avatar'>>;

/** Whether there is a proof, for each field that can be proven. */
export type Proofs = { [Name in FieldsWith<'proves'> as `${Rows[Name]['proves']}Verified`]: boolean };

/** The fields of a place that a DTO lacks. A DTO that implements them compiles only while there are none. */
export type Lacking<Place extends WritingPlace, Dto> = Pick<FieldValues, Exclude<FieldsWritten<Place>, keyof Dto>>;

/** The fields that can be written at a place, in order. */
export function fieldsWritten<Place extends WritingPlace>(place: Place): FieldsWritten<Place>[] {
  return FIELD_ROWS.filter(([, { written }]) => written.includes(place)).map(([name]) => name as FieldsWritten<Place>);
}

/** The fields that are shown at a place, in order. */
export function fieldsShown<Place extends ShowingPlace>(place: Place): FieldsShown<Place>[] {
  return FIELD_ROWS.filter(([, { shown }]) => shown.includes(place)).map(([name]) => name as FieldsShown<Place>);
}
