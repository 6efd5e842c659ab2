import type { FactorOfferView, PendingLinkView, UserView } from '../generated/types.gen.js';
import type { Session } from '../session.js';

/** A way to prove oneself. Before the first factor has passed, it is one that the server offers; after that, one that the account has. */
export type OfferedFactor = FactorOfferView;

interface Step {
  id: string;
  factors: readonly OfferedFactor[];
  /** The assurance that the session needs: 2 for two factors, or a passkey. */
  requiredAal: number;
  /** When it ends, whatever happens in it; ISO 8601. */
  expiresAt: string;
  /** The account at an identity provider that is linked when the sign-in is complete. */
  link?: PendingLinkView | undefined;
}

/** Somebody is to show who they are: by a password, a passkey or a mailed code. */
export interface NeedsFirstFactor extends Step {
  status: 'needs_first_factor';
}

/** An account has the address of the identity in `link`: any first factor of that account comes next, and links it. */
export interface NeedsLink extends Step {
  status: 'needs_link';
}

/** The first factor was right: `totp`, `recoveryCode` or `passkey` comes next. */
export interface NeedsSecondFactor extends Step {
  status: 'needs_second_factor';
}

/** The account has to have a second factor and has none: `enrollTotp`, or `enrollPasskey`. */
export interface NeedsEnrollment extends Step {
  status: 'needs_enrollment';
}

/** The password was right and has to be replaced: `newPassword`. */
export interface NeedsNewPassword extends Step {
  status: 'needs_new_password';
}

/** The session is open, or raised. */
export interface Complete<Kept = Session> {
  status: 'complete';
  id: string;
  session: Kept;
  /** As the answer told it; after a step-up only the session has it. */
  user?: UserView | undefined;
  /** Of a factor that was set up on the way: to be shown now, for they never come again. */
  recoveryCodes?: readonly string[] | undefined;
}

/** Too late, too many wrong tries, or ended by something that happened to the account. Begin anew. */
export interface Expired {
  status: 'expired';
  id: string;
}

/** How a sign-in stands. */
export type SignIn<Kept = Session> =
  | NeedsFirstFactor
  | NeedsLink
  | NeedsSecondFactor
  | NeedsEnrollment
  | NeedsNewPassword
  | Complete<Kept>
  | Expired;

export type SignInStatus = SignIn['status'];
