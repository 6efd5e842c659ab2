import type { Caller } from '../common/caller.js';
import { BusyError } from '../common/errors.js';
import { networkTiers } from './client-network.js';

/** Whose a task is, from the widest network that counts as one to the narrowest. */
export type Origin = readonly string[];

/** What runs outside a request, on the command line and at the start, has a share like that of one network. */
const SERVER: Origin = ['server'];

/** The networks of a caller; null outside a request. */
export function originOf(caller: Caller | null): Origin {
  return caller === null ? SERVER : networkTiers(caller.ip);
}

interface Task {
  start: () => void;
  refuse: (error: BusyError) => void;
}

/** Waiting tasks of a network, or of the narrower ones in it. */
class Share {
  /** Tasks here and below. */
  waiting = 0;
  readonly tasks: Task[] = [];
  /** In the order in which they have their turns. */
  readonly parts = new Map<string, Share>();

  add([name, ...rest]: Origin, task: Task): void {
    this.waiting += 1;
    if (name === undefined) this.tasks.push(task);
    else {
      const part = this.parts.get(name) ?? new Share();
      this.parts.set(name, part);
      part.add(rest, task);
    }
  }

  /** Takes the first task of the network whose turn it is, which is the last in line then. */
  next(): Task | undefined {
    const [turn] = this.parts;
    if (turn === undefined) return this.removed(this.tasks.shift());
    const [name, part] = turn;
    const task = part.next();
    this.parts.delete(name);
    if (part.waiting > 0) this.parts.set(name, part);
    return this.removed(task);
  }

  /** Takes the newest task of those that have most. */
  newestOfLargest(): Task | undefined {
    const largest = this.largest();
    if (largest === undefined) return this.removed(this.tasks.pop());
    const [name, part] = largest;
    const task = part.newestOfLargest();
    if (part.waiting === 0) this.parts.delete(name);
    return this.removed(task);
  }

  /** Takes a task of a network that has more than `origin` would have with one more; undefined if `origin` itself has most. */
  yieldTo([name, ...rest]: Origin): Task | undefined {
    const largest = this.largest();
    if (largest === undefined || name === undefined) return undefined;
    const own = this.parts.get(name);
    if (own === largest[1]) return this.removed(own.yieldTo(rest));
    return largest[1].waiting > (own?.waiting ?? 0) + 1 ? this.newestOfLargest() : undefined;
  }

  private largest(): [string, Share] | undefined {
    let found: [string, Share] | undefined;
    for (const each of this.parts) if (found === undefined || each[1].waiting > found[1].waiting) found = each;
    return found;
  }

  private removed(task: Task | undefined): Task | undefined {
    if (task !== undefined) this.waiting -= 1;
    return task;
  }
}

/**
 * Tasks a few at a time, behind a bounded queue that is fair to networks: they have their turns in rotation, so nobody has more than a
 * share while others wait, however many requests, addresses in one network, or right passwords somebody has. When the queue is full, the
 * network with most waiting tasks loses its newest to one that has fewer.
 */
export class FairQueue {
  private readonly line = new Share();
  private running = 0;
  private admitted = 0;

  /**
   * @param concurrency tasks at a time
   * @param maxAdmitted requests that may be in line, running, or between the two
   */
  constructor(
    private readonly concurrency: number,
    private readonly maxAdmitted: number,
  ) {}

  /** Tasks that wait for their turn. */
  get waiting(): number {
    return this.line.waiting;
  }

  /**
   * Runs `work` if there is room for it, or can be made. Inside, it waits for its turn with `inTurn`.
   * @throws BusyError
   */
  async admit<T>(origin: Origin, work: () => Promise<T>): Promise<T> {
    if (this.admitted >= this.maxAdmitted) {
      const yielding = this.line.yieldTo(origin);
      if (yielding === undefined) throw new BusyError();
      yielding.refuse(new BusyError());
    }
    this.admitted += 1;
    try {
      return await work();
    } finally {
      this.admitted -= 1;
    }
  }

  /**
   * Runs `task` when it is its network's turn.
   * @throws BusyError when it gave way to another network's; what `task` throws
   */
  async inTurn<T>(origin: Origin, task: () => Promise<T>): Promise<T> {
    if (this.running >= this.concurrency) {
      await new Promise<void>((start, refuse) => this.line.add(origin, { start, refuse }));
    } else this.running += 1;
    try {
      return await task();
    } finally {
      // Handed on rather than freed: a task that comes between the two must not overtake those in line.
      const next = this.line.next();
      if (next === undefined) this.running -= 1;
      else next.start();
    }
  }
}
