import { type AutoRefresh, attend } from './attention.js';
import { newAttemptKey } from './attempt-key.js';
import { Freshness } from './freshness.js';
import { type RefreshSessionCode, getCurrentUser, signOut } from './generated/operations.gen.js';
import type { RefreshedView, UserView } from './generated/types.gen.js';
import type { Keeper } from './keeper.js';
import { Listeners } from './listeners.js';
import { Lock } from './lock.js';
import type { Api } from './operation.js';
import { type Result, failed, ok, sessionChanged, signedOut, storageFailed } from './result.js';
import type { Rotation } from './rotation.js';
import { sessionOf } from './access-token.js';
import { type AuthListener, type Session, type StoredSession, complete, isSame } from './session.js';
import { SessionStore } from './session-store.js';
import type { SessionStorage } from './storage.js';
import { type Message, TabChannel } from './tab-channel.js';
import { UntilKnown } from './until-known.js';

type Refreshed = Result<Session, RefreshSessionCode>;

/** How long other tabs have to say what they know, ms. */
const ASK_MS = 100;

/** Keeps the session: refreshes it once for all tabs, and tells listeners what became of it. */
export class SessionKeeper implements Keeper {
  ending: Promise<unknown> | undefined;
  private readonly lock: Lock;
  private readonly store: SessionStore;
  private readonly channel: TabChannel;
  readonly listeners = new Listeners();
  private readonly freshness = new Freshness();
  /** Refreshes under way, by the token that was found to be no good. */
  private readonly refreshing = new Map<string | undefined, Promise<Refreshed>>();
  /** Cookie mode: the browser was found to be signed out. */
  private isNobody = false;
  /** Who is signed in, for those who have just begun to listen. */
  private readonly first = new UntilKnown(() => this.known());
  private onAnswer: (() => void) | undefined;

  constructor(
    private readonly api: Api,
    private readonly rotation: Rotation,
    storage: SessionStorage,
    private readonly autoRefresh: AutoRefresh = 'focus',
  ) {
    this.lock = new Lock(storage.sharedName);
    this.store = new SessionStore(storage, (cause) => this.listeners.tell('storage-failed', storageFailed(cause)));
    this.channel = new TabChannel(
      storage.sharedName,
      (message) => void this.receive(message),
      () => void this.look(),
    );
  }

  async read(): Promise<Session | null> {
    return complete(await this.store.read().catch(() => null));
  }

  async fresh(): Promise<Refreshed> {
    let found: StoredSession | null;
    try {
      found = await this.store.read();
    } catch (cause) {
      return failed(storageFailed(cause));
    }
    if (found !== null && isUsable(found, this.freshness)) return ok(found);
    if (found === null && (this.rotation.mode === 'tokens' || this.isNobody)) return failed(signedOut());
    const result = await this.refresh(found?.accessToken);
    return result.error?.code === 'client.session_changed' ? this.fresh() : result;
  }

  async refresh(stale?: string): Promise<Refreshed> {
    const underWay = this.refreshing.get(stale);
    if (underWay !== undefined) return underWay;
    const refreshed = this.exchange(stale).finally(() => this.refreshing.delete(stale));
    this.refreshing.set(stale, refreshed);
    return refreshed;
  }

  async open(session: Session, signal?: AbortSignal): Promise<Result<Session, never>> {
    const former = await this.lock.run(async () => {
      // In cookie mode the browser has the cookie already.
      if (signal?.aborted === true && session.refreshToken !== undefined) return session;
      const found = await this.store.read().catch(() => null);
      if (await this.store.open(session)) await this.announce(found);
      return found;
    });
    this.isNobody &&= former === session;
    await this.look();
    // In cookie mode the server does so itself.
    if (former?.refreshToken !== undefined && (former === session || !isSame(former, session))) {
      this.ending = signOut({ client: this.api, body: { refreshToken: former.refreshToken } });
    }
    return ok(session);
  }

  async close(accessToken?: string): Promise<Result<null, never>> {
    const isGone = await this.lock.run(async () => {
      const found = await this.store.read().catch(() => null);
      if (found === null || (accessToken !== undefined && !isSame(found, { accessToken }))) return true;
      return this.leave(found);
    });
    await this.look();
    return isGone ? ok(null) : failed(storageFailed());
  }

  async updateUser(user: UserView): Promise<void> {
    await this.change((found) =>
      found.user.id === user.id && JSON.stringify(found.user) !== JSON.stringify(user) ? { ...found, user } : null,
    );
  }

  async raise({ accessToken, expiresIn }: RefreshedView): Promise<Result<Session, never>> {
    const expiresAt = Date.now() + expiresIn * 1_000;
    await this.change((found) => (isSame(found, { accessToken }) ? { ...found, accessToken, expiresAt } : null));
    const session = await this.read();
    return session !== null && isSame(session, { accessToken }) ? ok(session) : failed(sessionChanged());
  }

