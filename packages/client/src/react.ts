import { useSyncExternalStore } from 'react';
import type { LatchkeyClient } from './client.js';
import { LOADING, type SessionState, sessionStore } from './session-state.js';

/** Who is signed in, kept up to date with this and other tabs. On a server it is `loading`. */
export function useSession(client: LatchkeyClient): SessionState {
  const { subscribe, getSnapshot } = sessionStore(client);
  return useSyncExternalStore(subscribe, getSnapshot, () => LOADING);
}
