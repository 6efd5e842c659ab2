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
    const done = this.last.then(() => this.amongTabs(work, this.name));
    this.last = done.catch(() => {});
    return done;
  }

  private async amongTabs<T>(work: () => Promise<T>, name: string | undefined): Promise<T> {
    if (name === undefined || typeof AbortController === 'undefined' || typeof navigator === 'undefined' || navigator.locks === undefined) {
      return work();
    }
    let started = false;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), this.waitMs);
    try {
      return await navigator.locks.request(`latchkey:${name}`, { signal: patience.signal }, () => {
        started = true;
        clearTimeout(timer);
        return work();
      });
    } catch (error) {
      if (started) throw error;
      // All that have waited in vain take turns at a second lock; a browser that forbids locks lets them go on as they are.
      return await this.amongTabs(work, patience.signal.aborted && name === this.name ? `${name}:second` : undefined);
    } finally {
      clearTimeout(timer);
    }
  }
}
