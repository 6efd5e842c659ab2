import { claimsOf, sessionOf } from './access-token.js';
import { newAttemptKey } from './attempt-key.js';
import type { RefreshedView, UserView } from './generated/types.gen.js';
import type { LatchkeyError } from './result.js';

/** Somebody signed in. */
export interface Session {
  accessToken: string;
  /** Absent in cookie mode: the browser has it where no script can read it. */
  refreshToken?: string | undefined;
  /** Names the exchange of this refresh token: the server repeats the answer to that name, however often and late it is asked. */
  attemptKey?: string | undefined;
  /** When the access token expires by this machine's clock, milliseconds since 1970. */
  expiresAt: number;
  /** Grows with each change of the session: of two copies the one with the higher number is later. */
  version: number;
  user: UserView;
}

/** A session as it is stored: a storage may be too small for the account, which the next refresh brings. */
export type StoredSession = Omit<Session, 'user'> & { user?: UserView | undefined };

/**
 * What happened: `initial` comes once to each new listener. `storage-failed`: the session could not be stored, and an error says why;
 * it goes on in this tab. `sign-in`: an open sign-in has changed (`@latchkey/client/sign-in`); the session has not.
 */
export type AuthEvent = 'initial' | 'signed-in' | 'signed-out' | 'token-refreshed' | 'user-updated' | 'storage-failed' | 'sign-in';

/** @param error only with `storage-failed` */
export type AuthListener = (event: AuthEvent, session: Session | null, error?: LatchkeyError) => void;

/** @param former the session that these are new tokens of */
export function toSession({ accessToken, refreshToken, expiresIn }: RefreshedView, user: UserView, former?: StoredSession | null): Session {
  return {
    accessToken,
    refreshToken,
    attemptKey: refreshToken && newAttemptKey(),
    expiresAt: Date.now() + expiresIn * 1_000,
    version: Math.max((former?.version ?? 0) + 1, claimsOf(accessToken).iat ?? 0),
    user,
  };
}

/** What was stored, if it is a session; anything else counts as nothing. */
export function parseSession(text: string | null): StoredSession | null {
  try {
    const found = JSON.parse(text ?? 'null') as Partial<Session> | null;
    const isSession = typeof found?.accessToken === 'string' && typeof found.expiresAt === 'number';
    return isSession ? ({ version: 0, ...found } as StoredSession) : null;
  } catch {
    return null;
  }
}

/** Whether two copies are of one session, and nobody signed in anew between them. */
export function isSame(one: { accessToken: string }, other: { accessToken: string }): boolean {
  return sessionOf(one.accessToken) === sessionOf(other.accessToken);
}

/** A session whose account is known. */
export function complete(session: StoredSession | null): Session | null {
  return session?.user === undefined ? null : (session as Session);
}
