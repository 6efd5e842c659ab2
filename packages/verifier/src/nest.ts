import { type CanActivate, type ExecutionContext, HttpException, createParamDecorator } from '@nestjs/common';
import { admit } from './admission.js';
import { toAnswer } from './answer.js';
import { claimsOf, keepClaims } from './claims-of.js';
import { VerifierError } from './errors.js';
import type { IncomingRequest, OutgoingResponse } from './node.js';
import type { Requirements } from './requirements.js';
import type { Verifier } from './verifier.js';

/** A guard for `@UseGuards(tokenGuard(verifier))` or `app.useGlobalGuards(…)`, on Express and Fastify. Refusals are HttpExceptions. */
export function tokenGuard(verifier: Verifier, requirements?: Requirements): CanActivate {
  return {
    async canActivate(context: ExecutionContext): Promise<true> {
      const http = context.switchToHttp();
      const request = http.getRequest<IncomingRequest>();
      try {
        keepClaims(request, await admit(verifier, request.headers.authorization, requirements));
        return true;
      } catch (error) {
        if (!(error instanceof VerifierError)) throw error;
        const { status, headers, body } = toAnswer(error);
        const response = http.getResponse<OutgoingResponse>();
        for (const [name, value] of Object.entries(headers)) response.header(name, value);
        throw new HttpException(JSON.parse(body) as object, status, { cause: error });
      }
    },
  };
}

/** Parameter decorator: the claims of the caller, behind a `tokenGuard`. */
export const Claims = createParamDecorator((_: unknown, context: ExecutionContext) =>
  claimsOf(context.switchToHttp().getRequest<object>()),
);
