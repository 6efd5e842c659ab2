/** Whose code runs: a tab of the browser. Nobody: the browser itself. */
export interface Owner {
  /** A frozen tab runs nothing until it is thawed. */
  isFrozen: boolean;
  /** A closed tab never runs anything again. */
  isClosed: boolean;
}

/** Something that happens at a moment. */
export interface Happening {
  at: number;
  owner: Owner | null;
  run: () => void;
}

/** Lets everything run that waits for nothing: promises, and no timer. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Simulated time. Whatever waits is a happening; between two of them nothing but promises runs. */
export class World {
  /** Milliseconds since 1970. */
  now = Date.UTC(2026, 0, 1);
  /** By how much the device's clock is wrong, ms. */
  clockError = 0;
  /** Whose code runs now. */
  current: Owner | null = null;
  private queue: Happening[] = [];

  /** @param seed of all that is random */
  constructor(private seed: number) {}

  /** From 0 up to 1 (mulberry32). */
  random(): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  after(ms: number, run: () => void, owner = this.current): Happening {
    const happening = { at: this.now + Math.max(0, ms), owner, run };
    this.queue.push(happening);
    return happening;
  }

  cancel(happening: Happening | undefined): void {
    this.queue = this.queue.filter((each) => each !== happening);
  }

  /** Runs something in a tab now. */
  async enter(owner: Owner | null, run: () => void): Promise<void> {
    this.current = owner;
    run();
    await settle();
    this.current = null;
  }

  /** Lets time pass, and everything happen that is due. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (let next = this.takeDue(end); next !== undefined; next = this.takeDue(end)) {
      this.now = Math.max(this.now, next.at);
      await this.enter(next.owner, next.run);
    }
    this.now = end;
  }

  private takeDue(end: number): Happening | undefined {
    let first: Happening | undefined;
    for (const each of this.queue) {
      const canRun = each.owner?.isFrozen !== true || each.owner.isClosed;
      if (canRun && each.at <= end && (first === undefined || each.at < first.at)) first = each;
    }
    this.cancel(first);
    return first?.owner?.isClosed === true ? { ...first, run: () => {} } : first;
  }
}
