import type { OpenStepUp } from './sign-in/step-ups.js';
import type { SignIn } from './sign-in/state.js';
import type { Session } from './session.js';

/** Something that changes, as every framework can follow it. */
export interface Store<T> {
  /** The same object until something changes. */
  readonly getSnapshot: () => T;
  readonly subscribe: (onChange: () => void) => () => void;
}

/** What of a client with `withSignIn` the bindings need; they bring none of its code into an app. */
export interface SigningIn {
  readonly signIn: { readonly state: SignIn | null; readonly onChange: (listener: () => void) => () => void };
  readonly stepUp: { readonly current: () => OpenStepUp<Session> | null; readonly onChange: (listener: () => void) => () => void };
}

export function signInStore({ signIn }: Pick<SigningIn, 'signIn'>): Store<SignIn | null> {
  return { getSnapshot: () => signIn.state, subscribe: signIn.onChange };
}

export function stepUpStore({ stepUp }: Pick<SigningIn, 'stepUp'>): Store<OpenStepUp<Session> | null> {
  return { getSnapshot: stepUp.current, subscribe: stepUp.onChange };
}
