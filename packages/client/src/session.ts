import type { RefreshedView, UserView } from './generated/types.gen.js';

/** Somebody signed in. */
export interface Session {
  accessToken: string;
  /** Absent in cookie mode: the browser has it where no script can read it. */
  refreshToken?: string | undefined;
  /** Names the refresh that is under way, or whose answer got lost: the server then repeats that answer, however late. */
  attemptKey?: string | undefined;
  /** When the access token expires by this machine's clock, milliseconds since 1970. */
  expiresAt: number;
  user: UserView;
}

/** What happened: `initial` comes once to each new listener. */
export type AuthEvent = 'initial' | 'signed-in' | 'signed-out' | 'token-refreshed' | 'user-updated';

export type AuthListener = (event: AuthEvent, session: Session | null) => void;

/** How long before its end an access token is exchanged, ms: it has to survive the way to the server. */
const MARGIN_MS = 10_000;

export function toSession({ accessToken, refreshToken, expiresIn }: RefreshedView, user: UserView): Session {
  return { accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1_000, user };
}

export function isFresh(session: Session): boolean {
  return session.expiresAt - MARGIN_MS > Date.now();
}

/** A random name for a refresh, 128 bits; none where the platform has no random numbers. */
export function newAttemptKey(): string | undefined {
  const bytes = globalThis.crypto?.getRandomValues(new Uint8Array(16));
  return bytes && Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What was stored, if it is a session; anything else counts as nothing. */
export function parseSession(text: string | null): Session | null {
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as Partial<Session> | null;
    const isSession = typeof found?.accessToken === 'string' && typeof found.expiresAt === 'number' && typeof found.user === 'object';
    return isSession ? (found as Session) : null;
  } catch {
    return null;
  }
}
