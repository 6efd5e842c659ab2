import type { AssuranceLevel } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import type { Account } from '../../users/account.js';
import type { BrowserMark, WayBack } from './browser-mark.js';
import type { Assurance, AuthenticationMethod } from '../../tokens/access-tokens/assurance.js';

/** What a factor found right. */
export interface PassedFactor {
  type: FactorType;
  /** Whose it is. */
  userId: string;
  /** The authenticator that was used; null for a password or a recovery code. */
  authenticatorId: string | null;
  /** Where the code went, for one that was sent. */
  address?: string;
  methods: readonly AuthenticationMethod[];
  /** What it is worth alone: a passkey with user verification is two factors in one. */
  level: AssuranceLevel;
  /** Whether it is a password that has to be replaced. */
  isWeak?: boolean;
  /**
   * `session_epoch` of the account for which this holds: what ends all sessions while a first factor is looked at ends that factor, too, but
   * for what the factor ended itself. Default: as it is after.
   */
  epoch?: number;
}

/** The ways to prove oneself, as the API names them. */
export const FACTOR_TYPES = ['password', 'passkey', 'email_code', 'sms_code', 'provider', 'totp', 'recovery_code'] as const;
export type FactorType = (typeof FACTOR_TYPES)[number];

/** Those that ask something first. */
export const CHALLENGE_TYPES = ['passkey', 'email_code', 'sms_code', 'provider'] as const satisfies readonly FactorType[];
export type ChallengeType = (typeof CHALLENGE_TYPES)[number];

/** Those that add to another factor; of the rest, several are worth what one is. */
const ADDING: ReadonlySet<FactorType> = new Set(['passkey', 'totp', 'recovery_code']);

/** What an open sign-in tells a factor. */
export interface SignInState {
  id: string;
  purpose: SignInPurpose;
  begunAt: Date;
  /** What was typed when it began. */
  identifier: string | null;
  /** Whose sign-in it is; null before the first factor, which names the account. */
  userId: string | null;
  /** Factors that have passed. */
  passed: readonly PassedFactor[];
  /** The remembered device on which it began, whosever it is; it is no factor. */
  deviceId?: string | null;
  /** Where a link that begins another sign-in in its place leads, checked by `ReturnUrls`; absent for clients that could not go on there. */
  returnTo?: string | null;
  /** Where a provider leads back to. */
  backTo?: string | null;
}

/** Whether whoever holds the sign-in has shown to be the owner of its account, by the session that is raised or by another factor. */
export function isOwners({ purpose, passed }: Pick<SignInState, 'purpose' | 'passed'>): boolean {
  return purpose === 'step_up' || passed.length > 0;
}

/** `sign_in` opens a session; `step_up` raises the one that is open. */
export const SIGN_IN_PURPOSES = ['sign_in', 'step_up'] as const;
export type SignInPurpose = (typeof SIGN_IN_PURPOSES)[number];

/** `first` names and proves the account, `second` adds to a first one. */
export type FactorRole = 'first' | 'second';

/** One factor as a sign-in shows it. */
export interface FactorOffer {
  type: FactorType;
  role: FactorRole;
  /** The owner's word for it; only after the first factor. */
  name?: string;
  authenticatorId?: string;
  /** Slug of the identity provider. */
  provider?: string;
  /** Clients offer others first. */
  restricted?: true;
}

/** A question that a factor asks before it can be answered. */
export interface FactorChallenge {
  id: string;
  type: FactorType;
  expiresAt: Date;
  /** Options of `navigator.credentials.get()` in JSON, for a passkey. */
  publicKey?: object;
  /** Where a code went, in part; of what was typed, whether or not somebody has it. */
  maskedTo?: string;
  /** Where to send the browser, for an identity provider. */
  redirectUrl?: string;
  /** By what the browser is known when it comes back. */
  mark?: BrowserMark;
}

/** What a challenge is asked for with. */
export interface AskedChallenge {
  type: ChallengeType;
  /** Slug of the identity provider. */
  provider?: string | undefined;
  returnTo?: string | undefined;
  /** The marks that the browser has already, by the way that it comes back. */
  marks?: Partial<Record<WayBack, string>>;
}

