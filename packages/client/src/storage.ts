/**
 * Where a session is kept between page loads. Its methods may be synchronous or not. One that fails ends no session: it goes on in this
 * tab, and listeners are told `storage-failed`.
 */
export interface SessionStorage {
  get(): string | null | Promise<string | null>;
  set(value: string): void | Promise<void>;
  remove(): void | Promise<void>;
  /**
   * Name of the place if other tabs see it too: they then refresh one at a time and tell each other. Without a name this client is
   * on its own, which is right for memory and on servers.
   */
  readonly sharedName?: string;
  /** Longest text that it takes, characters: 2,048 in Expo's SecureStore. A session that is longer is stored without the account. */
  readonly maxLength?: number;
}

/** `localStorage` where it can be used by a page, memory elsewhere: on servers, in workers, and where the browser forbids it. */
export function defaultStorage(key?: string): SessionStorage {
  try {
    if (typeof document === 'undefined' || typeof localStorage.getItem('') === 'undefined') return memoryStorage();
  } catch {
    return memoryStorage();
  }
  return browserStorage(key);
}

/** Until the page is left. With a name, tabs of the origin tell each other: what cookie mode does. */
export function memoryStorage(sharedName?: string): SessionStorage {
  let kept: string | null = null;
  return {
    ...(sharedName === undefined ? {} : { sharedName }),
    get: () => kept,
    set: (value) => void (kept = value),
    remove: () => void (kept = null),
  };
}

/** In `localStorage`: all tabs of the origin, until somebody signs out. Any script of the page can read it; cookie mode is safer. */
export function browserStorage(key = 'latchkey'): SessionStorage {
  return {
    sharedName: key,
    get: () => localStorage.getItem(key),
    set: (value) => localStorage.setItem(key, value),
    remove: () => localStorage.removeItem(key),
  };
}
