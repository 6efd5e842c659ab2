import type { Role } from '../common/access.js';
import type { FieldKeys, FieldValues, FieldsShown, FieldsWith, FieldsWritten } from './field-sets.js';

/** An account's picture. */
export interface Avatar {
  /** Made from its content. */
  name: string;
  /** 512 pixels square. */
  url: string;
  /** 96 pixels square. */
  smallUrl: string;
}

/** An account as the rest of the product sees it. Verified, activated and disabled are three facts with a time each. */
export interface Account extends Omit<Pick<FieldValues, Exclude<FieldsShown<'export'>, FieldsWith<'table'>>>, 'avatar'> {
  avatar: Avatar | null;
}

/** What is noted of an account's use, apart from the account itself. */
export interface AccountActivity {
  lastSignInAt: Date | null;
  /** Wrong passwords since the last right one. */
  passwordFailures: number;
}

/** A former e-mail address that its account can still go back to. */
export interface HeldEmail {
  /** In its canonical form. */
  email: string;
  heldUntil: Date;
}

/** What signing in compares and respects. */
export interface Credentials {
  account: Account;
  /** PHC string; null when no password was ever set. */
  passwordHash: string | null;
  /** Whether the password was locked after too many wrong ones; it opens nothing until it is reset. */
  passwordLocked: boolean;
  /** Changes when all sessions are ended; see `SessionOpening.open`. */
  sessionEpoch: number;
}

/** Fields with the values that callers give: null or absent where there is none. */
type Given<Names extends keyof FieldValues> = { [Name in Names]?: FieldValues[Name] | null | undefined };

/** What a new account is made of; identifiers are canonicalised and checked on the way in. */
export interface NewAccount extends Given<FieldsWritten<'register'>> {
  roles?: Role[];
  passwordHash: string | null;
}

/** The fields of a new account in the form in which they are kept, with the keys of its identifiers. */
export type NewColumns = Pick<FieldValues, FieldsWritten<'register'>> & FieldKeys;

/** An account that can be stored: checked, and with its id. */
export type AccountDraft = NewColumns & Pick<FieldValues, 'id' | 'roles' | 'passwordHash'>;

/**
 * An edit of what an account says about its owner: what is absent stays, null clears. The username may be cleared only while the account
 * has an e-mail address or a mobile number; `metadata` is replaced as a whole.
 */
export type ProfileChanges = Given<FieldsWritten<'edit'>>;

/** The columns that an edit of a profile can change. */
export type ProfileColumns = Partial<Pick<FieldValues, FieldsWritten<'edit'>> & Pick<FieldKeys, 'usernameKey'>>;
