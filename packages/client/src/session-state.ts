import type { Store } from './bindings.js';
import type { LatchkeyClient } from './client.js';
import type { UserView } from './generated/types.gen.js';
import type { Session } from './session.js';

/** Who is signed in; `loading` until that is known. */
export type SessionState =
  | { status: 'loading'; session: null; user: null }
  | { status: 'signed-out'; session: null; user: null }
  | { status: 'signed-in'; session: Session; user: UserView };

/** The state before anything is known, and always that of a server that renders pages. */
export const LOADING: SessionState = { status: 'loading', session: null, user: null };
const SIGNED_OUT: SessionState = { status: 'signed-out', session: null, user: null };

/** Tells what is known of the session to any framework. */
export interface SessionStore extends Store<SessionState> {
  /**
   * Has `onChange` called after each change, also in other tabs. The first call makes the client find out who is signed in.
   * @returns what ends the calls
   */
  readonly subscribe: (onChange: () => void) => () => void;
}

const stores = new WeakMap<LatchkeyClient, SessionStore>();

/** The store of a client; there is one for each. */
export function sessionStore(client: LatchkeyClient): SessionStore {
  const store = stores.get(client) ?? createStore(client);
  stores.set(client, store);
  return store;
}

function createStore(client: LatchkeyClient): SessionStore {
  let state = LOADING;
  let isStarted = false;
  const subscribers = new Set<{ onChange: () => void }>();
  return {
    getSnapshot: () => state,
    subscribe(onChange) {
      const subscriber = { onChange };
      subscribers.add(subscriber);
      if (!isStarted) {
        isStarted = true;
        // Never ended: what is mounted later finds the state as it is, and the store lives as long as the client.
        client.auth.onAuthStateChange((event, session) => {
          if (event === 'sign-in') return;
          state = session === null ? SIGNED_OUT : { status: 'signed-in', session, user: session.user };
          for (const each of subscribers) each.onChange();
        });
      }
      return () => void subscribers.delete(subscriber);
    },
  };
}
