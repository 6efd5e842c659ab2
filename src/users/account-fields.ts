import {
  GENDERS,
  MAX_LOCALE_CHARS,
  MAX_NAME_CHARS,
  canonicalLocale,
  checkedMetadata,
  checkedPublicMetadata,
  cleanName,
  readFactors,
  readGender,
  readId,
  readPasswordHash,
  readPictureName,
  readReason,
  readRoles,
} from './field-values.js';
import { type Identifier, fromEmail, fromMobile, fromUsername } from './identifiers.js';

/** Where a field can be written: in a registration, in an edit of the profile, in a file of accounts. */
export type WritingPlace = 'register' | 'edit' | 'import';

/** Where a field is shown: to its owner, to administrators, in the owner's export. Files of accounts contain all fields with `import`. */
export type ShowingPlace = 'view' | 'directory' | 'export';

/** Types of columns. */
export type ColumnType = 'uuid' | 'text' | 'integer' | 'timestamptz' | 'jsonb' | 'text[]';

/** One row of `ACCOUNT_FIELDS`: everything that the code knows about a field of accounts. */
export interface AccountField {
  column: string;
  type: ColumnType;
  /** The field's table, if not `users`. Such a field is read-only here; the service that owns it writes it with statements of its own. */
  table?: 'user_activity';
  nullable?: boolean;
  /** Value of an absent field, if the column is not nullable. */
  default?: unknown;
  /** PostgreSQL or TypeORM generates the value; the entity says how. */
  generated?: boolean;
  /** The column of the canonical form under which a value must be unique. `read` then returns an `Identifier`. */
  key?: string;
  /** The field that this time proves. */
  proves?: 'email' | 'mobile';
  /** Name of the member by which views tell whether this time is known. */
  flag?: string;
  /** Converts a given value to the stored form. @throws InvalidRequestError */
  read?(this: void, given: unknown, region: string): unknown;
  /** Maximum length in a request, characters. */
  maxChars?: number;
  /** The only permitted values. */
  oneOf?: readonly string[];
  written: readonly WritingPlace[];
  shown: readonly ShowingPlace[];
}

const ANYWHERE = ['register', 'edit', 'import'] as const;
const EVERYWHERE = ['view', 'directory', 'export'] as const;
const BEHIND = ['directory', 'export'] as const;

/**
 * Every field of an account, in the order of views and files. To add a field, write a migration, a row here, and a property in the DTOs and
 * views that the row names; those do not compile without the property.
 */
export const ACCOUNT_FIELDS = {
  /** UUIDv7. */
  id: { column: 'id', type: 'uuid', generated: true, read: readId, written: ['import'], shown: EVERYWHERE },
  /** Sequential integer, for wire formats without UUIDs. */
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
    flag: 'emailVerified',
    written: ['import'],
    shown: BEHIND,
  },
  /** The last proven address while the account has a newer, unproven one. Password resets go to the proven one. */
  recoveryEmail: {
    column: 'recovery_email',
    type: 'text',
    nullable: true,
    read: (text: string): string => fromEmail(text).stored,
    written: ['import'],
    shown: BEHIND,
  },
  /** As the owner typed it. */
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
    flag: 'mobileVerified',
    written: ['import'],
    shown: BEHIND,
  },
  /** The last proven number (E.164) while the account has a newer one that its owner has not proven. Texted resets go to the proven one. */
  recoveryMobile: {
    column: 'recovery_mobile',
    type: 'text',
    nullable: true,
    read: (text: string, region: string): string => fromMobile(text, region).key,
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
  /** The app's own data; the server does not interpret it. */
  metadata: {
    column: 'metadata',
    type: 'jsonb',
    default: {},
    read: checkedMetadata,
    written: ['edit', 'import'],
    shown: EVERYWHERE,
  },
  /** What administrators say of the account to apps and to its owner, who cannot change it. `CLAIMS_TEMPLATE` makes claims of it. */
  publicMetadata: {
    column: 'public_metadata',
    type: 'jsonb',
    default: {},
    read: checkedPublicMetadata,
    written: ['import'],
    shown: EVERYWHERE,
  },
  /** Name of the stored picture. */
  avatar: { column: 'avatar', type: 'text', nullable: true, read: readPictureName, written: ['import'], shown: EVERYWHERE },
  roles: { column: 'roles', type: 'text[]', default: ['user'], read: readRoles, written: ['import'], shown: EVERYWHERE },
  /** PHC string; null when no password was ever set. */
  passwordHash: { column: 'password_hash', type: 'text', nullable: true, read: readPasswordHash, written: ['import'], shown: [] },
  /** The password opens nothing: after too many wrong ones in a row, or because somebody put an end to it. A new one lifts the lock. */
  passwordLockedAt: { column: 'password_locked_at', type: 'timestamptz', nullable: true, written: ['import'], shown: [] },
  /** When a hundred wrong passwords in a row were reached; null also for a password that was locked for another reason. */
  passwordWornAt: { column: 'password_worn_at', type: 'timestamptz', nullable: true, written: ['import'], shown: [] },
  /** Since when the account wants a second factor at every sign-in, whatever the installation demands. */
  mfaRequiredAt: {
    column: 'mfa_required_at',
    type: 'timestamptz',
    nullable: true,
    flag: 'mfaRequired',
    written: ['import'],
    shown: BEHIND,
  },
  /** The kinds of authenticators that it has beside a password, without duplicates; `AuthenticatorsService` keeps it up to date. */
  factors: { column: 'factors', type: 'text[]', default: [], read: readFactors, written: [], shown: BEHIND },
  activatedAt: { column: 'activated_at', type: 'timestamptz', nullable: true, written: ['import'], shown: BEHIND },
  disabledAt: { column: 'disabled_at', type: 'timestamptz', nullable: true, written: ['import'], shown: BEHIND },
  /** The administrator's words. */
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
  /** Increases with every edit. */
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

/** The row of any field. */
export function rowOf(name: AccountFieldName): AccountField {
  return ACCOUNT_FIELDS[name];
}
