import type { AssuranceLevel } from '../../common/access.js';
import type { Account } from '../../users/account.js';
import { type PassedFactor, type SignInPurpose, assuranceOf } from './factor.js';

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
export function statusOf(
  { purpose, passed, required, newPassword, link }: SignInFacts,
  account: Pick<Account, 'factors'> | null,
): SignInStatus {
  if (account === null) return 'needs_first_factor';
  const hasFactor = account.factors.length > 0;
  if (passed.length === 0 && link !== null) return 'needs_link';
  if (passed.length === 0) return purpose === 'step_up' && hasFactor ? 'needs_second_factor' : 'needs_first_factor';
  if (levelOf(purpose, passed) < required) return hasFactor ? 'needs_second_factor' : 'needs_enrollment';
  return newPassword ? 'needs_new_password' : 'complete';
}

function levelOf(purpose: SignInPurpose, passed: readonly PassedFactor[]): AssuranceLevel {
  return assuranceOf(purpose === 'step_up' ? [EARLIER, ...passed] : passed).level;
}

/** The first factor of a session that steps up, whichever it was. */
export const EARLIER: PassedFactor = { type: 'password', userId: '', authenticatorId: null, methods: [], level: 1 };
