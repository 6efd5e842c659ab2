import type { AccessTokenClaims } from './claims.js';

/** Beside the requests, so that no framework's types have to be extended. */
const known = new WeakMap<object, AccessTokenClaims>();

export function keepClaims(request: object, claims: AccessTokenClaims): void {
  known.set(request, claims);
}

/** Who makes a request. @throws Error if the route is not guarded: a bug */
export function claimsOf(request: object): AccessTokenClaims {
  const claims = known.get(request);
  if (claims === undefined) throw new Error('No access token was checked for this request: its route is not guarded.');
  return claims;
}
