import { useEffect, useState } from 'react';
import type { LatchkeyClient } from './client.js';
import type { UserView } from './generated/types.gen.js';
import type { Session } from './session.js';

/** Who is signed in; `loading` until that is known. */
export type SessionState =
  | { status: 'loading'; session: null; user: null }
  | { status: 'signed-out'; session: null; user: null }
  | { status: 'signed-in'; session: Session; user: UserView };

const LOADING: SessionState = { status: 'loading', session: null, user: null };
const SIGNED_OUT: SessionState = { status: 'signed-out', session: null, user: null };

/** Who is signed in, kept up to date with this and other tabs. On a server it is `loading`. */
export function useSession(client: LatchkeyClient): SessionState {
  const [state, setState] = useState<SessionState>(LOADING);
  useEffect(
    () =>
      client.auth.onAuthStateChange((_event, session) =>
        setState(session === null ? SIGNED_OUT : { status: 'signed-in', session, user: session.user }),
      ),
    [client],
  );
  return state;
}
