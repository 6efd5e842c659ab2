import { useSyncExternalStore } from 'react';
import { type SigningIn, signInStore, stepUpStore } from './bindings.js';
import type { LatchkeyClient } from './client.js';
import type { Session } from './session.js';
import { LOADING, type SessionState, sessionStore } from './session-state.js';
import type { SignIn } from './sign-in/state.js';
import type { OpenStepUp } from './sign-in/step-ups.js';

/** Who is signed in, kept up to date with this and other tabs. On a server it is `loading`. */
export function useSession(client: LatchkeyClient): SessionState {
  const { subscribe, getSnapshot } = sessionStore(client);
  return useSyncExternalStore(subscribe, getSnapshot, () => LOADING);
}

/** How the sign-in stands that is open in this tab; null when there is none, and on a server. For clients with `withSignIn`. */
export function useSignIn(client: Pick<SigningIn, 'signIn'>): SignIn | null {
  const { subscribe, getSnapshot } = signInStore(client);
  return useSyncExternalStore(subscribe, getSnapshot, () => null);
}

/** The step-up that waits for a person, or null. The component that uses it shows the dialog: without one, calls are refused at once. */
export function useStepUp(client: Pick<SigningIn, 'stepUp'>): OpenStepUp<Session> | null {
  const { subscribe, getSnapshot } = stepUpStore(client);
  return useSyncExternalStore(subscribe, getSnapshot, () => null);
}
