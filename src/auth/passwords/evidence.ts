import type { AssuranceLevel } from '../../common/access.js';
import type { ProvenChallenge } from '../../tokens/challenges/challenges.service.js';
import type { ShownFactor } from '../authenticators/second-factor-check.service.js';

/** What somebody shows so that a credential may be changed. */
export type Evidence =
  /** The account's password as it was typed; with the link that was opened, where that is of the same account. */
  | { password: string; challenge?: ProvenChallenge }
  /**
   * The same of the account's own session, in a field of that name. Undefined: the account has no password, and its session shows a recent
   * proof of another kind instead.
   */
  | { password: string | undefined; field: string }
  /**
   * A code or link that was found right. Confirming uses it up. A deletion also takes the second factor of an account that requires one.
   */
  | { challenge: ProvenChallenge; factor?: ShownFactor }
  /** Nothing further: the route of the owner's session demands a recent proof (`Aal` with `maxAgeSeconds`). */
  | { session: 'recent' }
  /** The word of a provider that an administrator trusts like a mail of ours: somebody reads the mailbox of the account. */
  | { mailboxOf: string }
  /** What was shown in a sign-in that goes on only with a new credential. Default of the level: one factor, and the account has no other. */
  | { enrolling: { accountId: string; sessionEpoch: number; aal?: AssuranceLevel } }
  /**
   * Nothing further: an administrator acts on the account, or the operator of the server on the command line, who has no session and needs
   * none: the database is theirs.
   */
  | { accountId: string; as: 'administrator' | 'operator' }
  /**
   * What a wire format promises to the owner of the account and to administrators. `promisedBy` is the client id of the sessions that
   * the wire format opens; `password` is the asker's own, and asked for unless the session is one of those.
   */
  | { accountId: string; promisedBy: string; password: string | undefined };
