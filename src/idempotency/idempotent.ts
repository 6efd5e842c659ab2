import { SetMetadata, UseInterceptors, applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IDEMPOTENCY_KEY, IDEMPOTENT, type Idempotency, MAX_KEY_CHARS } from './idempotency-key.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/**
 * Decorator of a route that creates something: clients may repeat the request with the same `Idempotency-Key`; the route runs once, and the
 * server repeats its answer. Do not use it for answers with tokens or other secrets that open something by themselves, because answers
 * are stored in plain text for a day.
 */
export const Idempotent = (idempotency: Idempotency = {}) =>
  applyDecorators(
    SetMetadata<string, Idempotency>(IDEMPOTENT, idempotency),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      required: false,
      description:
        'A key that you choose for this request, such as a UUID. If you repeat the request with the same body within 24 hours, the server does not do it again, and repeats its first answer (with `Idempotency-Replayed: true`). The server does not store failures: after a failure it does the request again.',
      schema: { type: 'string', minLength: 1, maxLength: MAX_KEY_CHARS, example: '8e03978e-40d5-43dd-bc93-6894a57f9324' },
    }),
  );
