import type { AssuranceLevel } from '../../common/access.js';

/**
 * How somebody showed who they are (RFC 8176): password, one-time code, text message, key in software or hardware, presence of the user,
 * several factors, an identity provider, something known (a recovery code).
 */
export type AuthenticationMethod = 'pwd' | 'otp' | 'sms' | 'swk' | 'hwk' | 'user' | 'mfa' | 'fed' | 'kba';

/** How sure the server is of who is signed in. A session keeps it; its access tokens copy it and never raise it. */
export interface Assurance {
  level: AssuranceLevel;
  methods: readonly AuthenticationMethod[];
  /** Ids of the authenticators that were used. */
  authenticatorIds: readonly string[];
  /** Whether a recovery code stood in for a factor: then the level holds for `RECOVERED_SECONDS`. */
  recovered: boolean;
}

/** For how long a session that a recovery code opened has the second level, seconds: to enrol another authenticator. */
export const RECOVERED_SECONDS = 15 * 60;

/** The value of the claim `acr` (OpenID Connect Core §2). */
export type AssuranceClass = `urn:latchkey:aal${AssuranceLevel}`;

export function assuranceClass(level: AssuranceLevel): AssuranceClass {
  return `urn:latchkey:aal${level}`;
}

const LEVELS: ReadonlyMap<unknown, AssuranceLevel> = new Map(([1, 2, 3] as const).map((level) => [assuranceClass(level), level]));

/** The level that a claim `acr` names; the lowest for any other value. */
export function levelOf(acr: unknown): AssuranceLevel {
  return LEVELS.get(acr) ?? 1;
}
