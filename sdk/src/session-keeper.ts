import type { Client } from './generated/client/index.js';
import { getCurrentUser, refreshSession } from './generated/sdk.gen.js';
import type { UserView } from './generated/types.gen.js';
import { Lock } from './lock.js';
import { type Result, failed, ok, signedOut, toResult } from './result.js';
import { type AuthEvent, type AuthListener, type Session, isFresh, parseSession, toSession } from './session.js';
import type { SessionStorage } from './storage.js';

/** Who keeps the refresh token: this client's storage, or the browser in a cookie that no script can read. */
export type SessionMode = 'tokens' | 'cookie';

/** Failures of a refresh after which the session is no more. Any other may pass. */
const FINAL: ReadonlySet<string> = new Set(['refresh_token.invalid', 'refresh_token.reused', 'auth.account_disabled']);

/** Keeps the session: refreshes it once for all tabs, and tells listeners what became of it. */
export class SessionKeeper {
  private readonly lock: Lock;
  private readonly listeners = new Set<AuthListener>();
  private readonly channel: BroadcastChannel | undefined;
  private refreshing: Promise<Result<Session>> | undefined;
  /** Cookie mode: the cookie was tried, and is good for nothing. */
  private cookieIsSpent = false;
  /** What the storage would not take, such as a full or forbidden `localStorage`. */
  private unsaved: Session | undefined;

  constructor(
    private readonly api: Client,
    private readonly storage: SessionStorage,
    private readonly mode: SessionMode,
  ) {
    this.lock = new Lock(storage.sharedName);
    if (storage.sharedName === undefined || typeof BroadcastChannel === 'undefined') return;
    this.channel = new BroadcastChannel(`latchkey:${storage.sharedName}:events`);
    this.channel.onmessage = ({ data }: MessageEvent<{ event: AuthEvent; session: Session | null }>): void => {
      this.cookieIsSpent = data.session === null;
      this.tell(data.event, data.session);
    };
  }

  /** The session as it is stored, whether or not its access token is still good. */
  async read(): Promise<Session | null> {
    if (this.unsaved !== undefined) return this.unsaved;
    try {
      return parseSession(await this.storage.get());
    } catch {
      return null;
    }
  }

  /** A session whose access token is good for a while yet; refreshed if need be. */
  async fresh(): Promise<Result<Session>> {
    const session = await this.read();
    if (session !== null && isFresh(session)) return ok(session);
    if (session === null && (this.mode === 'tokens' || this.cookieIsSpent)) return failed(signedOut());
    return this.refresh(session?.accessToken);
  }

  /**
   * Exchanges the refresh token, unless another tab has done so meanwhile.
   * @param stale the access token that is not good any more; any other that is fresh will do
   */
  refresh(stale?: string): Promise<Result<Session>> {
    this.refreshing ??= this.exchange(stale).finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Puts a new session in place. */
  async open(session: Session): Promise<void> {
    await this.lock.run(() => this.write(session));
    this.announce('signed-in', session);
  }

  /** Forgets the session. */
  async close(): Promise<void> {
    const former = await this.lock.run(async () => {
      const found = await this.read();
      await this.write(null);
      return found;
    });
    if (former !== null) this.announce('signed-out', null);
  }

  /** Notes what the account looks like now, if it is the one that is signed in. */
  async updateUser(user: UserView): Promise<void> {
    const session = await this.lock.run(async () => {
      const found = await this.read();
      if (found?.user.id !== user.id || JSON.stringify(found.user) === JSON.stringify(user)) return null;
      const updated = { ...found, user };
      await this.write(updated);
      return updated;
    });
    if (session !== null) this.announce('user-updated', session);
  }

  /**
   * Calls the listener once with how things stand, as soon as that is known, and then whenever something happens here or in another
   * tab. A server that is away for a moment signs nobody out.
   * @returns what ends the calls
   */
  listen(listener: AuthListener): () => void {
    let latest: { session: Session | null } | undefined;
    let isInformed = false;
    const heard: AuthListener = (event, session) => {
      if (isInformed) listener(event, session);
      else latest = { session };
    };
    this.listeners.add(heard);
    void this.fresh()
      .then(({ data, error }) => data ?? (error?.code === 'client.signed_out' ? null : this.read()))
      .then((session) => {
        if (!this.listeners.has(heard)) return;
        isInformed = true;
        call(listener, 'initial', latest === undefined ? session : latest.session);
      });
    return () => void this.listeners.delete(heard);
  }

  private async exchange(stale: string | undefined): Promise<Result<Session>> {
    // Listeners may ask for the session or sign out: they are called when the lock is free again.
    const [result, event] = await this.lock.run(() => this.exchangeLocked(stale));
    if (event !== undefined) this.announce(event, result.data);
    return result;
  }

  private async exchangeLocked(stale: string | undefined): Promise<[Result<Session>, AuthEvent?]> {
    const stored = await this.read();
    if (stored === null && this.mode === 'tokens') return [failed(signedOut())];
    if (stored !== null && stored.accessToken !== stale && isFresh(stored)) return [ok(stored)];
    const body = this.mode === 'tokens' && stored?.refreshToken !== undefined ? { refreshToken: stored.refreshToken } : {};
    const { data: tokens, error } = await toResult(refreshSession({ client: this.api, body, security: [] }));
    if (error !== null) {
      if (!FINAL.has(error.code)) return [failed(error)];
      await this.write(null);
      this.cookieIsSpent = true;
      return [failed(stored === null ? signedOut() : error), stored === null ? undefined : 'signed-out'];
    }
    const user = stored === null ? await this.ask(tokens.accessToken) : ok(stored.user);
    if (user.error !== null) return [user];
    const session = toSession(tokens, user.data);
    await this.write(session);
    return [ok(session), 'token-refreshed'];
  }

  private ask(accessToken: string): Promise<Result<UserView>> {
    return toResult(getCurrentUser({ client: this.api, security: [], headers: { Authorization: `Bearer ${accessToken}` } }));
  }

  private async write(session: Session | null): Promise<void> {
    if (session !== null) this.cookieIsSpent = false;
    this.unsaved = undefined;
    try {
      await (session === null ? this.storage.remove() : this.storage.set(JSON.stringify(session)));
    } catch {
      this.unsaved = session ?? undefined;
    }
  }

  private announce(event: AuthEvent, session: Session | null): void {
    this.channel?.postMessage({ event, session });
    this.tell(event, session);
  }

  private tell(event: AuthEvent, session: Session | null): void {
    for (const listener of this.listeners) call(listener, event, session);
  }
}

/** What a listener throws is its own affair, and no other's: it is reported like that of an event handler. */
function call(listener: AuthListener, event: AuthEvent, session: Session | null): void {
  try {
    listener(event, session);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
