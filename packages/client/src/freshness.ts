import { claimsOf } from './access-token.js';
import type { StoredSession } from './session.js';

/** How long before its end an access token is exchanged, ms: it has to survive the way to the server. */
const MARGIN_MS = 10_000;

/** Milliseconds on a clock that nobody sets, where there is one. */
export function monotonicNow(): number {
  return globalThis.performance?.now?.() ?? Date.now();
}

/** Judges access tokens by two clocks: one that may be set meanwhile, and one that may stop while the device sleeps. */
export class Freshness {
  private judged = '';
  /** When `judged` ends, on the monotonic clock. */
  private endsAt = 0;

  /** Whether the access token is good for a while yet. False is no harm: the token is exchanged early. */
  of({ accessToken, expiresAt }: StoredSession): boolean {
    const { iat, exp } = claimsOf(accessToken);
    const lifetime = iat === undefined || exp === undefined ? Number.POSITIVE_INFINITY : (exp - iat) * 1_000;
    const left = expiresAt - Date.now();
    // A token that seems to last longer than it was made for was stored before the clock was set back.
    if (left > lifetime + MARGIN_MS) return false;
    if (this.judged !== accessToken) {
      this.judged = accessToken;
      this.endsAt = monotonicNow() + left;
    }
    return Math.min(left, this.endsAt - monotonicNow()) > MARGIN_MS;
  }
}
