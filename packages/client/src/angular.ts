import { DestroyRef, PLATFORM_ID, type Signal, inject, signal } from '@angular/core';
import { type SigningIn, type Store, signInStore, stepUpStore } from './bindings.js';
import type { LatchkeyClient } from './client.js';
import type { Session } from './session.js';
import { LOADING, type SessionState, sessionStore } from './session-state.js';
import type { SignIn } from './sign-in/state.js';
import type { OpenStepUp } from './sign-in/step-ups.js';

/**
 * Who is signed in, kept up to date with this and other tabs until the injector is destroyed. Call it where `inject` may be called. On a
 * server it is `loading`.
 */
export function injectSession(client: LatchkeyClient): Signal<SessionState> {
  return follow<SessionState>(sessionStore(client), LOADING);
}

/** How the sign-in stands that is open in this tab; null when there is none. For clients with `withSignIn`. */
export function injectSignIn(client: Pick<SigningIn, 'signIn'>): Signal<SignIn | null> {
  return follow<SignIn | null>(signInStore(client), null);
}

/** The step-up that waits for a person, or null. The component that reads it shows the dialog: without one, calls are refused at once. */
export function injectStepUp(client: Pick<SigningIn, 'stepUp'>): Signal<OpenStepUp<Session> | null> {
  return follow<OpenStepUp<Session> | null>(stepUpStore(client), null);
}

function follow<T>({ subscribe, getSnapshot }: Store<T>, onServer: T): Signal<T> {
  const isServer = inject(PLATFORM_ID, { optional: true }) === 'server';
  const state = signal(isServer ? onServer : getSnapshot());
  if (!isServer) inject(DestroyRef).onDestroy(subscribe(() => state.set(getSnapshot())));
  return state.asReadonly();
}
