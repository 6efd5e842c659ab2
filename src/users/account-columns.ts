import type { Account, Avatar, NewAccount, NewColumns, ProfileChanges, ProfileColumns } from './account.js';
import { type AccountFieldName, rowOf } from './account-fields.js';
import { fieldsShown, fieldsWritten } from './field-sets.js';
import type { User } from './user.entity.js';

/** The address comes first: whose address and username are both wrong has always been told of the address. */
const REGISTERED = fieldsWritten('register').toSorted((some, other) => Number(other === 'email') - Number(some === 'email'));
const EDITED = fieldsWritten('edit');
const SHOWN = fieldsShown('export').filter((name) => rowOf(name).table === undefined) as (keyof Account)[];

/**
 * The columns of a new account; what is not given is empty.
 * @param region ISO 3166-1 alpha-2 country in which a mobile number without `+` is read
 * @throws InvalidRequestError
 */
export function readNew(input: NewAccount, region: string): NewColumns {
  return Object.assign({}, ...REGISTERED.map((name) => readField(name, input[name] ?? null, region))) as NewColumns;
}

/**
 * The columns of the fields that an edit names; null clears.
 * @throws InvalidRequestError
 */
export function readChanges(changes: ProfileChanges, region: string): ProfileColumns {
  const given = EDITED.filter((name) => changes[name] !== undefined);
  return Object.assign({}, ...given.map((name) => readField(name, changes[name], region))) as ProfileColumns;
}

/** The column of a field, and of its key, in the form in which they are kept. */
function readField(name: AccountFieldName, given: unknown, region: string): Record<string, unknown> {
  const { key, read, default: empty = null } = rowOf(name);
  const value = given === null ? null : read === undefined ? given : read(given, region);
  if (key === undefined) return { [name]: value ?? empty };
  const identifier = value as { stored: string; key: string } | null;
  return { [name]: identifier?.stored ?? null, [`${name}Key`]: identifier?.key ?? null };
}

/** @param publicUrl where pictures are served */
export function toAccount(user: User, publicUrl: string | undefined): Account {
  const account: Partial<Record<keyof Account, unknown>> = {};
  for (const name of SHOWN) account[name] = user[name] ?? null;
  account.avatar = toAvatar(user.avatar ?? null, publicUrl);
  return account as unknown as Account;
}

/** @param publicUrl where pictures are served */
export function toAvatar(name: string | null, publicUrl: string | undefined): Avatar | null {
  return name === null ? null : { name, url: `${publicUrl}/avatars/${name}.jpg`, smallUrl: `${publicUrl}/avatars/${name}-small.jpg` };
}
