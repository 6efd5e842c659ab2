import { ROLES, type Role } from '../../common/access.js';
import { type FieldProblem, InvalidRequestError } from '../../common/errors.js';
import { isId, newId } from '../../common/ids.js';
import { readLine } from '../../common/text.js';
import { GENDERS, type Gender, type Metadata } from '../account.js';
import { fromEmail, fromMobile, fromUsername } from '../identifiers.js';
import { canonicalLocale, checkedMetadata, cleanName } from '../profile.js';

/** What a field of a record holds. */
export type FieldKind = 'text' | 'number' | 'time' | 'words' | 'object';

/** The fields of an account in a file, in their order there. All but the identifiers may be missing. */
export const RECORD_FIELDS = {
  id: 'text',
  number: 'number',
  username: 'text',
  email: 'text',
  emailVerifiedAt: 'time',
  recoveryEmail: 'text',
  mobile: 'text',
  mobileVerifiedAt: 'time',
  firstName: 'text',
  lastName: 'text',
  gender: 'text',
  locale: 'text',
  metadata: 'object',
  avatar: 'text',
  roles: 'words',
  passwordHash: 'text',
  passwordLockedAt: 'time',
  activatedAt: 'time',
  disabledAt: 'time',
  disabledReason: 'text',
  createdAt: 'time',
  updatedAt: 'time',
  version: 'number',
  lastSignInAt: 'time',
} as const satisfies Record<string, FieldKind>;
export type RecordField = keyof typeof RECORD_FIELDS;

/** An account as it is moved in and out: everything that is kept of it but its sessions. Times are RFC 3339 in UTC. */
export interface AccountRecord {
  id: string;
  /** Null gives it the next one. */
  number: number | null;
  username: string | null;
  usernameKey: string | null;
  email: string | null;
  emailKey: string | null;
  emailVerifiedAt: string | null;
  recoveryEmail: string | null;
  mobile: string | null;
  mobileKey: string | null;
  mobileVerifiedAt: string | null;
  firstName: string | null;
  lastName: string | null;
  gender: Gender | null;
  locale: string | null;
  metadata: Metadata;
  avatar: string | null;
  roles: Role[];
  passwordHash: string | null;
  passwordLockedAt: string | null;
  activatedAt: string | null;
  disabledAt: string | null;
  disabledReason: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
  lastSignInAt: string | null;
}

/** What a record is read by. */
export interface RecordRules {
  /** Country in which a mobile number without `+` is read. */
  region: string;
  /** Stands for a time of which only the fact is known: `true`. */
  now: Date;
}

/** Largest integer of PostgreSQL. */
const MAX_INTEGER = 2_147_483_647;
/** Longest hash and reason, characters. */
const MAX_TEXT_CHARS = 1_024;

type Fields = Record<string, unknown>;

/**
 * An account from a record of a file, checked by the same rules as everywhere. Nothing is guessed or left out.
 * @throws InvalidRequestError naming every field that cannot be taken
 */
export function readAccountRecord(record: unknown, { region, now }: RecordRules): AccountRecord {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) throw fault('', 'record.invalid', 'This is no JSON object.');
  const fields = record as Fields;
  const reader = new FieldReader(fields, now.toISOString());
  for (const name of Object.keys(fields)) {
    if (!Object.hasOwn(RECORD_FIELDS, name)) reader.refuse(name.slice(0, 64), 'field.unknown', 'There is no such field.');
  }
  const username = reader.text('username', fromUsername);
  const email = reader.text('email', fromEmail);
  const mobile = reader.text('mobile', (text) => fromMobile(text, region));
  if (['username', 'email', 'mobile'].every((name) => (fields[name] ?? '') === ''))
    reader.refuse('', 'identifier.missing', 'It needs a username, an e-mail address or a mobile number.');
  const createdAt = reader.time('createdAt') ?? now.toISOString();
  const read: AccountRecord = {
    id: reader.id(),
    number: reader.integer('number'),
    username: username?.stored ?? null,
    usernameKey: username?.key ?? null,
    email: email?.stored ?? null,
    emailKey: email?.key ?? null,
    emailVerifiedAt: reader.proof('emailVerifiedAt', 'email'),
    recoveryEmail: reader.text('recoveryEmail', fromEmail)?.stored ?? null,
    mobile: mobile?.stored ?? null,
    mobileKey: mobile?.key ?? null,
    mobileVerifiedAt: reader.proof('mobileVerifiedAt', 'mobile'),
    firstName: reader.text('firstName', (text) => cleanName(text, 'firstName')),
    lastName: reader.text('lastName', (text) => cleanName(text, 'lastName')),
    gender: reader.text('gender', readGender),
    locale: reader.text('locale', canonicalLocale),
    metadata: reader.metadata(),
    avatar: reader.text('avatar', readAvatar),
    roles: reader.roles(),
    passwordHash: reader.text('passwordHash', readHash),
    passwordLockedAt: reader.time('passwordLockedAt'),
    activatedAt: reader.time('activatedAt'),
    disabledAt: reader.time('disabledAt'),
    disabledReason: reader.text('disabledReason', readReason),
    createdAt,
    updatedAt: reader.time('updatedAt') ?? createdAt,
    version: reader.integer('version') ?? 1,
    lastSignInAt: reader.time('lastSignInAt'),
  };
  if (reader.problems.length > 0) throw new InvalidRequestError(reader.problems);
  return read;
}

