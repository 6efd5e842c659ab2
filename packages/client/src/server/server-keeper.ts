import type { TokensView } from '../generated/types.gen.js';
import { LatchkeyError, type Result, failed, ok, signedOut } from '../result.js';
import { isFresh } from '../session.js';
import { nameAttempt, newSessionKey } from './attempt-name.js';
import type { KeptTokens, SessionCookies } from './session-cookies.js';

/** What the server is asked for with a refresh token. Neither rejects. */
export interface RefreshTokenRequests {
  exchange(refreshToken: string, attemptKey: string): Promise<Result<TokensView>>;
  end(refreshToken: string): Promise<Result<unknown>>;
}

/** Failures of a refresh after which the session is no more. Any other may pass. */
const FINAL: ReadonlySet<string> = new Set(['refresh_token.invalid', 'refresh_token.reused', 'auth.account_disabled']);

/**
 * Keeps the session of one request in its cookies.
 *
 * Only what can set cookies refreshes: a new refresh token that the browser never gets is lost. This is found out by setting the cookies as they
 * are, before anything is sent. If the answer with the new token is lost on the way to the browser all the same, the next request repeats the
 * exchange from the old cookies under the same name (`nameAttempt`).
 */
export class ServerKeeper {
  private refreshing: Promise<Result<KeptTokens>> | undefined;
  /** What was written for this request, which `getAll` need not show. */
  private written: { tokens: KeptTokens | null } | undefined;

  constructor(
    private readonly cookies: SessionCookies,
    private readonly requests: RefreshTokenRequests,
  ) {}

  /** The tokens in the cookies, whether or not the access token is still good. */
  async read(): Promise<KeptTokens | null> {
    return this.written === undefined ? this.cookies.read() : this.written.tokens;
  }

  /** Tokens of which the access token is good, refreshed if it ends soon and cookies can be set. */
  async fresh(): Promise<Result<KeptTokens>> {
    const tokens = await this.read();
    if (tokens === null) return failed(signedOut());
    if (isFresh(tokens)) return ok(tokens);
    const refreshed = await this.refresh(tokens.accessToken);
    // The last seconds of a token are good enough for a render, and for a moment without a server.
    const isGood = refreshed.error !== null && !isOver(refreshed.error) && tokens.expiresAt > Date.now();
    return isGood ? ok(tokens) : refreshed;
  }

  /**
   * Exchanges the refresh token.
   * @param stale the access token that is not good any more; another one that is fresh will do
   * @returns `client.refresh_needed` where no cookies can be set
   */
  refresh(stale: string): Promise<Result<KeptTokens>> {
    this.refreshing ??= this.exchange(stale).finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Signs the browser in, and ends the session that it had. If the cookies cannot be set, the new session is ended. */
  async open({ accessToken, refreshToken, expiresAt }: Omit<KeptTokens, 'key'>): Promise<LatchkeyError | null> {
    const former = await this.read();
    const tokens = { accessToken, refreshToken, expiresAt, key: newSessionKey() };
    const problem = await this.write(tokens, () => this.cookies.write(tokens, true));
    const ended = problem === null ? former?.refreshToken : refreshToken;
    if (ended !== undefined) await this.requests.end(ended);
    return problem;
  }

  /** Signs the browser out; on the server, too. */
  async close(): Promise<Result<null>> {
    const tokens = await this.read();
    const problem = await this.write(null, () => this.cookies.clear());
    if (problem !== null) return failed(problem);
    const { error } = tokens === null ? ok(null) : await this.requests.end(tokens.refreshToken);
    return error === null || error.status === 401 ? ok(null) : failed(error);
  }

  private async exchange(stale: string): Promise<Result<KeptTokens>> {
    const tokens = await this.read();
    if (tokens === null) return failed(signedOut());
    if (tokens.accessToken !== stale && isFresh(tokens)) return ok(tokens);
    const reason = await this.write(tokens, () => this.cookies.write(tokens, false));
    if (reason !== null) return failed(refreshNeeded(reason));
    const { data, error } = await this.requests.exchange(tokens.refreshToken, await nameAttempt(tokens.key, tokens.refreshToken));
    if (error !== null) {
      if (isOver(error)) await this.write(null, () => this.cookies.drop(tokens.key));
      return failed(error);
    }
    const next = { ...tokens, ...toTokens(data) };
    const problem = await this.write(next, () => this.cookies.write(next, false));
    return problem === null ? ok(next) : failed(problem);
  }

  private async write(tokens: KeptTokens | null, set: () => Promise<void>): Promise<LatchkeyError | null> {
    try {
      await set();
      this.written = { tokens };
      return null;
    } catch (cause) {
      return new LatchkeyError('client.storage_failed', 'The cookies of the session could not be set.', 0, [], undefined, undefined, cause);
    }
  }
}
