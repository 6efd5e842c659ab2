const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * Waits after the first, second, … failed attempt, seconds: a short one for a restart of the receiver, then ever longer, three days in all.
 */
const WAITS_SECONDS = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR] as const;

/** Share by which a wait is longer or shorter, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * How long to wait after a number of failed attempts, seconds; null to give up.
 * @param random between 0 and 1
 */
export function waitAfter(attempts: number, random: number = Math.random()): number | null {
  const wait = WAITS_SECONDS[attempts - 1];
  return wait === undefined ? null : wait * (1 + JITTER * (2 * random - 1));
}
