/** How a bucket stands. */
export interface Standing {
  allowed: boolean;
  consumed: number;
  /** Until the window ends, at least 1. */
  secondsLeft: number;
}

/** The standing of a bucket of which `consumed` are counted; its window ends in `msLeft`, negative when there is none. */
export function standingOf(consumed: number, points: number, msLeft: number): Standing {
  return { allowed: consumed <= points, consumed, secondsLeft: Math.max(1, Math.ceil(msLeft / 1_000)) };
}
