import { type RefreshSessionCode, refreshSession } from './generated/operations.gen.js';
import type { RefreshedView, UserView } from './generated/types.gen.js';
import type { Keeper } from './keeper.js';
import { Lock } from './lock.js';
import type { Api } from './operation.js';
import { sessionOf } from './access-token.js';
import { type LatchkeyError, type LocalErrorCode, type Result, failed, localError, ok, signedOut } from './result.js';
import { type AuthEvent, type AuthListener, type Session, isFresh, newAttemptKey, parseSession, toSession } from './session.js';
import type { SessionStorage } from './storage.js';

/** Who keeps the refresh token: this client's storage, or the browser in a cookie that no script can read. */
export type SessionMode = 'tokens' | 'cookie';

/** Failures of a refresh after which the session is no more. Any other may pass. */
const FINAL: ReadonlySet<string> = new Set(['refresh_token.invalid', 'refresh_token.reused', 'auth.account_disabled']);

/** How long other tabs have to say what they know, ms. */
const ASK_MS = 100;

/** What tabs tell each other. They share one clock, by which a message that was overtaken is known. */
type Message = { kind: 'ask' } | { kind: 'state'; session: Session | null; changedAt: number; event?: AuthEvent };

/** Keeps the session: refreshes it once for all tabs, and tells listeners what became of it. */
export class SessionKeeper implements Keeper {
  private readonly lock: Lock;
  private readonly listeners = new Set<AuthListener>();
  private readonly channel: BroadcastChannel | undefined;
  private refreshing: Promise<Result<Session, RefreshSessionCode>> | undefined;
  /** Cookie mode: the cookie was tried, and is good for nothing. */
  private cookieIsSpent = false;
  /** What the storage would not take, such as a full or forbidden `localStorage`. */
  private unsaved: Session | undefined;
  /** Cookie mode: names the refresh with which a page begins; there is no session yet to keep it with. */
  private firstAttempt: string | undefined;
  /** When the session was last changed, as far as this tab knows. */
  private changedAt = 0;
  private onAnswer: (() => void) | undefined;

