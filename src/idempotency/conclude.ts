import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/**
 * Does the act of a request. If the request has an `Idempotency-Key`, its answer is stored in the same transaction: both are committed,
 * or neither. What comes before the act, such as hashing a password, keeps no connection waiting.
 */
export type Conclude<Result = void> = (act: () => Promise<Result>) => Promise<Result>;

/** The same for a route, which says what the result of the act is answered with; default: nothing. */
export type ConcludeRoute = <Result>(act: () => Promise<Result>, toBody?: (result: Result) => unknown) => Promise<Result>;

/** For acts whose answer nobody keeps. */
export function conclude<Result>(act: () => Promise<Result>): Promise<Result> {
  return act();
}

/** A request on its way through `IdempotencyInterceptor`. */
export type ConcludableRequest = FastifyRequest & { conclude?: ConcludeRoute };

/** Parameter decorator of an `@Idempotent()` route: what its act is done by. */
export const Concluding = createParamDecorator((_: unknown, context: ExecutionContext): ConcludeRoute => {
  return context.switchToHttp().getRequest<ConcludableRequest>().conclude ?? conclude;
});
