import { type FieldProblem, InvalidRequestError } from '../common/errors.js';
import type { Account, Avatar, NewAccount, NewColumns, ProfileChanges, ProfileColumns } from './account.js';
import { type AccountFieldName, rowOf } from './account-fields.js';
import { fieldsShown, fieldsWritten } from './field-sets.js';
import type { User } from './user.entity.js';

/** The e-mail address is checked first: if both address and username are invalid, clients have always got the error for the address. */
const REGISTERED = fieldsWritten('register').toSorted((some, other) => Number(other === 'email') - Number(some === 'email'));
const EDITED = fieldsWritten('edit');
const SHOWN = fieldsShown('export').filter((name) => rowOf(name).table === undefined) as (keyof Account)[];
/** Copying an object that already has all members is faster than filling one that grows; reading the copy is, too. */
const EMPTY = Object.fromEntries(SHOWN.map((name) => [name, null]));

/**
 * The columns of a new account; absent fields are null or have their default.
 * @param region ISO 3166-1 alpha-2 country of mobile numbers without `+`
 * @throws InvalidRequestError
 */
export function readNew(input: NewAccount, region: string): NewColumns {
  return readFields(REGISTERED, (name) => input[name] ?? null, region) as NewColumns;
}

/**
 * The columns of the fields in an edit; null clears a field.
 * @throws InvalidRequestError
 */
export function readChanges(changes: ProfileChanges, region: string): ProfileColumns {
  const given = EDITED.filter((name) => changes[name] !== undefined);
  return readFields(given, (name) => changes[name], region);
}

/** The columns of several fields. @throws InvalidRequestError that names every wrong one */
function readFields<Name extends AccountFieldName>(names: readonly Name[], valueOf: (name: Name) => unknown, region: string): object {
  const columns: Record<string, unknown> = {};
  const problems: FieldProblem[] = [];
  for (const name of names) {
    try {
      Object.assign(columns, readField(name, valueOf(name), region));
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new InvalidRequestError(problems);
  return columns;
}

/** The canonical value of a field and, for an identifier, of its key column. */
function readField(name: AccountFieldName, given: unknown, region: string): Record<string, unknown> {
  const { key, read, default: empty = null } = rowOf(name);
  const value = given === null ? null : read === undefined ? given : read(given, region);
  if (key === undefined) return { [name]: value ?? empty };
  const identifier = value as { stored: string; key: string } | null;
  return { [name]: identifier?.stored ?? null, [`${name}Key`]: identifier?.key ?? null };
}

/** @param publicUrl origin of the pictures' URLs */
export function toAccount(user: User, publicUrl: string | undefined): Account {
  const account: Partial<Record<keyof Account, unknown>> = { ...EMPTY };
  for (const name of SHOWN) account[name] = user[name] ?? null;
  account.avatar = toAvatar(user.avatar ?? null, publicUrl);
  return account as unknown as Account;
}

/** @param publicUrl origin of the pictures' URLs */
export function toAvatar(name: string | null, publicUrl: string | undefined): Avatar | null {
  return name === null ? null : { name, url: `${publicUrl}/avatars/${name}.jpg`, smallUrl: `${publicUrl}/avatars/${name}-small.jpg` };
}
