import { type ShallowRef, getCurrentInstance, onMounted, onScopeDispose, shallowRef } from 'vue';
import { type SigningIn, type Store, signInStore, stepUpStore } from './bindings.js';
import type { LatchkeyClient } from './client.js';
import type { Session } from './session.js';
import { LOADING, type SessionState, sessionStore } from './session-state.js';
import type { SignIn } from './sign-in/state.js';
import type { OpenStepUp } from './sign-in/step-ups.js';

/**
 * Who is signed in, kept up to date with this and other tabs until the component, or the effect scope, ends. On a server it is `loading`,
 * and so it is in a component until that is mounted, as hydration needs it.
 */
export function useSession(client: LatchkeyClient): Readonly<ShallowRef<SessionState>> {
  return follow<SessionState>(sessionStore(client), LOADING);
}

/** How the sign-in stands that is open in this tab; null when there is none. For clients with `withSignIn`. */
export function useSignIn(client: Pick<SigningIn, 'signIn'>): Readonly<ShallowRef<SignIn | null>> {
  return follow<SignIn | null>(signInStore(client), null);
}

/** The step-up that waits for a person, or null. The component that uses it shows the dialog: without one, calls are refused at once. */
export function useStepUp(client: Pick<SigningIn, 'stepUp'>): Readonly<ShallowRef<OpenStepUp<Session> | null>> {
  return follow<OpenStepUp<Session> | null>(stepUpStore(client), null);
}

function follow<T>({ subscribe, getSnapshot }: Store<T>, initial: T): Readonly<ShallowRef<T>> {
  const state = shallowRef(initial) as ShallowRef<T>;
  let end = (): void => {};
  const update = (): void => void (state.value = getSnapshot());
  const begin = (): void => {
    end = subscribe(update);
    update();
  };
  if (getCurrentInstance() === null) begin();
  else onMounted(begin);
  onScopeDispose(() => end());
  return state;
}
