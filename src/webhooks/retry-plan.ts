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
 * @param askedSeconds how long the receiver asks to be left alone. It makes a wait longer and never shorter: otherwise the ten attempts of a
 *   receiver that always asks for a second would be over in ten
 * @param random between 0 and 1
 */
export function waitAfter(attempts: number, askedSeconds = 0, random: number = Math.random()): number | null {
  const wait = WAITS_SECONDS[attempts - 1];
  return wait === undefined ? null : Math.max(wait * (1 + JITTER * (2 * random - 1)), askedSeconds * (1 + JITTER * random));
}
