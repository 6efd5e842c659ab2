import { sessionOf } from '../access-token.js';
import type { RefreshSessionCode } from '../generated/operations.gen.js';
import type { RefreshedView } from '../generated/types.gen.js';
import type { Keeper } from '../keeper.js';
import { type Result, failed, localError, ok, sessionChanged, signedOut } from '../result.js';
import type { Session } from '../session.js';
import { withTokens } from '../tokens.js';
import { nameAttempt, newSessionKey } from './attempt-name.js';
import type { KeptTokens, SessionCookies } from './session-cookies.js';

/** What the server is asked for with a refresh token. Neither rejects. */
export interface RefreshTokenRequests {
  exchange(refreshToken: string, attemptKey: string): Promise<Result<RefreshedView | null, RefreshSessionCode>>;
  end(refreshToken: string): Promise<Result<unknown>>;
}

/** The tokens of somebody who is signed in. Nothing in it is verified: ask `getUser`, or verify the token, before you trust it. */
export interface ServerSession {
  accessToken: string;
  /** When the access token expires by this machine's clock, milliseconds since 1970. */
  expiresAt: number;
}

/** How long before its end an access token is exchanged, ms: a render goes on with it, and the requests of that render. */
const MARGIN_MS = 10_000;

/** Failures of a refresh after which the session is no more. Any other may pass. */
const FINAL: ReadonlySet<string> = new Set(['refresh_token.invalid', 'refresh_token.reused', 'auth.account_disabled', 'hook.denied']);

/**
 * Keeps the session of one request in its cookies.
 *
 * Only what can set cookies refreshes: a new refresh token that the browser never gets is lost. This is found out by setting the cookies as they
 * are, before anything is sent. If the answer with the new token is lost on the way to the browser all the same, the next request repeats the
 * exchange from the old cookies under the same name (`nameAttempt`).
 */
export class ServerKeeper implements Keeper<ServerSession> {
  ending: Promise<unknown> | undefined;
  private refreshing: Promise<Result<ServerSession, RefreshSessionCode>> | undefined;
  /**
   * Whether this request has exchanged a token. It does so once at most: if its answer were lost after a second exchange, the browser would come
   * back with a token that is two exchanges old, which the server takes for stolen.
   */
  private hasExchanged = false;
  /** What was written for this request, which `getAll` need not show. */
  private written: { tokens: KeptTokens | null } | undefined;

  constructor(
    private readonly cookies: SessionCookies,
    private readonly requests: RefreshTokenRequests,
  ) {}

  async read(): Promise<ServerSession | null> {
    const tokens = await this.tokens();
    return tokens === null ? null : shown(tokens);
  }

  /** Refreshed only where cookies can be set. The last seconds of a token are good enough for a render, and for a moment without a server. */
  async fresh(): Promise<Result<ServerSession, RefreshSessionCode>> {
    const tokens = await this.tokens();
    if (tokens === null) return failed(signedOut());
    if (tokens.expiresAt - MARGIN_MS > Date.now()) return ok(shown(tokens));
    const refreshed = await this.refresh(tokens.accessToken);
    const isForNow = refreshed.error !== null && !FINAL.has(refreshed.error.code) && tokens.expiresAt > Date.now();
    return isForNow ? ok(shown(tokens)) : refreshed;
  }

  /** `client.refresh_needed` where no cookies can be set. */
  async refresh(stale?: string): Promise<Result<ServerSession, RefreshSessionCode>> {
    const tokens = await this.tokens();
    if (tokens === null) return failed(signedOut());
    if (stale !== undefined && stale !== tokens.accessToken) {
      return sessionOf(stale) === sessionOf(tokens.accessToken)
        ? ok(shown(tokens))
        : failed(localError('client.session_changed', 'This request has signed somebody else in meanwhile.'));
    }
    this.refreshing ??= this.exchange(tokens).finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Ends the session that the browser had before; and the new one, if its cookies cannot be set. */
  async open({ accessToken, refreshToken = '', expiresAt }: Session): Promise<Result<ServerSession, never>> {
    const former = await this.tokens();
    const tokens = { accessToken, refreshToken, expiresAt, key: newSessionKey(), rotation: 0 };
    const { error } = await this.write(tokens, () => this.cookies.write(tokens, true));
    const ended = error === null ? former?.refreshToken : refreshToken;
    if (ended !== undefined) this.ending = this.requests.end(ended);
    return error === null ? ok(shown(tokens)) : failed(error);
  }

  async raise({ accessToken, expiresIn }: RefreshedView): Promise<Result<ServerSession, never>> {
    const tokens = await this.tokens();
    if (tokens === null || sessionOf(accessToken) !== sessionOf(tokens.accessToken)) {
      return failed(sessionChanged());
    }
    const next = { ...tokens, accessToken, expiresAt: Date.now() + expiresIn * 1_000, rotation: tokens.rotation + 1 };
    const { error } = await this.write(next, () => this.cookies.write(next, false));
    return error === null ? ok(shown(next)) : failed(error);
  }

  async close(accessToken?: string): Promise<Result<null, never>> {
    const tokens = await this.tokens();
    if (tokens !== null && accessToken !== undefined && sessionOf(accessToken) !== sessionOf(tokens.accessToken)) return ok(null);
    return this.write(null, () => this.cookies.clear());
  }

  /** One request has its cookies to itself. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  /** The account is not kept: its metadata has room in no cookie. */
  async updateUser(): Promise<void> {}

  /** Nothing happens between requests that this client would know. */
  listen(): () => void {
    return () => {};
  }

  private async exchange(tokens: KeptTokens): Promise<Result<ServerSession, RefreshSessionCode>> {
    if (this.hasExchanged) return ok(shown(tokens));
    const { error: obstacle } = await this.write(tokens, () => this.cookies.write(tokens, false));
    if (obstacle !== null) {
      const message = 'The access token has expired, and no cookies can be set here: refresh before the page is rendered.';
      return failed(localError('client.refresh_needed', message, obstacle.cause));
    }
    const answer = await this.requests.exchange(tokens.refreshToken, await nameAttempt(tokens.key, tokens.refreshToken));
    const { data, error } = withTokens(answer);
    if (error !== null) {
      if (FINAL.has(error.code)) await this.write(null, () => this.cookies.drop(tokens.key));
      return failed(error);
    }
    this.hasExchanged = true;
    const { accessToken, refreshToken = tokens.refreshToken, expiresIn } = data;
    const next = { accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1_000, key: tokens.key, rotation: tokens.rotation + 1 };
    const kept = await this.write(next, () => this.cookies.write(next, false));
    return kept.error === null ? ok(shown(next)) : failed(kept.error);
  }

  private async tokens(): Promise<KeptTokens | null> {
    return this.written === undefined ? this.cookies.read() : this.written.tokens;
  }

  private async write(tokens: KeptTokens | null, set: () => Promise<void>): Promise<Result<null, never>> {
    try {
      await set();
      this.written = { tokens };
      return ok(null);
    } catch (cause) {
      return failed(localError('client.storage_failed', 'The cookies of the session could not be set.', cause));
    }
  }
}

/** What may be handed to a page: neither the refresh token nor the key. */
function shown({ accessToken, expiresAt }: KeptTokens): ServerSession {
  return { accessToken, expiresAt };
}
