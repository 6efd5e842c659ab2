/** How far two clocks may be apart before a token counts as expired or not valid yet, seconds. */
export const LEEWAY_SECONDS = 5;