/** Reads the fields of one record and gathers what is wrong with them. */
class FieldReader {
  readonly problems: FieldProblem[] = [];

  constructor(
    private readonly fields: Fields,
    private readonly now: string,
  ) {}

  refuse(field: string, rule: string, detail: string): null {
    this.problems.push({ pointer: field === '' ? '' : `/${field}`, rule, detail });
    return null;
  }

  /** What `read` makes of a text; null when there is none, or it is refused. */
  text<T>(field: RecordField, read: (text: string) => T | null): T | null {
    const value = this.fields[field] ?? null;
    if (value === null || value === '') return null;
    if (typeof value !== 'string') return this.refuse(field, 'isString', 'This must be a text.');
    if (!isStorable(value)) return this.refuse(field, 'isText', 'Text must be well-formed Unicode without NUL.');
    return this.attempt(() => read(value));
  }

  id(): string {
    const id = this.text('id', (text) => {
      if (!isId(text)) throw fault('id', 'isUuid', 'This is no UUID.');
      return text.toLowerCase();
    });
    return id ?? newId();
  }

  integer(field: RecordField): number | null {
    const value = this.fields[field] ?? null;
    if (value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_INTEGER)) return value;
    return this.refuse(field, 'isInteger', `This must be a whole number from 1 to ${MAX_INTEGER}.`);
  }

  time(field: RecordField): string | null {
    const value = this.fields[field] ?? null;
    if (value === null || value === false || value === '') return null;
    if (value === true) return this.now;
    const time = typeof value === 'string' ? readTime(value) : null;
    return time ?? this.refuse(field, 'isTime', 'This must be a time such as 2024-05-31T12:00:00Z, with its offset; or true.');
  }

  /** When something was proven, which has to be there. */
  proof(field: RecordField, of: RecordField): string | null {
    const time = this.time(field);
    if (time !== null && (this.fields[of] ?? '') === '') return this.refuse(field, `${of}.missing`, `There is no ${of} that it is about.`);
    return time;
  }

  metadata(): Metadata {
    const value = this.fields['metadata'] ?? null;
    return (
      this.attempt(() => {
        const metadata = checkedMetadata(value as Metadata | null);
        if (isStorable(metadata)) return metadata;
        throw fault('metadata', 'isText', 'Text must be well-formed Unicode without NUL.');
      }) ?? {}
    );
  }

  roles(): Role[] {
    const value = this.fields['roles'] ?? ['user'];
    const isGood = Array.isArray(value) && value.length > 0 && new Set(value).size === value.length;
    if (isGood && value.every((role) => ROLES.some((known) => known === role))) return value as Role[];
    this.refuse('roles', 'roles.invalid', `This must be a list of ${ROLES.join(', ')}, each once.`);
    return ['user'];
  }

  private attempt<T>(read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      this.problems.push(...error.problems);
      return null;
    }
  }
}

function fault(field: string, rule: string, detail: string): InvalidRequestError {
  return new InvalidRequestError([{ pointer: field === '' ? '' : `/${field}`, rule, detail }]);
}

/** Whether PostgreSQL can keep all texts in it. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  return typeof value !== 'object' || value === null || Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
}

function readGender(text: string): Gender {
  const gender = GENDERS.find((each) => each === text);
  if (gender === undefined) throw fault('gender', 'isIn', `This must be one of ${GENDERS.join(', ')}.`);
  return gender;
}

/** The name of a stored picture; see `Picture`. */
function readAvatar(text: string): string {
  if (!/^[\da-f]{32}$/.test(text)) throw fault('avatar', 'avatar.invalid', 'This is not the name of a stored picture.');
  return text;
}

/** As it stands: a hash is compared with, not read. */
function readHash(text: string): string {
  if (text.length > MAX_TEXT_CHARS) throw fault('passwordHash', 'hash.too_long', `Use at most ${MAX_TEXT_CHARS} characters.`);
  return text;
}

function readReason(text: string): string | null {
  const reason = readLine(text, MAX_TEXT_CHARS);
  if (reason === null) throw fault('disabledReason', 'reason.invalid', `Use at most ${MAX_TEXT_CHARS} characters on one line.`);
  return reason === '' ? null : reason;
}

const TIME = /^([12]\d{3}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$/;

/** A time that exists, in UTC; one that is given in UTC keeps all of its digits. */
function readTime(text: string): string | null {
  const [found, day = '', zone] = TIME.exec(text) ?? [];
  if (found === undefined) return null;
  const [time, midnight] = [new Date(text), new Date(`${day}T00:00:00Z`)];
  // 30 February is read as 1 March.
  if (Number.isNaN(time.getTime()) || Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return null;
  return zone === 'Z' ? text : time.toISOString();
}
