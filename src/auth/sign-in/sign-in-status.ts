import type { AssuranceLevel } from '../../common/access.js';
import type { Account } from '../../users/account.js';
import type { AuthenticationMethod } from '../../tokens/access-tokens/assurance.js';
import { type PassedFactor, type SignInPurpose, assuranceOf } from '../factors/factor.js';

/** What a sign-in waits for. */
export const SIGN_IN_STATUSES = [
  'needs_first_factor',
  'needs_link',
  'needs_second_factor',
  'needs_enrollment',
  'needs_new_password',
  'complete',
  'expired',
] as const;
export type SignInStatus = (typeof SIGN_IN_STATUSES)[number];

/** The facts that decide it. */
export interface SignInFacts {
  purpose: SignInPurpose;
  passed: readonly PassedFactor[];
  /** `amr` of the session that steps up. */
  earlierMethods: readonly AuthenticationMethod[] | null;
  /** The level that the session has to have. */
  required: AssuranceLevel;
  newPassword: boolean;
  /** The identity that is to be linked. */
  link: object | null;
}

/**
 * The state machine: what is missing yet. A session that steps up has shown a first factor when it was opened; it needs only the second, if
 * its account has one. A new password comes last: who chooses it has shown everything that the account can show.
 * @param account null before the first factor
 */
export function statusOf(facts: SignInFacts, account: Pick<Account, 'factors'> | null): SignInStatus {
  const { purpose, passed, required, newPassword, link } = facts;
  if (account === null) return 'needs_first_factor';
  const hasFactor = account.factors.length > 0;
  if (passed.length === 0 && link !== null) return 'needs_link';
  if (passed.length === 0) return purpose === 'step_up' && hasFactor ? 'needs_second_factor' : 'needs_first_factor';
  if (assuranceOf(withEarlier(facts)).level < required) return hasFactor ? 'needs_second_factor' : 'needs_enrollment';
  return newPassword ? 'needs_new_password' : 'complete';
}

/** Methods of a passkey alone. */
const OF_PASSKEYS: readonly string[] = ['swk', 'hwk', 'user', 'mfa'] satisfies AuthenticationMethod[];

/**
 * What has been shown in all: a session that steps up was opened by a first factor. The same passkey twice is one factor, where it never
 * verified its user.
 */
export function withEarlier({
  purpose,
  passed,
  earlierMethods,
}: Pick<SignInFacts, 'purpose' | 'passed' | 'earlierMethods'>): readonly PassedFactor[] {
  if (purpose !== 'step_up') return passed;
  const isPasskey = earlierMethods !== null && earlierMethods.length > 0 && earlierMethods.every((method) => OF_PASSKEYS.includes(method));
  return [{ type: isPasskey ? 'passkey' : 'password', userId: '', authenticatorId: null, methods: [], level: 1 }, ...passed];
}