  constructor(
    private readonly api: Api,
    private readonly storage: SessionStorage,
    private readonly mode: SessionMode,
  ) {
    this.lock = new Lock(storage.sharedName);
    if (storage.sharedName === undefined || typeof BroadcastChannel === 'undefined') return;
    this.channel = new BroadcastChannel(`latchkey:${storage.sharedName}:events`);
    this.channel.onmessage = ({ data }: MessageEvent<Message>): void => void this.receive(data);
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
  async fresh(): Promise<Result<Session, RefreshSessionCode>> {
    const session = await this.read();
    if (session !== null && isFresh(session)) return ok(session);
    if (session === null && (this.mode === 'tokens' || this.cookieIsSpent)) return failed(signedOut());
    return this.refresh(session?.accessToken);
  }

  /**
   * Exchanges the refresh token, unless another tab has done so meanwhile.
   * @param stale the access token that is not good any more; any other that is fresh will do
   */
  async refresh(stale?: string): Promise<Result<Session, RefreshSessionCode>> {
    this.refreshing ??= this.exchange(stale).finally(() => (this.refreshing = undefined));
    const result = await this.refreshing;
    return stale !== undefined && result.data !== null && sessionOf(result.data.accessToken) !== sessionOf(stale)
      ? failed(changed())
      : result;
  }

  /** Puts a new session in place. */
  async open(session: Session): Promise<Result<Session, never>> {
    await this.lock.run(() => this.write(session, 'signed-in'));
    this.tell('signed-in', session);
    return ok(session);
  }

  /** Forgets the session. */
  async close(accessToken?: string): Promise<Result<null, never>> {
    const former = await this.lock.run(async () => {
      const found = await this.read();
      if (found !== null && accessToken !== undefined && sessionOf(found.accessToken) !== sessionOf(accessToken)) return null;
      await this.write(null, 'signed-out');
      return found;
    });
    if (former !== null) this.tell('signed-out', null);
    return ok(null);
  }

  /** Notes what the account looks like now, if it is the one that is signed in. */
  async updateUser(user: UserView): Promise<void> {
    const session = await this.lock.run(async () => {
      const found = await this.read();
      if (found?.user.id !== user.id || JSON.stringify(found.user) === JSON.stringify(user)) return null;
      const updated = { ...found, user };
      await this.write(updated, 'user-updated');
      return updated;
    });
    if (session !== null) this.tell('user-updated', session);
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

  private async exchange(stale: string | undefined): Promise<Result<Session, RefreshSessionCode>> {
    // Listeners may ask for the session or sign out: they are called when the lock is free again.
    const [result, event] = await this.lock.run(() => this.exchangeLocked(stale));
    if (event !== undefined) this.tell(event, result.data);
    return result;
  }

  private async exchangeLocked(stale: string | undefined): Promise<[Result<Session, RefreshSessionCode>, AuthEvent?]> {
    const stored = await this.readAmongTabs(stale);
    if (stored === null && this.mode === 'tokens') return [failed(signedOut())];
    if (stored !== null && stale !== undefined && sessionOf(stored.accessToken) !== sessionOf(stale)) return [failed(changed())];
    if (stored !== null && stored.accessToken !== stale && isFresh(stored)) return [ok(stored)];
    const attemptKey = await this.nameAttempt(stored);
    const refreshToken = this.mode === 'tokens' ? stored?.refreshToken : undefined;
    const { data, error } = await refreshSession({ client: this.api, body: { refreshToken, attemptKey, withUser: true } });
    if (error !== null && !FINAL.has(error.code)) return [failed(error)];
    this.firstAttempt = undefined;
    if (error !== null) {
      const event = stored === null ? undefined : 'signed-out';
      await this.write(null, event);
      return [failed(stored === null ? signedOut() : error), event];
    }
    const tokens = data as RefreshedView;
    const user = tokens.user ?? stored?.user;
    if (user === undefined) return [failed(signedOut())];
    const session = toSession(tokens, user);
    await this.write(session, 'token-refreshed');
    return [ok(session), 'token-refreshed'];
  }

  /** Keeps the name of this attempt until its answer is here, so that a later one repeats it: in this tab, another, or after a restart. */
  private async nameAttempt(stored: Session | null): Promise<string | undefined> {
    if (stored === null) return (this.firstAttempt ??= newAttemptKey());
    const attemptKey = stored.attemptKey ?? newAttemptKey();
    if (stored.attemptKey === undefined) await this.write({ ...stored, attemptKey }, undefined);
    return attemptKey;
  }

  private async write(session: Session | null, event: AuthEvent | undefined): Promise<void> {
    this.changedAt = Date.now();
    await this.store(session);
    this.post({ kind: 'state', session, changedAt: this.changedAt, event });
  }

  private async store(session: Session | null): Promise<void> {
    this.cookieIsSpent = session === null;
    this.unsaved = undefined;
    try {
      await (session === null ? this.storage.remove() : this.storage.set(JSON.stringify(session)));
    } catch {
      this.unsaved = session ?? undefined;
    }
  }

  /**
   * The session as it is known in all tabs. What another one wrote to `localStorage` before it let go of the lock may not be seen
   * here yet; what it says when it is asked is.
   */
  private async readAmongTabs(stale: string | undefined): Promise<Session | null> {
    const found = await this.read();
    if (this.channel === undefined || (found !== null && found.accessToken !== stale && isFresh(found))) return found;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ASK_MS);
      this.onAnswer = () => {
        clearTimeout(timer);
        resolve();
      };
      this.post({ kind: 'ask' });
    });
    this.onAnswer = undefined;
    return this.read();
  }

  private async receive(message: Message): Promise<void> {
    if (message.kind === 'ask') {
      const session = await this.read();
      if (session !== null && isFresh(session)) this.post({ kind: 'state', session, changedAt: this.changedAt });
      return;
    }
    const { session, changedAt, event } = message;
    if (changedAt < this.changedAt) return;
    this.changedAt = changedAt;
    await this.store(session);
    if (session !== null && isFresh(session)) this.onAnswer?.();
    if (event !== undefined) this.tell(event, session);
  }

  private post(message: Message): void {
    this.channel?.postMessage(message);
  }

  private tell(event: AuthEvent, session: Session | null): void {
    for (const listener of this.listeners) call(listener, event, session);
  }
}

function changed(): LatchkeyError<LocalErrorCode> {
  return localError('client.session_changed', 'Somebody signed in anew meanwhile.');
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
