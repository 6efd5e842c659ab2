import { monotonicNow } from './freshness.js';

/**
 * When the session is looked after without being asked for. `focus`: when somebody turns to the page again. `always`: also in between, so
 * that the access token never ends while the page lives. `off`: never.
 */
export type AutoRefresh = 'focus' | 'always' | 'off';

/** How often `always` looks, ms: more often than an access token takes to end once it is not fresh. */
const LOOK_MS = 5_000;

/** What tells that somebody looks at the page again, or that it has a network again. */
const EVENTS = ['focus', 'pageshow', 'online'] as const;

/** At most once in this time, ms; an event meanwhile is attended to at its end. */
const EVERY_MS = 1_500;

/**
 * Calls `check` or `refresh` as chosen.
 * @returns what ends the calls
 */
export function attend(choice: AutoRefresh, check: () => void, refresh: () => void): () => void {
  if (choice === 'off') return () => {};
  const stop = onAttention(check);
  const timer: unknown = choice === 'always' ? setInterval(refresh, LOOK_MS) : undefined;
  // Node.js would stay alive for it.
  (timer as { unref?: () => void } | undefined)?.unref?.();
  return () => {
    stop();
    clearInterval(timer as ReturnType<typeof setInterval>);
  };
}

/**
 * Calls `look` when somebody turns to the page again. Where there is no page, as in a worker or on a server, never.
 * @returns what ends the calls
 */
function onAttention(look: () => void): () => void {
  if (typeof document === 'undefined' || typeof globalThis.addEventListener !== 'function') return () => {};
  let lastAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const attend = (): void => {
    if (document.visibilityState === 'hidden' || timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        lastAt = monotonicNow();
        look();
      },
      Math.max(0, lastAt + EVERY_MS - monotonicNow()),
    );
  };
  for (const event of EVENTS) globalThis.addEventListener(event, attend);
  document.addEventListener('visibilitychange', attend);
  return () => {
    clearTimeout(timer);
    for (const event of EVENTS) globalThis.removeEventListener(event, attend);
    document.removeEventListener('visibilitychange', attend);
  };
}