/** What somebody answers; `SignInsController` accepts exactly one factor in each attempt. */
export interface FactorAnswer {
  password?: string | undefined;
  /** With `password`, in a sign-in that began without one. */
  identifier?: string | undefined;
  totp?: string | undefined;
  recoveryCode?: string | undefined;
  challengeId?: string | undefined;
  /** With `challengeId`: what a mail or text message said. */
  code?: string | undefined;
  /** Result of `navigator.credentials.get()` in JSON. */
  credential?: object | undefined;
  /** Slug of the identity provider that made `idToken`. */
  provider?: string | undefined;
  idToken?: string | undefined;
}

/** What an answer proves something by, in the order of the documentation; the rest of it says of what. One that is missing does not compile. */
export const SHOWN = Object.keys({
  password: true,
  totp: true,
  recoveryCode: true,
  code: true,
  credential: true,
  idToken: true,
} satisfies Record<Exclude<keyof FactorAnswer, 'identifier' | 'challengeId' | 'provider'>, true>) as (keyof FactorAnswer)[];

/**
 * One way to prove oneself in a sign-in. A room under `auth/factors` provides one and adds it to the `FactorRegistry` when its module
 * starts. It checks and uses up what was shown, counts wrong tries, and opens no session.
 */
export interface Factor {
  readonly type: FactorType;
  readonly roles: readonly FactorRole[];
  /** Whether it is weak by design, so that clients offer others first (NIST SP 800-63B-4 §3.1.3.3). */
  readonly restricted?: boolean;
  /** What its challenge sends to people who have shown nothing yet: that may cost a proof of work. */
  readonly sends?: 'mail' | 'text';
  /** Whether an account without a factor can set it up in a sign-in that demands one. */
  readonly enrolls?: boolean;
  /**
   * SQL for whether what has passed still counts when the sign-in is completed, by then a quarter of an hour old: read in the statement that
   * completes it, of the passed factor `p` ("authenticatorId", address) and its account `u`. Absent where ending all sessions, which ends
   * the sign-in, goes with whatever takes the factor away.
   */
  readonly holds?: string;
  /** Whether the answer is meant for this factor. */
  answers(answer: FactorAnswer): boolean;
  /** Where several factors take such an answer: whether it is meant for this one in the sign-in. Default: yes. */
  recognizes?(signIn: SignInState, answer: FactorAnswer): Promise<boolean>;
  /** What the account has of it, for the second step. Empty if it has none. */
  offersOf(account: Account): Promise<FactorOffer[]>;
  /**
   * What the server offers of it for a first step; where a session steps up, what its account has of that. Default: the factor as it is.
   * @param owner the account that steps up; null in other sign-ins, whose offers are everybody's
   */
  firstOffers?(owner: { id: string } | null): Promise<FactorOffer[]>;
  /** Makes a question; factors without one leave it out. @throws SignInStateError when the sign-in cannot use it now */
  challenge?(signIn: SignInState, caller: Caller, asked: AskedChallenge): Promise<FactorChallenge>;
  /**
   * Checks the answer, and uses it up: the same one never passes twice. A second factor is of `signIn.userId`.
   * @throws InvalidFactorError for whatever is wrong; FactorThrottledError
   */
  attempt(signIn: SignInState, answer: FactorAnswer, caller: Caller): Promise<PassedFactor>;
}

/** What factors are worth together: one that adds to another of a different kind brings the second level. */
export function assuranceOf(passed: readonly PassedFactor[]): Assurance {
  const kinds = new Set(passed.map(({ type }) => type));
  const highest = passed.reduce<AssuranceLevel>((level, factor) => (factor.level > level ? factor.level : level), 1);
  const isTwo = kinds.size > 1 && passed.some(({ type }) => ADDING.has(type));
  const level: AssuranceLevel = isTwo && highest < 2 ? 2 : highest;
  const methods = new Set(passed.flatMap((factor) => factor.methods));
  if (level > 1) methods.add('mfa');
  return {
    level,
    methods: [...methods],
    authenticatorIds: passed.flatMap(({ authenticatorId }) => authenticatorId ?? []),
    recovered: kinds.has('recovery_code'),
  };
}
