import type { Role } from '../../common/access.js';
import type { Account } from '../account.js';
import type { Told } from '../field-sets.js';

/** An account as administrators see it; times in ISO 8601, UTC, with milliseconds. */
export interface AccountEntry extends Told<'directory'>, Pick<Account, 'avatar'> {
  /** False for an account that was made without one, and cannot sign in until it is reset. */
  hasPassword: boolean;
  /** Locked after too many wrong ones, or by an administrator: it opens nothing until it is reset. */
  passwordLocked: boolean;
}

export const ACCOUNT_STATUSES = ['active', 'disabled'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** What a value begins with, whatever the case. */
export interface AccountPrefixes {
  email?: string | undefined;
  username?: string | undefined;
  /** Digits; with `+` and country code, or a whole number as dialled at home. */
  mobile?: string | undefined;
  /** First and last name in one. */
  name?: string | undefined;
}

/** Which accounts: those for which all of it holds. */
export interface AccountFilter extends AccountPrefixes {
  /** Text with at least three letters or digits side by side, anywhere in an identifier or a name. */
  search?: string | undefined;
  status?: AccountStatus | undefined;
  role?: Role | undefined;
  /** Whether the e-mail address or the mobile number is proven. */
  verified?: boolean | undefined;
  /** Not before. */
  createdFrom?: Date | undefined;
  /** Before. */
  createdTo?: Date | undefined;
  lastSignInFrom?: Date | undefined;
  lastSignInTo?: Date | undefined;
}

/** The filters by which a list is also ordered; of these there can be one. */
export const SEARCHES = ['search', 'email', 'username', 'mobile', 'name'] as const satisfies readonly (keyof AccountFilter)[];
export type Search = (typeof SEARCHES)[number];

/** The column by which a list is ordered. */
export type AccountOrder = Exclude<Search, 'search'> | 'id' | 'created' | 'last-sign-in';
