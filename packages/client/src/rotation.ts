import { newAttemptKey } from './attempt-key.js';
import { type RefreshSessionCode, refreshSession } from './generated/operations.gen.js';
import type { Api } from './operation.js';
import { type LatchkeyError, type LocalErrorCode, localError, signedOut } from './result.js';
import { withTokens } from './tokens.js';
import { type Session, type StoredSession, toSession } from './session.js';
import type { SessionStorage } from './storage.js';

/** Who keeps the refresh token: this client's storage, or the browser in a cookie that no script can read. */
export type SessionMode = 'tokens' | 'cookie';

/** Failures of a refresh after which the session is no more. Any other may pass. */
const FINAL: ReadonlySet<string> = new Set(['refresh_token.invalid', 'refresh_token.reused', 'auth.account_disabled', 'hook.denied']);

/** What became of a refresh token: its successor, or why there is none and whether there never will be. */
export type Rotated =
  | { session: Session; error: null }
  | { session: null; error: LatchkeyError<RefreshSessionCode | LocalErrorCode>; isOver: boolean };

/** Exchanges refresh tokens at the server, each under its name. */
export class Rotation {
  /** Cookie mode: the name of the exchanges, if it cannot be stored. */
  private attemptKey: string | undefined;

  /** @param attempts cookie mode: where the name of the exchanges is kept, for all tabs and over reloads */
  constructor(
    private readonly api: Api,
    readonly mode: SessionMode,
    private readonly attempts: SessionStorage,
  ) {}

  /** @param basis the session whose refresh token is to be exchanged; in cookie mode it may be unknown */
  async exchange(basis: StoredSession | null): Promise<Rotated> {
    const isCookie = this.mode === 'cookie';
    const attemptKey = isCookie ? await this.cookieAttempt() : basis?.attemptKey;
    const answer = await refreshSession({
      client: this.api,
      body: { refreshToken: basis?.refreshToken, attemptKey, withUser: true, ...(isCookie && { ifSignedIn: true }) },
    });
    // 204: nobody is signed in.
    if (isCookie && answer.error === null && answer.data === null) return { session: null, error: signedOut(), isOver: true };
    const { data, error } = withTokens(answer, isCookie);
    if (error !== null) return { session: null, error, isOver: FINAL.has(error.code) };
    const user = data.user ?? basis?.user;
    return user === undefined
      ? { session: null, error: localError('client.unexpected_answer', 'The server does not tell the account.'), isOver: false }
      : { session: toSession(data, user, basis), error: null };
  }

  /**
   * Cookie mode: all exchanges of this browser have one name, for a late answer can bring a former cookie back. A thief of the cookie alone
   * does not have it. Where it cannot be stored it is good until the page is left, and the server repeats lost answers for 60 s only.
   */
  private async cookieAttempt(): Promise<string> {
    try {
      const stored = await this.attempts.get();
      if (stored !== null) return stored;
      this.attemptKey ??= newAttemptKey();
      await this.attempts.set(this.attemptKey);
    } catch {
      // Forbidden or full.
    }
    return (this.attemptKey ??= newAttemptKey());
  }
}
