import type { MiddlewareHandler } from 'hono';
import type { AccessTokenClaims } from './claims.js';
import { authenticate, refuse } from './fetch.js';
import type { Requirements } from './requirements.js';
import type { Verifier } from './verifier.js';

/** Lets only requests with a valid access token pass; handlers read `c.get('claims')`. */
export function requireToken(
  verifier: Verifier,
  requirements?: Requirements,
): MiddlewareHandler<{ Variables: { claims: AccessTokenClaims } }> {
  return async (context, next) => {
    try {
      context.set('claims', await authenticate(verifier, context.req.raw, requirements));
    } catch (error) {
      return refuse(error);
    }
    await next();
  };
}
