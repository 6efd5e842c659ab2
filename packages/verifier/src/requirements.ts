import type { AccessTokenClaims } from './claims.js';
import { type StepUp, VerifierError } from './errors.js';

/** What a route demands beyond a valid token. A token without the claim that a requirement is about does not meet it. */
export interface Requirements {
  /** One of these roles. */
  role?: string | readonly string[];
  /** One of these levels (`acr`); of Latchkey's own, `urn:latchkey:aal2`, a higher one is as good. */
  acr?: string | readonly string[];
  /**
   * Also takes a session that a recovery code raised. Without it, such a session counts as `urn:latchkey:aal1`: a code that was found on paper
   * lets its finder in, and no further.
   */
  recovered?: boolean;
  /** Longest time since the person last proved who they are (`auth_time`), seconds. */
  maxAgeSeconds?: number;
}

/** Tolerated difference of clocks, seconds. */
export const LEEWAY_SECONDS = 5;

const AAL1 = 'urn:latchkey:aal1';
const LEVEL = /^urn:latchkey:aal([1-9])$/;

/**
 * Roles come first: whoever lacks the role is not asked to sign in again for nothing.
 * @throws VerifierError `access.forbidden`, or `auth.step_up_required` if signing in again can help (RFC 9470)
 */
export function demand(claims: AccessTokenClaims, { role, acr, maxAgeSeconds, recovered = false }: Requirements): void {
  const roles = listOf(role);
  if (roles.length > 0 && !roles.some((each) => claims.roles?.includes(each))) {
    throw new VerifierError('access.forbidden', `Only for the roles ${roles.join(', ')}.`);
  }
  const levels = listOf(acr);
  const isStrong = levels.length === 0 || levels.some((level) => isAtLeast(levelOf(claims, recovered), level));
  const isRecent = maxAgeSeconds === undefined || isYoung(claims.auth_time, maxAgeSeconds);
  if (isStrong && isRecent) return;
  const stepUp: StepUp = {
    ...(levels.length > 0 ? { acr_values: levels.join(' ') } : {}),
    ...(maxAgeSeconds === undefined ? {} : { max_age: maxAgeSeconds }),
  };
  throw new VerifierError('auth.step_up_required', 'The person has to prove again, or more strongly, who they are.', { stepUp });
}

/** The level of a session, without what a recovery code lends it. */
function levelOf({ acr, recovered }: AccessTokenClaims, isEnough: boolean): string | undefined {
  return recovered !== true || isEnough || acr === undefined ? acr : AAL1;
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}

function isAtLeast(level: unknown, wanted: string): boolean {
  if (level === wanted) return true;
  const [has, wants] = [LEVEL.exec(String(level))?.[1], LEVEL.exec(wanted)?.[1]];
  return has !== undefined && wants !== undefined && has >= wants;
}

function isYoung(seconds: unknown, maxAgeSeconds: number): boolean {
  return typeof seconds === 'number' && Date.now() / 1_000 - seconds <= maxAgeSeconds + LEEWAY_SECONDS;
}
