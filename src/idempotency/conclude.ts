import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/**
 * Runs the act of a request. If the request has an `Idempotency-Key`, the answer is stored in the same transaction as the act: both commit
 * or neither does. Slow work before the act, such as hashing a password, runs outside the transaction and holds no database connection.
 */
export type Conclude<Result = void> = (act: () => Promise<Result>) => Promise<Result>;

/** The same for a route, which also says how to make the body of the answer from the result; default: no body. */
export type ConcludeRoute = <Result>(act: () => Promise<Result>, toBody?: (result: Result) => unknown) => Promise<Result>;

/** For acts whose answer is not stored. */
export function conclude<Result>(act: () => Promise<Result>): Promise<Result> {
  return act();
}

/** A request that passed through `IdempotencyInterceptor`. */
export type ConcludableRequest = FastifyRequest & { conclude?: ConcludeRoute };

/** Parameter decorator of an `@Idempotent()` route: the function through which the route runs its act. */
export const Concluding = createParamDecorator((_: unknown, context: ExecutionContext): ConcludeRoute => {
  return context.switchToHttp().getRequest<ConcludableRequest>().conclude ?? conclude;
});
