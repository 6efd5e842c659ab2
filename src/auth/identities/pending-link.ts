import type { UpstreamIdentity } from '../providers/provider.js';

/** An identity that is linked to the account when the sign-in is complete: the proofs in it are bound to this identity. */
export interface PendingLink extends UpstreamIdentity {
  providerId: string;
  /** For the one who signs in. */
  provider: string;
}
