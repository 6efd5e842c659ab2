import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type TokenPlace, tokenIn } from '../../common/access.js';
import { UnauthenticatedError } from '../../common/errors.js';

/**
 * Parameter decorator: the token that a request carries which is no access token, such as a refresh token; nobody has looked at it.
 * Throws UnauthenticatedError when there is none.
 */
export const Token = createParamDecorator((place: TokenPlace, context: ExecutionContext): string => {
  const token = tokenIn(context.switchToHttp().getRequest<FastifyRequest>().headers, place);
  if (token === null) throw new UnauthenticatedError();
  return token;
});

/** A JWT, or one of our own tokens of another kind. */
const TOKEN = /^(?:[\w-]+\.[\w-]+\.[\w-]*|lk[a-z]_[\w-]+)$/;

/** Whether what a request carries in place of a token has the form of one at least. */
export function carriesToken(request: FastifyRequest, place: TokenPlace): boolean {
  return TOKEN.test(tokenIn(request.headers, place) ?? '');
}
