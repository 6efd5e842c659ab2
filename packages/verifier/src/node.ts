import { admit } from './admission.js';
import { toAnswer } from './answer.js';
import { claimsOf, keepClaims } from './claims-of.js';
import { VerifierError } from './errors.js';
import type { Requirements } from './requirements.js';
import type { Verifier } from './verifier.js';

export { claimsOf };

/** What Express and Fastify have in common. */
export interface IncomingRequest {
  headers: { authorization?: string | undefined };
}
export interface OutgoingResponse {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
  /** Not `string`: Express would take it for the type of the handler's own answers. */
  send(body: unknown): unknown;
}

/**
 * Lets only requests with a valid access token pass, and answers others. A middleware of Express or a `preHandler` of Fastify; the handler
 * reads the claims with `claimsOf(request)`.
 */
export function requireToken(verifier: Verifier, requirements?: Requirements) {
  return (request: IncomingRequest, response: OutgoingResponse, next: (error?: Error) => void): void => {
    admit(verifier, request.headers.authorization, requirements).then(
      (claims) => {
        keepClaims(request, claims);
        next();
      },
      (error: Error) => {
        if (!(error instanceof VerifierError)) return next(error);
        const { status, headers, body } = toAnswer(error);
        response.status(status);
        for (const [name, value] of Object.entries(headers)) response.header(name, value);
        response.send(body);
      },
    );
  };
}
