import type { LatchkeyClient } from '../../../src/client.js';
import type { AuthListener, Session } from '../../../src/session.js';

/** A client of which only the news matter: `tell` says who is signed in now. */
export function watchedClient() {
  const listeners: AuthListener[] = [];
  const onAuthStateChange = (listener: AuthListener) => (listeners.push(listener), () => {});
  return {
    client: { auth: { onAuthStateChange } } as unknown as LatchkeyClient,
    listeners,
    tell: (email: string | null) => listeners.forEach((listen) => listen('initial', email === null ? null : sessionOf(email))),
  };
}

function sessionOf(email: string): Session {
  return { accessToken: 'a', user: { email } } as Session;
}
