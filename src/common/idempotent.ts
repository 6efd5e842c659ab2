import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

/** The header that names a request, so that its repetition is recognised (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** Longest key, characters. */
export const MAX_KEY_CHARS = 255;

/** What is known of the answers of a route that can be repeated safely. */
export interface Idempotency {
  /** Whose data an answer holds, when it is not the caller's: the account with which the stored answer goes. */
  ownerOf?: (answer: unknown) => string | undefined;
}

/** Metadata key under which a route's `Idempotency` is found. */
export const IDEMPOTENT = 'latchkey:idempotent';

/**
 * A request that creates something may be repeated with the same `Idempotency-Key`: it is done once, and the answer is given again.
 * For routes whose answers hold no tokens or other secrets: an answer is stored for a day as it is.
 */
export const Idempotent = (idempotency: Idempotency = {}) =>
  applyDecorators(
    SetMetadata<string, Idempotency>(IDEMPOTENT, idempotency),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      required: false,
      description:
        'A name of your choice for this request, best a UUID. Repeated within 24 hours with the same body it is not done again, and answered as the first time (with `Idempotency-Replayed: true`). Failures are not kept: after one the request is done anew.',
      schema: { type: 'string', minLength: 1, maxLength: MAX_KEY_CHARS, example: '8e03978e-40d5-43dd-bc93-6894a57f9324' },
    }),
  );
