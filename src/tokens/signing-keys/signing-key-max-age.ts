/** How long a verifier may cache the keys, seconds; a new key is published for longer than this before it signs. */
export const JWKS_MAX_AGE_SECONDS = 300;
