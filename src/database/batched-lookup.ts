interface Waiting<Row> {
  resolve: (row: Row | null) => void;
  reject: (error: unknown) => void;
}

/**
 * Reads rows by key, for hot paths: one statement reads all rows that are requested in one turn of the event loop. Each row is as fresh as
 * one that is read alone, because the statement is sent after the last request. A single request does not wait; with 16 concurrent requests
 * "who am I" took half the processor time, and a fifth of PostgreSQL's.
 */
export class BatchedLookup<Row> {
  private waiting = new Map<string, Waiting<Row>[]>();

  /** @param read reads the existing rows, by key; called in the context of the first caller, but also for the others */
  constructor(private readonly read: (keys: string[]) => Promise<ReadonlyMap<string, Row>>) {}

  /** The row with this key; null when there is none. */
  find(key: string): Promise<Row | null> {
    // After all requests that have arrived by then have added their keys.
    if (this.waiting.size === 0) setImmediate(() => void this.readWaiting());
    return new Promise((resolve, reject) => {
      const others = this.waiting.get(key);
      if (others === undefined) this.waiting.set(key, [{ resolve, reject }]);
      else others.push({ resolve, reject });
    });
  }

  private async readWaiting(): Promise<void> {
    const batch = this.waiting;
    this.waiting = new Map();
    try {
      const rows = await this.read([...batch.keys()]);
      for (const [key, askers] of batch) for (const { resolve } of askers) resolve(rows.get(key) ?? null);
    } catch (error) {
      for (const askers of batch.values()) for (const { reject } of askers) reject(error);
    }
  }
}
