import type { Role } from '../../common/access.js';
import type { Account } from '../account.js';
import type { Told } from '../field-sets.js';

/** An account as administrators see it; times in ISO 8601, UTC, with milliseconds. */
export interface AccountEntry extends Told<'directory'>, Pick<Account, 'avatar'> {
  /** False if the account was created without a password; it cannot sign in until the password is reset. */
  hasPassword: boolean;
  /** Locked after too many wrong passwords, or by an administrator. A locked password is refused until it is reset. */
  passwordLocked: boolean;
}

export const ACCOUNT_STATUSES = ['active', 'disabled'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** Search by the beginning of a value, in upper or lower case. */
export interface AccountPrefixes {
  email?: string | undefined;
  username?: string | undefined;
  /** Beginning with `+` and country code, or a whole number as dialled nationally. */
  mobile?: string | undefined;
  /** First and last name, separated by a space. */
  name?: string | undefined;
}

/** A filter; an account must meet all given conditions. */
export interface AccountFilter extends AccountPrefixes {
  /** Text with at least three consecutive letters or digits, anywhere in an identifier or name. */
  search?: string | undefined;
  status?: AccountStatus | undefined;
  role?: Role | undefined;
  /** Whether the e-mail address or the mobile number is proven. */
  verified?: boolean | undefined;
  /** Inclusive. */
  createdFrom?: Date | undefined;
  /** Exclusive. */
  createdTo?: Date | undefined;
  lastSignInFrom?: Date | undefined;
  lastSignInTo?: Date | undefined;
}

/** The filters that also determine the order of the list; at most one may be given. */
export const SEARCHES = ['search', 'email', 'username', 'mobile', 'name'] as const satisfies readonly (keyof AccountFilter)[];
export type Search = (typeof SEARCHES)[number];

/** The column by which a list is ordered. */
export type AccountOrder = Exclude<Search, 'search'> | 'id' | 'created' | 'last-sign-in';
