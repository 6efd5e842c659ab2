import { SetMetadata, UseInterceptors, applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IDEMPOTENCY_KEY, IDEMPOTENT, type Idempotency, MAX_KEY_CHARS } from './idempotency-key.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/**
 * A request that creates something may be repeated with the same `Idempotency-Key`: it is done once, and the answer is given again.
 * For routes whose answers hold no tokens or other secrets: an answer is stored for a day as it is.
 */
export const Idempotent = (idempotency: Idempotency = {}) =>
  applyDecorators(
    SetMetadata<string, Idempotency>(IDEMPOTENT, idempotency),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      required: false,
      description:
        'A name of your choice for this request, best a UUID. Repeated within 24 hours with the same body it is not done again, and answered as the first time (with `Idempotency-Replayed: true`). Failures are not kept: after one the request is done anew.',
      schema: { type: 'string', minLength: 1, maxLength: MAX_KEY_CHARS, example: '8e03978e-40d5-43dd-bc93-6894a57f9324' },
    }),
  );
