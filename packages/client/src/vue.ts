import { type ShallowRef, getCurrentInstance, onMounted, onScopeDispose, shallowRef } from 'vue';
import type { LatchkeyClient } from './client.js';
import { LOADING, type SessionState, sessionStore } from './session-state.js';

/**
 * Who is signed in, kept up to date with this and other tabs until the component, or the effect scope, ends. On a server it is `loading`,
 * and so it is in a component until that is mounted, as hydration needs it.
 */
export function useSession(client: LatchkeyClient): Readonly<ShallowRef<SessionState>> {
  const { subscribe, getSnapshot } = sessionStore(client);
  const state = shallowRef(LOADING);
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
