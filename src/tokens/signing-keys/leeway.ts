/** How far two clocks may be apart before a token counts as expired or not valid yet, seconds. */
export const LEEWAY_SECONDS = 5;

/** Longest lifetime that a genuine access token can have: the largest ACCESS_TOKEN_TTL_SECONDS. */
export const MAX_ACCESS_TTL_SECONDS = 86_400;

/**
 * How long after its session was last written a token may still come to be signed, seconds: the row is written first, and a
 * process can stall in between. What is remembered about ended sessions and former keys is kept for that much longer.
 */
export const SIGNING_DELAY_SECONDS = 60;
