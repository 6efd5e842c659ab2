import { type ExecutionContext, Injectable, type PipeTransform, applyDecorators, createParamDecorator } from '@nestjs/common';
import { ApiHeader, ApiParam } from '@nestjs/swagger';
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

const ID = { name: 'id', format: 'uuid', description: 'Id of the sign-in.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' };
const SECRET = {
  name: 'Sign-In-Secret',
  required: false,
  description: 'The secret of the sign-in. In cookie mode the browser sends it in a cookie.',
  example: '4fzyZl7Qb0Wk3nB1rV9sXw4fzyZl7Qb0Wk3nB1rV9sX',
};

/** Documents that a route is about one sign-in, and takes its secret. */
export const InSignIn = (): MethodDecorator => applyDecorators(ApiParam(ID), ApiHeader(SECRET));
