import type { SessionStorage } from '../../src/index.js';
import { LocksModel } from './locks.js';
import type { Owner, World } from './world.js';

/** How a browser is. */
export interface BrowserTraits {
  hasLocks: boolean;
  hasChannel: boolean;
}

/** What the tabs of a browser share: a storage, its locks, its messages and its cookie. */
export class BrowserModel {
  /** The refresh cookie. */
  cookie: string | undefined;
  isReadable = true;
  isWritable = true;
  /** Cookie mode: what is in `localStorage` beside the session. */
  readonly small = new Map<string, string>();
  private value: string | null = null;
  private readonly views = new Map<Owner, string | null>();
  private readonly channels = new Set<FakeChannel>();
  private readonly locks: LocksModel;

  constructor(
    readonly world: World,
    readonly traits: BrowserTraits,
  ) {
    this.locks = new LocksModel(world);
  }

  /**
   * The storage as a tab sees it. What another tab writes it sees a moment later, where locks keep two from writing at once; without locks
   * at once, or two that write within that moment would overwrite each other: a limit that the README states.
   */
  storageOf(owner: Owner): SessionStorage {
    this.views.set(owner, this.value);
    const write = (value: string | null): void => {
      if (!this.isWritable) throw new Error('full');
      this.value = value;
      for (const other of this.views.keys()) {
        const see = (): void => void this.views.set(other, this.value);
        if (this.traits.hasLocks && other !== owner) this.world.after(this.world.between(0, 8), see, null);
        else see();
      }
    };
    return {
      sharedName: 'tabs',
      get: () => {
        if (!this.isReadable) throw new Error('forbidden');
        return this.views.get(owner) ?? null;
      },
      set: write,
      remove: () => write(null),
    };
  }

  /** What `localStorage` holds of the session. */
  get stored(): string | null {
    return this.value;
  }

  /** A tab is closed: its locks are free, and it hears nothing more. */
  forget(owner: Owner): void {
    this.views.delete(owner);
    for (const channel of this.channels) if (channel.owner === owner) this.channels.delete(channel);
    this.locks.forget(owner);
  }

  /** The device's clock. */
  now(): number {
    return this.world.now + this.world.clockError;
  }

  /** The globals of a page. */
  globals(): Record<string, unknown> {
    const { world } = this;
    return {
      navigator: this.traits.hasLocks ? { locks: this.locks } : {},
      BroadcastChannel: this.traits.hasChannel ? this.channelClass() : undefined,
      document: {},
      localStorage: {
        getItem: (key: string) => this.small.get(key) ?? null,
        setItem: (key: string, value: string) => void this.small.set(key, value),
        removeItem: (key: string) => void this.small.delete(key),
      },
      setTimeout: (run: () => void, ms = 0) => world.after(ms, run),
      clearTimeout: (happening: never) => world.cancel(happening),
      performance: { now: () => world.now },
    };
  }

  private channelClass(): new (name: string) => object {
    const { world, channels } = this;
    return class extends FakeChannel {
      constructor() {
        super(world.current, (data) => {
          for (const other of channels) {
            // A tenth gets lost; the rest comes in any order.
            if (other === this || world.random() < 0.1) continue;
            world.after(
              world.between(0, world.random() < 0.1 ? 5_000 : 50),
              () => other.onmessage?.({ data: structuredClone(data) }),
              other.owner,
            );
          }
        });
        channels.add(this);
      }
    };
  }
}

class FakeChannel {
  onmessage: ((message: { data: unknown }) => void) | undefined;

  constructor(
    readonly owner: Owner | null,
    readonly postMessage: (data: unknown) => void,
  ) {}
}
