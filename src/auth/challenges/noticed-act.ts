import type { NoticeKind } from '../../common/declared.js';
import type { Bound } from '../../tokens/challenges/bound.js';

/**
 * What the reader of a notice takes back by saying "This wasn't me". Only what narrows the ways into an account, or leaves them as they
 * are: a link that brought a way in back would serve a thief whom the owner has thrown out.
 * - `authenticator`, `identity`: the one that was added goes.
 * - `recovery-codes`: the new ones go.
 * - `mobile`: the number that was set goes, and the former one comes back as one that nobody has proven.
 */
export type Undoing =
  | { of: 'authenticator' | 'identity' | 'recovery-codes'; id: string }
  | { of: 'mobile'; former: string; set: string | null };

/** An act that a notice tells of, as the challenge of its link keeps it. */
export interface NoticedAct {
  mail: NoticeKind;
  undo: Undoing | null;
  /** Whether the owner has put right since whatever else somebody may have done; see `ChallengeClosing.settle`. */
  settled?: true;
}

/** The act as it is stored. */
export function toBound(act: NoticedAct): Bound {
  return { ...act };
}

/** The act of a challenge; only `OwnerNotices` stores some. */
export function toNoticedAct(bound: Bound | null | undefined): NoticedAct {
  if (bound == null) throw new Error('The link is bound to no act');
  return bound as unknown as NoticedAct;
}
