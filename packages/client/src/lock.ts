/**
 * Longest wait for other tabs, ms; more than a request of theirs can take. After that the work is done all the same: a tab may be
 * frozen with the lock in its hands, and the server copes with two refreshes at once.
 */
const WAIT_MS = 25_000;

/** Runs one work after the other, among all tabs if the lock has a name and the browser has locks. */
export class Lock {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly name: string | undefined,
    private readonly waitMs = WAIT_MS,
  ) {}

  /** Runs `work` as soon as nobody else does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(() => this.amongTabs(work));
    this.last = done.catch(() => {});
    return done;
  }

  private async amongTabs<T>(work: () => Promise<T>): Promise<T> {
    if (this.name === undefined || typeof navigator === 'undefined' || navigator.locks === undefined) return work();
    let started = false;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), this.waitMs);
    try {
      return await navigator.locks.request(`latchkey:${this.name}`, { signal: patience.signal }, () => {
        started = true;
        clearTimeout(timer);
        return work();
      });
    } catch (error) {
      if (started) throw error;
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }
}
