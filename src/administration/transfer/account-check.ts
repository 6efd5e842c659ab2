import { inspectHash } from '../../auth/passwords/foreign-hashes/hash-families.js';
import { InvalidRequestError } from '../../common/errors.js';
import type { AccountRecord } from '../../users/transfer/account-record.js';
import type { Note } from './import-notes.js';
import type { ImportProblem } from './user-import.js';

/** Why a record cannot be imported. */
export type Fault = Pick<ImportProblem, 'field' | 'rule' | 'detail'>;

/** An account that can be imported. */
export interface CheckedAccount {
  record: AccountRecord;
  /** The family of its password hash; `none` without a password. */
  family: string;
  notes: Note[];
}

/** Reads a record. @throws InvalidRequestError */
export type ReadAccount = (record: unknown) => AccountRecord;

const IDENTIFIERS = ['username', 'email', 'mobile'];
/** The field that goes with one that is left out. */
const PROOFS: Readonly<Record<string, string>> = { email: 'emailVerifiedAt', mobile: 'mobileVerifiedAt' };
/** Without these the account would be another one, or open. */
const FIXED = ['', 'id', 'roles', 'disabledAt', 'passwordLockedAt'];

/** What stands for no password at all: Django's `!…` (`UNUSABLE_PASSWORD_PREFIX`), and `!` and `*` of shadow(5). */
const NO_PASSWORD = /^[!*]/;

/**
 * The account in a record, or the reasons why it cannot be imported. An account whose hash no family knows comes without a password. A lenient
 * check also leaves out other values that are not valid, as long as an identifier stays, and notes the state of the account.
 */
export function checkAccount(value: unknown, read: ReadAccount, isLenient: boolean): CheckedAccount | Fault[] {
  if (value === undefined) return [{ field: '', rule: 'line.unreadable', detail: 'This record cannot be read.' }];
  const notes: Note[] = [];
  try {
    const record = isLenient ? readLeniently(value as Record<string, unknown>, read, notes) : read(value);
    const family = checkHash(record, notes);
    return { record, family, notes: isLenient ? [...notes, ...notesOf(record)] : notes };
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    return error.problems.map(({ pointer, rule, detail }) => ({ field: pointer.slice(1), rule, detail }));
  }
}

/** @throws InvalidRequestError naming what was wrong at first */
function readLeniently(given: Record<string, unknown>, read: ReadAccount, notes: Note[]): AccountRecord {
  try {
    return read(given);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    const faults = error.problems.map(({ pointer, rule }) => ({ field: pointer.slice(1), rule }));
    const wrong = new Set(faults.flatMap(({ field }) => [field, PROOFS[field] ?? field]));
    const rest = Object.fromEntries(Object.entries(given).filter(([field]) => !wrong.has(field)));
    if (FIXED.some((field) => wrong.has(field)) || !IDENTIFIERS.some((field) => (rest[field] ?? '') !== '')) throw error;
    const record = read(rest);
    notes.push(...faults.map(({ field, rule }) => ({ kind: 'field.invalid' as const, about: `${field}: ${rule}` })));
    return record;
  }
}

/** The family of the record's hash. The record loses a hash that cannot be compared with. */
function checkHash(record: AccountRecord, notes: Note[]): string {
  if (record.passwordHash === null) return 'none';
  const hash = inspectHash(record.passwordHash);
  if (hash?.supported === true) return hash.family;
  const isNone = NO_PASSWORD.test(record.passwordHash);
  record.passwordHash = null;
  if (isNone) {
    notes.push({ kind: 'password.none', about: 'marked as unusable' });
    return 'none';
  }
  notes.push({ kind: 'password.unknown', about: hash === null ? 'unknown notation' : `${hash.family}: ${hash.reason ?? 'not supported'}` });
  return 'none';
}

/** What the owner or an administrator will notice of the state in which the account comes. */
function notesOf({ email, emailVerifiedAt, mobile, mobileVerifiedAt, activatedAt, disabledAt }: AccountRecord): Note[] {
  const states: [boolean, Note['kind']][] = [
    [email !== null && emailVerifiedAt === null, 'email.unverified'],
    [mobile !== null && mobileVerifiedAt === null, 'mobile.unverified'],
    [activatedAt === null && emailVerifiedAt === null && mobileVerifiedAt === null && disabledAt === null, 'account.not_activated'],
    [disabledAt !== null, 'account.disabled'],
  ];
  return states.flatMap(([holds, kind]) => (holds ? [{ kind, about: '' }] : []));
}
