/** State of a bucket. */
export interface Standing {
  allowed: boolean;
  consumed: number;
  /** Seconds until the window ends, at least 1. */
  secondsLeft: number;
}

/** The state of a bucket with `consumed` counts; its window ends in `msLeft`, which is negative if there is no window. */
export function standingOf(consumed: number, points: number, msLeft: number): Standing {
  return { allowed: consumed <= points, consumed, secondsLeft: Math.max(1, Math.ceil(msLeft / 1_000)) };
}
