import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type TokenPlace, tokenIn } from '../../common/access.js';
import { UnauthenticatedError } from '../../common/errors.js';

/**
 * Parameter decorator: a token in the request that is not an access token, such as a refresh token; it is not verified yet. Throws
 * UnauthenticatedError if there is none.
 */
export const Token = createParamDecorator((place: TokenPlace, context: ExecutionContext): string => {
  const token = tokenIn(context.switchToHttp().getRequest<FastifyRequest>().headers, place);
  if (token === null) throw new UnauthenticatedError();
  return token;
});

/** A JWT, or an opaque token of this server. */
const TOKEN = /^(?:[\w-]+\.[\w-]+\.[\w-]*|lk[a-z]_[\w-]+)$/;

/** Whether the value in place of a token at least has the form of one. */
export function carriesToken(request: FastifyRequest, place: TokenPlace): boolean {
  return TOKEN.test(tokenIn(request.headers, place) ?? '');
}
