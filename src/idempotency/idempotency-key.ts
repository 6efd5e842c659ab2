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
