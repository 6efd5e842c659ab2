import type { LatchkeyClient } from './client.js';
import { LOADING, type SessionState, sessionStore } from './session-state.js';

/** What Svelte's `$` and `svelte/store` read (the store contract). */
export interface ReadableSession {
  subscribe(run: (state: SessionState) => void): () => void;
}

/** Who is signed in, kept up to date with this and other tabs. On a server, where there is no document, it is `loading`. */
export function session(client: LatchkeyClient): ReadableSession {
  const { subscribe, getSnapshot } = sessionStore(client);
  return {
    subscribe(run) {
      const isServer = typeof document === 'undefined';
      const end = isServer ? () => {} : subscribe(() => run(getSnapshot()));
      run(isServer ? LOADING : getSnapshot());
      return end;
    },
  };
}
