/** How long after the end of its session the server may still sign a token, ms: a process can stall between the two. */
const SIGNING_DELAY_MS = 60_000;

/**
 * The sessions that have ended, as far back as needed: once a session's tokens have expired, nobody asks. Beyond `maxEntries` the oldest
 * are dropped; the list then knows that it cannot decide about tokens of that time.
 */
export class EndedSessions {
  /** When each session ended, ms since 1970 by the server's clock; roughly the oldest first. */
  private readonly endedAt = new Map<string, number>();
  /** From the oldest that is left. Kept, because a new one would walk over the gaps of all that were dropped before. */
  private readonly oldest = this.endedAt.keys();
  /** Sessions that ended up to this moment may be missing, ms since 1970 by the server's clock. */
  private unknownUntilMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly maxEntries: number) {}

  get size(): number {
    return this.endedAt.size;
  }

  has(sessionId: string): boolean {
    return this.endedAt.has(sessionId);
  }

  /** Whether a session whose token was signed then would be in the list if it had ended. @param issuedAt `iat` of the token, seconds */
  covers(issuedAt: number): boolean {
    return issuedAt * 1_000 - SIGNING_DELAY_MS > this.unknownUntilMs;
  }

  /** @param endedAtMs ms since 1970 */
  add(sessionId: string, endedAtMs: number): void {
    this.endedAt.set(sessionId, endedAtMs);
    if (this.endedAt.size <= this.maxEntries) return;
    const { value } = this.oldest.next();
    if (value !== undefined) this.drop(value);
  }

  /** Drops what ended before a moment. @param ms since 1970, by the server's clock */
  forgetBefore(ms: number): void {
    this.unknownUntilMs = Math.max(this.unknownUntilMs, ms);
    // An older entry behind a younger one stays a little longer, which does no harm.
    for (const [sessionId, endedAtMs] of this.endedAt) {
      if (endedAtMs >= ms) return;
      this.endedAt.delete(sessionId);
    }
  }

  private drop(sessionId: string): void {
    this.unknownUntilMs = Math.max(this.unknownUntilMs, this.endedAt.get(sessionId) ?? 0);
    this.endedAt.delete(sessionId);
  }
}
