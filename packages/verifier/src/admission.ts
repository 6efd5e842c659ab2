import type { AccessTokenClaims } from './claims.js';
import { VerifierError } from './errors.js';
import type { Requirements } from './requirements.js';
import type { Verifier } from './verifier.js';

/** RFC 6750 §2.1. */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/**
 * Lets a request in by its header `Authorization`.
 * @throws VerifierError
 */
export function admit(
  verifier: Verifier,
  authorization: string | null | undefined,
  requirements?: Requirements,
): Promise<AccessTokenClaims> {
  const token = BEARER.exec(authorization ?? '')?.[1];
  if (token === undefined) return Promise.reject(new VerifierError('access.unauthenticated', 'An access token is required.'));
  return verifier.verify(token, requirements);
}
