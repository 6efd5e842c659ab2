import { newAttemptKey } from './attempt-key.js';
import { type RefreshSessionCode, refreshSession } from './generated/operations.gen.js';
import type { Api } from './operation.js';
import { type LatchkeyError, type LocalErrorCode, localError, signedOut } from './result.js';
import { type Session, type StoredSession, toSession } from './session.js';
import type { SessionStorage } from './storage.js';

/** Who keeps the refresh token: this client's storage, or the browser in a cookie that no script can read. */
export type SessionMode = 'tokens' | 'cookie';

/** Failures of a refresh after which the session is no more. Any other may pass. */
const FINAL: ReadonlySet<string> = new Set(['refresh_token.invalid', 'refresh_token.reused', 'auth.account_disabled']);

/** What became of a refresh token: its successor, or why there is none and whether there never will be. */
export type Rotated = { session: Session; error: null } | { session: null; error: LatchkeyError<RefreshSessionCode | LocalErrorCode>; isOver: boolean };

/** Exchanges refresh tokens at the server, each under its name. */
export class Rotation {
  /** Cookie mode: the name of the next exchange, if it cannot be stored. */
  private attemptKey: string | undefined;

  /** @param attempts cookie mode: where the name of the next exchange is kept, for all tabs and over reloads */
  constructor(
    private readonly api: Api,
    readonly mode: SessionMode,
    private readonly attempts: SessionStorage,
  ) {}

  /** @param basis the session whose refresh token is to be exchanged; in cookie mode it may be unknown */
  async exchange(basis: StoredSession | null): Promise<Rotated> {
    const isCookie = this.mode === 'cookie';
    const attemptKey = isCookie ? await this.cookieAttempt() : basis?.attemptKey;
    const { data, error } = await refreshSession({
      client: this.api,
      body: { refreshToken: basis?.refreshToken, attemptKey, withUser: true, ...(isCookie && { ifSignedIn: true }) },
    });
    if (error !== null) return { session: null, error, isOver: FINAL.has(error.code) };
    if (isCookie) await this.keepAttempt();
    // 204: nobody is signed in.
    if (!data) return { session: null, error: signedOut(), isOver: true };
    const user = data.user ?? basis?.user;
    return user === undefined
      ? { session: null, error: localError('client.unexpected_answer', 'The server does not tell the account.'), isOver: false }
      : { session: toSession(data, user, basis), error: null };
  }

  private async cookieAttempt(): Promise<string> {
    try {
      return (await this.attempts.get()) ?? this.attemptKey ?? (await this.keepAttempt());
    } catch {
      return (this.attemptKey ??= newAttemptKey());
    }
  }

  /** The name of the next exchange. Where it cannot be stored it is good until the page is left. */
  private async keepAttempt(): Promise<string> {
    this.attemptKey = newAttemptKey();
    await Promise.resolve(this.attempts.set(this.attemptKey)).catch(() => {});
    return this.attemptKey;
  }
}
