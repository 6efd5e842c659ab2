/** For how long an exchanged token gets the same successor again, ms. */
const REPLAY_MS = 60_000;

/** What a server knows of a session. */
interface Row {
  counter: number;
  attemptKey: string | undefined;
  rotatedAt: number;
  endedBy: string | undefined;
}

/**
 * How a server exchanges refresh tokens: a token is a number of a session, each is exchanged once, and the one before the latest again
 * within 60 s or under the same name. `rotation.e2e-spec.ts` compares it with the real one.
 */
export class RotationModel {
  private readonly rows = new Map<string, Row>();

  constructor(private readonly onEnd: (session: string, reason: string) => void = () => {}) {}

  open(session: string): number {
    this.rows.set(session, { counter: 0, attemptKey: undefined, rotatedAt: 0, endedBy: undefined });
    return 0;
  }

  /** @returns the number of the successor, or why there is none */
  exchange(session: string, counter: number, attemptKey: string | undefined, now: number): number | 'invalid' | 'reused' {
    const row = this.rows.get(session);
    if (row === undefined || row.endedBy !== undefined) return 'invalid';
    if (counter >= row.counter) {
      Object.assign(row, { counter: counter + 1, attemptKey, rotatedAt: now });
      return row.counter;
    }
    const isRepeated = now - row.rotatedAt <= REPLAY_MS || (attemptKey !== undefined && attemptKey === row.attemptKey);
    if (counter === row.counter - 1 && isRepeated) return row.counter;
    this.end(session, 'reuse');
    return 'reused';
  }

  isLive(session: string): boolean {
    return this.rows.get(session)?.endedBy === undefined && this.rows.has(session);
  }

  end(session: string, reason: string): void {
    const row = this.rows.get(session);
    if (row === undefined || row.endedBy !== undefined) return;
    row.endedBy = reason;
    this.onEnd(session, reason);
  }
}
