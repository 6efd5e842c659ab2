import {
  GENDERS,
  MAX_LOCALE_CHARS,
  MAX_NAME_CHARS,
  canonicalLocale,
  checkedMetadata,
  cleanName,
  readGender,
  readId,
  readPasswordHash,
  readPictureName,
  readReason,
  readRoles,
} from './field-values.js';
import { type Identifier, fromEmail, fromMobile, fromUsername } from './identifiers.js';

/** Where a field can be written: by registering, by an edit of the profile, in a file of accounts. */
export type WritingPlace = 'register' | 'edit' | 'import';

/** Where a field is shown: to its owner, to administrators, in its owner's export. Files of accounts hold all that can be imported. */
export type ShowingPlace = 'view' | 'directory' | 'export';

/** Types of columns. */
export type ColumnType = 'uuid' | 'text' | 'integer' | 'timestamptz' | 'jsonb' | 'text[]';

/** All that the code has to know of a field of accounts. */
export interface AccountField {
  column: string;
  type: ColumnType;
  /** The table, where it is not `users`: there the field is read only, and its writer has statements of its own. */
  table?: 'user_activity';
  nullable?: boolean;
  /** Stands for what is not given, where the column is not nullable. */
  default?: unknown;
  /** PostgreSQL or TypeORM give it its value; the entity says how. */
  generated?: boolean;
  /** The column with the form under which a value is unique: then `read` makes an `Identifier`. */
  key?: string;
  /** The field of which this time is the proof. Views show `<field>Verified`. */
  proves?: 'email' | 'mobile';
  /** Brings what is given into the form in which it is kept. @throws InvalidRequestError */
  read?(this: void, given: unknown, region: string): unknown;
  /** Longest text in a request, characters. */
  maxChars?: number;
  /** The only texts there are. */
  oneOf?: readonly string[];
  written: readonly WritingPlace[];
  shown: readonly ShowingPlace[];
}

const ANYWHERE = ['register', 'edit', 'import'] as const;
const EVERYWHERE = ['view', 'directory', 'export'] as const;
const BEHIND = ['directory', 'export'] as const;

/**
 * Every field of an account, in the order of views and files. A new one is a migration, a row here, and a property of the DTOs and views
 * that the row names; they do not compile without it.
 */
export const ACCOUNT_FIELDS = {
  /** UUIDv7. */
  id: { column: 'id', type: 'uuid', generated: true, read: readId, written: ['import'], shown: EVERYWHERE },
  /** Sequential integer, for wire formats that know no UUIDs. */
  number: { column: 'number', type: 'integer', generated: true, written: ['import'], shown: EVERYWHERE },
  username: {
    column: 'username',
    key: 'username_key',
    type: 'text',
    nullable: true,
    maxChars: 32,
    read: (text: string): Identifier => fromUsername(text),
    written: ANYWHERE,
    shown: EVERYWHERE,
  },
  email: {
    column: 'email',
    key: 'email_key',
    type: 'text',
    nullable: true,
    maxChars: 254,
    read: (text: string): Identifier => fromEmail(text),
    written: ['register', 'import'],
    shown: EVERYWHERE,
  },
  emailVerifiedAt: {
    column: 'email_verified_at',
    type: 'timestamptz',
    nullable: true,
    proves: 'email',
    written: ['import'],
    shown: BEHIND,
  },
  /** The last proven address, while a new one counts but is not proven: password resets go there. */
  recoveryEmail: {
    column: 'recovery_email',
    type: 'text',
    nullable: true,
    read: (text: string): string => fromEmail(text).stored,
    written: ['import'],
    shown: BEHIND,
  },
  /** As its owner wrote it. */
  mobile: {
    column: 'mobile',
    key: 'mobile_key',
    type: 'text',
    nullable: true,
    maxChars: 40,
    read: (text: string, region: string): Identifier => fromMobile(text, region),
    written: ['register', 'import'],
    shown: EVERYWHERE,
  },
  mobileVerifiedAt: {
    column: 'mobile_verified_at',
    type: 'timestamptz',
    nullable: true,
    proves: 'mobile',
    written: ['import'],
    shown: BEHIND,
  },
  firstName: {
    column: 'first_name',
    type: 'text',
    nullable: true,
    maxChars: MAX_NAME_CHARS,
    read: (text: string): string | null => cleanName(text, 'firstName'),
    written: ANYWHERE,
    shown: EVERYWHERE,
  },
  lastName: {
    column: 'last_name',
    type: 'text',
    nullable: true,
    maxChars: MAX_NAME_CHARS,
    read: (text: string): string | null => cleanName(text, 'lastName'),
    written: ANYWHERE,
    shown: EVERYWHERE,
  },
  gender: { column: 'gender', type: 'text', nullable: true, oneOf: GENDERS, read: readGender, written: ANYWHERE, shown: EVERYWHERE },
  /** BCP 47 language tag. */
  locale: {
    column: 'locale',
    type: 'text',
    nullable: true,
    maxChars: MAX_LOCALE_CHARS,
    read: canonicalLocale,
    written: ANYWHERE,
    shown: EVERYWHERE,
  },
  /** The app's own data; nothing here reads it. */
  metadata: {
    column: 'metadata',
    type: 'jsonb',
    default: {},
    read: checkedMetadata,
    written: ['edit', 'import'],
    shown: EVERYWHERE,
  },
  /** Name of the stored picture. */
  avatar: { column: 'avatar', type: 'text', nullable: true, read: readPictureName, written: ['import'], shown: EVERYWHERE },
  roles: { column: 'roles', type: 'text[]', default: ['user'], read: readRoles, written: ['import'], shown: EVERYWHERE },
  /** PHC string; null when no password was ever set. */
  passwordHash: { column: 'password_hash', type: 'text', nullable: true, read: readPasswordHash, written: ['import'], shown: [] },
  /** After too many wrong passwords in a row; a new password lifts it. */
  passwordLockedAt: { column: 'password_locked_at', type: 'timestamptz', nullable: true, written: ['import'], shown: [] },
  activatedAt: { column: 'activated_at', type: 'timestamptz', nullable: true, written: ['import'], shown: BEHIND },
  disabledAt: { column: 'disabled_at', type: 'timestamptz', nullable: true, written: ['import'], shown: BEHIND },
  /** In the words of the administrator who disabled it. */
  disabledReason: {
    column: 'disabled_reason',
    type: 'text',
    nullable: true,
    read: readReason,
    written: ['import'],
    shown: ['directory'],
  },
  createdAt: { column: 'created_at', type: 'timestamptz', generated: true, written: ['import'], shown: EVERYWHERE },
  updatedAt: { column: 'updated_at', type: 'timestamptz', generated: true, written: ['import'], shown: EVERYWHERE },
  /** Grows with every edit. */
  version: { column: 'version', type: 'integer', generated: true, written: ['import'], shown: BEHIND },
  lastSignInAt: {
    column: 'last_sign_in_at',
    type: 'timestamptz',
    table: 'user_activity',
    nullable: true,
    written: ['import'],
    shown: BEHIND,
  },
} as const satisfies Record<string, AccountField>;

export type AccountFieldName = keyof typeof ACCOUNT_FIELDS;

/** Names and rows of all fields. */
export const FIELD_ROWS = Object.entries(ACCOUNT_FIELDS) as [AccountFieldName, AccountField][];

/** The row of a field, whichever it is. */
export function rowOf(name: AccountFieldName): AccountField {
  return ACCOUNT_FIELDS[name];
}
