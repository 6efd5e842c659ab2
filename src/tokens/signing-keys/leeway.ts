/** Tolerated difference between clocks before a token counts as expired or not yet valid, seconds. */
export const LEEWAY_SECONDS = 5;

/** Maximum lifetime of a genuine access token: the largest ACCESS_TOKEN_TTL_SECONDS. */
export const MAX_ACCESS_TTL_SECONDS = 86_400;

/**
 * How long after the write of its session a token may still be signed, seconds: the row is written first, and a process can stall in
 * between. Entries about ended sessions and former keys are kept longer by this time.
 */
export const SIGNING_DELAY_SECONDS = 60;
