import type { Owner, World } from './world.js';

/** Somebody who has a lock or waits for it. */
interface Claim {
  name: string;
  owner: Owner | null;
  grant: () => void;
}

/** The Web Locks of a browser: one holder of each name, the rest in a queue. A frozen tab keeps what it has; a closed one does not. */
export class LocksModel {
  private readonly holders = new Map<string, Claim>();
  private waiting: Claim[] = [];

  constructor(private readonly world: World) {}

  readonly request = (name: string, { signal }: { signal: AbortSignal }, work: () => Promise<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const claim: Claim = {
        name,
        owner: this.world.current,
        grant: () =>
          void work()
            .then(resolve, reject)
            .finally(() => this.release(claim)),
      };
      signal.addEventListener('abort', () => {
        if (!this.waiting.includes(claim)) return;
        this.waiting = this.waiting.filter((each) => each !== claim);
        reject(signal.reason as Error);
      });
      this.waiting.push(claim);
      this.grantNext(name);
    });

  forget(owner: Owner): void {
    this.waiting = this.waiting.filter((each) => each.owner !== owner);
    for (const holder of this.holders.values()) if (holder.owner === owner) this.release(holder);
  }

  private release(claim: Claim): void {
    if (this.holders.get(claim.name) !== claim) return;
    this.holders.delete(claim.name);
    this.grantNext(claim.name);
  }

  private grantNext(name: string): void {
    const next = this.waiting.find((claim) => claim.name === name);
    if (next === undefined || this.holders.has(name)) return;
    this.waiting = this.waiting.filter((claim) => claim !== next);
    this.holders.set(name, next);
    this.world.after(0, next.grant, next.owner);
  }
}
