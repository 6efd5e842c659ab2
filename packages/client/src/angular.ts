import { DestroyRef, PLATFORM_ID, type Signal, inject, signal } from '@angular/core';
import type { LatchkeyClient } from './client.js';
import { LOADING, type SessionState, sessionStore } from './session-state.js';

/**
 * Who is signed in, kept up to date with this and other tabs until the injector is destroyed. Call it where `inject` may be called. On a
 * server it is `loading`.
 */
export function injectSession(client: LatchkeyClient): Signal<SessionState> {
  const { subscribe, getSnapshot } = sessionStore(client);
  const isServer = inject(PLATFORM_ID, { optional: true }) === 'server';
  const state = signal(isServer ? LOADING : getSnapshot());
  if (!isServer) inject(DestroyRef).onDestroy(subscribe(() => state.set(getSnapshot())));
  return state.asReadonly();
}
