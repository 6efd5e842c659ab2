import { type ExecutionContext, Injectable, type PipeTransform, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SignInCookie } from './sign-in-cookie.js';

@Injectable()
class SecretOf implements PipeTransform<FastifyRequest, string | undefined> {
  constructor(private readonly cookie: SignInCookie) {}

  transform(request: FastifyRequest): string | undefined {
    return this.cookie.secretOf(request);
  }
}

const FromRequest = createParamDecorator((_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>());

/** Parameter decorator: the secret of a sign-in, from the header `Sign-In-Secret` or the cookie; undefined if there is none. */
export const SignInSecret = (): ParameterDecorator => FromRequest(SecretOf);
