import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InvalidOAuthRequestError } from './oauth-errors.js';

/**
 * Parameter decorator: the parameter `token` of a form (RFC 7662 §2.1, RFC 7009 §2.1). Ignores unknown parameters and refuses repeated ones
 * (RFC 6749 §3.2). It needs no `token_type_hint`, because our kinds of tokens look different.
 * @throws InvalidOAuthRequestError
 */
export const FormToken = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  const parameters = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const repeated = Object.keys(parameters).find((name) => Array.isArray(parameters[name]));
  if (repeated !== undefined) throw new InvalidOAuthRequestError(`Send ${repeated.slice(0, 40)} once.`);
  const { token } = parameters;
  if (typeof token !== 'string' || token === '')
    throw new InvalidOAuthRequestError('Send token, in a form (application/x-www-form-urlencoded).');
  return token;
});
