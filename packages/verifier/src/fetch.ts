import { admit } from './admission.js';
import { toAnswer } from './answer.js';
import type { AccessTokenClaims } from './claims.js';
import { VerifierError } from './errors.js';
import type { Requirements } from './requirements.js';
import type { Verifier } from './verifier.js';

/**
 * Lets a request in: for route handlers of Next.js, SvelteKit, Remix, Deno, Bun and others that take a `Request`.
 * @throws VerifierError, for `refuse`
 */
export function authenticate(verifier: Verifier, request: Request, requirements?: Requirements): Promise<AccessTokenClaims> {
  return admit(verifier, request.headers.get('authorization'), requirements);
}

/** The answer to a request that was not let in; other errors are thrown again. */
export function refuse(error: unknown): Response {
  if (!(error instanceof VerifierError)) throw error;
  const { body, ...init } = toAnswer(error);
  return new Response(body, init);
}

/** A route handler that only requests with a valid access token reach: `export const GET = withToken(verifier, handler)`. */
export function withToken<Incoming extends Request, Rest extends unknown[]>(
  verifier: Verifier,
  handler: (request: Incoming, claims: AccessTokenClaims, ...rest: Rest) => Response | Promise<Response>,
  requirements?: Requirements,
): (request: Incoming, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    let claims: AccessTokenClaims;
    try {
      claims = await authenticate(verifier, request, requirements);
    } catch (error) {
      return refuse(error);
    }
    return handler(request, claims, ...rest);
  };
}
