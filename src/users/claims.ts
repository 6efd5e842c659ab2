import type { User } from './user.entity.js';

/** The contacts that can be claimed. */
export type Contact = 'email' | 'mobile';

/** When an identifier gives way to somebody else: to anybody who registers or sets it, to its proof only, or never. */
export type Yields = 'to-anybody' | 'to-proof' | 'never';

/**
 * How firmly an account holds its address or number. What it has proven stays. What it added later without proof is only a claim, and
 * so is the other contact of an account that has proven one. What an unproven account registered with is unique, but not against a
 * proof. The triggers `tr_users_email_claims` and `tr_users_mobile_claims` make the same distinction.
 */
export function yieldsOf(user: User, contact: Contact): Yields {
  const isProven = (contact === 'email' ? user.emailVerifiedAt : user.mobileVerifiedAt) !== null;
  if (isProven) return 'never';
  const isClaimed = contact === 'email' ? user.emailClaimed : user.mobileClaimed;
  const hasProven = [user.emailVerifiedAt, user.mobileVerifiedAt, user.recoveryEmail, user.recoveryMobile].some((each) => each !== null);
  return isClaimed || hasProven ? 'to-anybody' : 'to-proof';
}
