import { type SigningIn, type Store, signInStore, stepUpStore } from './bindings.js';
import type { LatchkeyClient } from './client.js';
import type { Session } from './session.js';
import { LOADING, type SessionState, sessionStore } from './session-state.js';
import type { SignIn } from './sign-in/state.js';
import type { OpenStepUp } from './sign-in/step-ups.js';

/** What Svelte's `$` and `svelte/store` read (the store contract). */
export interface Readable<T> {
  subscribe(run: (state: T) => void): () => void;
}

/** Who is signed in, kept up to date with this and other tabs. On a server, where there is no document, it is `loading`. */
export function session(client: LatchkeyClient): Readable<SessionState> {
  return follow<SessionState>(sessionStore(client), LOADING);
}

/** How the sign-in stands that is open in this tab; null when there is none. For clients with `withSignIn`. */
export function signIn(client: Pick<SigningIn, 'signIn'>): Readable<SignIn | null> {
  return follow<SignIn | null>(signInStore(client), null);
}

/** The step-up that waits for a person, or null. The component that reads it shows the dialog: without one, calls are refused at once. */
export function stepUp(client: Pick<SigningIn, 'stepUp'>): Readable<OpenStepUp<Session> | null> {
  return follow<OpenStepUp<Session> | null>(stepUpStore(client), null);
}

function follow<T>({ subscribe, getSnapshot }: Store<T>, onServer: T): Readable<T> {
  return {
    subscribe(run) {
      const isServer = typeof document === 'undefined';
      const end = isServer ? () => {} : subscribe(() => run(getSnapshot()));
      run(isServer ? onServer : getSnapshot());
      return end;
    },
  };
}
