import type { Role } from '../common/access.js';
import type { FieldKeys, FieldValues, FieldsShown, FieldsWith, FieldsWritten } from './field-sets.js';

/** An account's picture. */
export interface Avatar {
  /** Derived from the content of the picture. */
  name: string;
  /** 512 pixels square. */
  url: string;
  /** 96 pixels square. */
  smallUrl: string;
}

/** An account as other modules see it. Verified, activated and disabled are three independent facts, each with its time. */
export interface Account extends Omit<Pick<FieldValues, Exclude<FieldsShown<'export'>, FieldsWith<'table'>>>, 'avatar'> {
  avatar: Avatar | null;
}

/** Usage data of an account, stored in a table of its own. */
export interface AccountActivity {
  lastSignInAt: Date | null;
  /** Wrong passwords since the last right one. */
  passwordFailures: number;
}

/** A former e-mail address that its account can still restore. */
export interface HeldEmail {
  /** Canonical form. */
  email: string;
  heldUntil: Date;
}

/**
 * Who showed to read what goes to an address or number: the owner of the account, by its password or a session of `/v1`; or whoever
 * reads it, which may be somebody who changed the address or number without the password.
 */
export type ContactProof = 'by-owner' | 'by-reader';

/** Roles of an account that nobody gave any. */
export const NEW_ACCOUNT_ROLES: readonly Role[] = ['user'];

/** What signing in compares and respects. */
export interface Credentials {
  account: Account;
  /** PHC string; null if the account never had a password. */
  passwordHash: string | null;
  /** Whether the password was locked, after too many wrong ones or on purpose; see `PasswordLocks`. */
  passwordLocked: boolean;
  /** Whether too many wrong ones in a row were tried. */
  passwordWorn: boolean;
  /** Increases when all sessions are ended; see `SessionOpening.open`. */
  sessionEpoch: number;
}

/** Fields with the values that callers give; null and absent both mean empty. */
type Given<Names extends keyof FieldValues> = { [Name in Names]?: FieldValues[Name] | null | undefined };

/** Input for a new account. The service checks the identifiers and converts them to canonical form. */
export interface NewAccount extends Given<FieldsWritten<'register'>> {
  roles?: Role[];
  passwordHash: string | null;
}

/** Nobody else can name this property, so that a draft is not written by hand. */
declare const ADMITTED: unique symbol;

/** The fields of a new account in stored form, with the keys of its identifiers. */
export type NewColumns = Pick<FieldValues, FieldsWritten<'register'>> & FieldKeys;

/** A new account that has been checked, with leave to be made, and has an id. Only `UsersService.draft` makes one. */
export type AccountDraft = NewColumns & Pick<FieldValues, 'id' | 'roles' | 'passwordHash'> & { readonly [ADMITTED]: true };

/**
 * An edit of a profile: absent fields stay, null clears. The username can be cleared only while the account has an e-mail address or a
 * mobile number. `metadata` is replaced as a whole.
 */
export type ProfileChanges = Given<FieldsWritten<'edit'>>;

/** The columns that an edit of a profile can change. */
export type ProfileColumns = Partial<Pick<FieldValues, FieldsWritten<'edit'>> & Pick<FieldKeys, 'usernameKey'>>;

/**
 * SQL of the version of an account, as the statement sees it; null if there is none. For statements of other rooms that read along with an
 * event of the account.
 * @param id SQL of the account's id
 */
export function versionOfAccount(id: string): string {
  return `(SELECT account.version FROM users account WHERE account.id = ${id})`;
}