  listen(listener: AuthListener): () => void {
    const { known, leave } = this.first.join();
    const stopListening = this.listeners.add(listener, known);
    const stopAttending = attend(
      this.autoRefresh,
      () => void this.check(),
      () => void this.fresh(),
    );
    return () => {
      leave();
      stopListening();
      stopAttending();
    };
  }

  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.lock.run(work);
  }

  /** Changes what is kept beside the refresh token. @param next null where nothing is to be changed */
  private async change(next: (found: Session) => Session | null): Promise<void> {
    const find = async (): Promise<Session | null> => {
      const found = await this.read();
      return found && next(found);
    };
    const advance = async (): Promise<void> => {
      const found = await find();
      if (found === null) return;
      // The refresh token that the storage has, and not one that this tab has beyond it: only that may be spent.
      const basis = await this.basis().catch(() => null);
      if (basis === null || !isSame(basis, found)) return;
      const { refreshToken, attemptKey } = basis;
      if (await this.store.advance(basis, { ...found, refreshToken, attemptKey })) await this.announce();
    };
    // Most answers tell nothing new: those need not wait for other tabs.
    if ((await find()) !== null) await this.lock.run(advance);
    await this.look();
  }

  /** Who is signed in; undefined while nothing is kept here and the server cannot be asked. */
  private async known(): Promise<Session | null | undefined> {
    const { data, error } = await this.fresh();
    if (error === null) return data;
    const found = await this.read();
    const isAway = !this.isNobody && error.code !== 'client.signed_out' && error.code !== 'client.storage_failed';
    return found === null && isAway ? undefined : found;
  }

  /** Asks the server whether the session has ended elsewhere, and what the account looks like now. */
  private async check(): Promise<void> {
    await this.look();
    const found = await this.read();
    // Without messages of other tabs nobody may be somebody by now.
    this.isNobody &&= this.channel.isOpen;
    if (found === null || !this.freshness.of(found)) return void (await this.fresh());
    const client: Api = { send: (request) => this.api.send({ ...request, token: found.accessToken }) };
    const { data, error } = await getCurrentUser({ client });
    if (error === null) await this.updateUser(data);
    else if (error.code.startsWith('token.')) await this.refresh(found.accessToken);
  }

  /** Tells listeners what has changed since it was last looked. */
  private async look(): Promise<void> {
    let seen: number;
    let session: StoredSession | null;
    try {
      do {
        seen = this.store.changes;
        session = await this.store.read();
      } while (seen !== this.store.changes);
    } catch {
      return;
    }
    if (session === null || session.user !== undefined) this.listeners.notice(complete(session));
    if (session !== null || this.isNobody) this.first.wake();
  }

  private async exchange(stale: string | undefined): Promise<Refreshed> {
    try {
      return await this.lock.run(() => this.exchangeLocked(stale));
    } catch (cause) {
      return failed(storageFailed(cause));
    } finally {
      // Listeners may ask for the session or sign out: they are called when the lock is free again.
      await this.look();
    }
  }

  /** @throws what the storage throws */
  private async exchangeLocked(stale: string | undefined): Promise<Refreshed> {
    const found = await this.readAmongTabs(stale);
    if (found !== null && stale !== undefined && !isSame(found, { accessToken: stale })) return failed(sessionChanged());
    if (found !== null && found.accessToken !== stale && isUsable(found, this.freshness)) return ok(found);
    // Read last: what follows is sent before anything else can happen in this tab, and was not read before it was frozen.
    let basis = await this.basis();
    if (basis === null && this.rotation.mode === 'tokens') return failed(signedOut());
    if (basis !== null && stale !== undefined && !isSame(basis, { accessToken: stale })) return failed(sessionChanged());
    if (basis?.refreshToken !== undefined && basis.attemptKey === undefined) basis = await this.store.name(basis, newAttemptKey());
    const rotated = await this.rotation.exchange(basis);
    if (rotated.error !== null) {
      if (!rotated.isOver) return failed(rotated.error);
      this.isNobody = true;
      if (basis === null) return failed(signedOut());
      await this.leave(basis);
      return failed(rotated.error);
    }
    const isReplaced = basis !== null && !isSame(basis, rotated.session);
    if (await this.store.advance(basis, rotated.session)) await this.announce(isReplaced ? basis : null);
    const session = await this.read();
    if (session === null) return failed(signedOut());
    return isSame(session, { accessToken: stale ?? rotated.session.accessToken }) ? ok(session) : failed(sessionChanged());
  }

  /** What may be exchanged. In cookie mode the browser has that; it is the session that is known. */
  private basis(): Promise<StoredSession | null> {
    return this.rotation.mode === 'cookie' ? this.store.read() : this.store.spendable();
  }

  /** @returns whether it is gone from the storage, too */
  private async leave(session: StoredSession): Promise<boolean> {
    const wasOwn = this.store.isOwn;
    const isGone = await this.store.close(session.accessToken);
    this.isNobody = true;
    if (!wasOwn) this.channel.post({ kind: 'state', session: null, left: [sessionOf(session.accessToken)] });
    return isGone;
  }

  /** Tells other tabs which session is in place, and which it took the place of. */
  private async announce(former: StoredSession | null = null): Promise<void> {
    const session = await this.read();
    if (session === null) return;
    const left = former === null || isSame(former, session) ? [] : [sessionOf(former.accessToken)];
    this.channel.post({ kind: 'state', session, left });
  }

  /**
   * The session as it is known in all tabs. What another one wrote to `localStorage` before it let go of the lock may not be seen
   * here yet; what it says when it is asked is.
   */
  private async readAmongTabs(stale: string | undefined): Promise<StoredSession | null> {
    const found = await this.store.read();
    if (!this.channel.isOpen || (found !== null && found.accessToken !== stale && isUsable(found, this.freshness))) return found;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ASK_MS);
      this.onAnswer = () => {
        clearTimeout(timer);
        resolve();
      };
      this.channel.post({ kind: 'ask' });
    });
    this.onAnswer = undefined;
    return this.store.read();
  }

  private async receive(message: Message): Promise<void> {
    if (message.kind === 'ask') {
      const session = await this.read();
      if (session !== null && this.freshness.of(session) && !this.store.isOwn) await this.announce();
      return;
    }
    await this.store.hear(message.session, message.left);
    this.isNobody = message.session === null;
    if (message.session !== null && this.freshness.of(message.session)) this.onAnswer?.();
    await this.look();
  }
}

function isUsable(session: StoredSession, freshness: Freshness): session is Session {
  return session.user !== undefined && freshness.of(session);
}
