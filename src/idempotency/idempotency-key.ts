/** The header by which the server recognises a repeated request (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** Longest key, characters. */
export const MAX_KEY_CHARS = 255;

/** Options of an `@Idempotent()` route. */
export interface Idempotency {
  /** The account whose data the answer contains, if not the caller: the stored answer is deleted with that account. */
  ownerOf?: (answer: unknown) => string | undefined;
}

/** Metadata key of a route's `Idempotency` options. */
export const IDEMPOTENT = 'latchkey:idempotent';
