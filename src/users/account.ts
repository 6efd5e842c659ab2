import type { Role } from '../common/access.js';

/** The genders an account can carry; null means it was not said. */
export const GENDERS = ['female', 'male', 'other'] as const;
export type Gender = (typeof GENDERS)[number];

/** A JSON object that an app keeps with an account. */
export type Metadata = Record<string, unknown>;

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
export interface Account {
  /** UUIDv7. */
  id: string;
  /** Sequential integer, for wire formats that know no UUIDs. */
  number: number;
  username: string | null;
  email: string | null;
  emailVerifiedAt: Date | null;
  /** The last proven address, while a new one counts but is not proven: password resets go there. */
  recoveryEmail: string | null;
  /** As its owner wrote it. */
  mobile: string | null;
  mobileVerifiedAt: Date | null;
  firstName: string | null;
  lastName: string | null;
  gender: Gender | null;
  /** BCP 47 language tag. */
  locale: string | null;
  /** The app's own data; nothing here reads it. */
  metadata: Metadata;
  avatar: Avatar | null;
  roles: Role[];
  activatedAt: Date | null;
  disabledAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  /** Grows with every edit. */
  version: number;
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

/** What a new account is made of; identifiers are canonicalised and checked on the way in. */
export interface NewAccount {
  username?: string | null;
  email?: string | null;
  mobile?: string | null;
  firstName?: string | null;
  lastName?: string | null;
  gender?: Gender | null;
  locale?: string | null;
  roles?: Role[];
  passwordHash: string | null;
}

/** An account that can be stored: checked, and with its id. */
export type AccountDraft = Pick<
  Account,
  'id' | 'username' | 'email' | 'mobile' | 'firstName' | 'lastName' | 'gender' | 'locale' | 'roles'
> &
  Pick<Credentials, 'passwordHash'> & { usernameKey: string | null; emailKey: string | null; mobileKey: string | null };

/** An edit of what an account says about its owner: what is absent stays, null clears. */
export interface ProfileChanges {
  /** May be cleared only while the account has an e-mail address or a mobile number. */
  username?: string | null | undefined;
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  gender?: Gender | null | undefined;
  locale?: string | null | undefined;
  /** Replaces the whole object. */
  metadata?: Metadata | null | undefined;
}
