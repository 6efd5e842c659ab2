import { sessionOf } from './access-token.js';
import { type Session, type StoredSession, isSame, parseSession } from './session.js';
import type { SessionStorage } from './storage.js';

/** What this tab knows beyond the storage. */
interface Known {
  session: Session;
  /** Whether the storage has, or had, this session: if it is missing there now, it was ended elsewhere. */
  isStored: boolean;
  /** Whether the storage never took this session: this tab alone has it. */
  isOwn: boolean;
}

/**
 * The session in the storage and in this tab. One rule keeps sessions alive whatever fails: a refresh token is spent only as the storage
 * has it, with its name. When its successor cannot be stored, the stored one is presented again under the same name, and the server gives
 * the same successor. A session that the storage never had is this tab's own.
 */
export class SessionStore {
  /** How often what this tab knows has changed: what was read before such a change is out of date. */
  changes = 0;
  private known: Known | undefined;
  /** The session that was read last: one that another follows never comes back. */
  private seen: string | undefined;
  /** Sessions that were ended or replaced: what is still heard or read of them is late. */
  private readonly left = new Set<string>();

  constructor(
    private readonly storage: SessionStorage,
    private readonly onFailure: (cause: unknown) => void,
  ) {}

  /** Whether other tabs cannot see the session. */
  get isOwn(): boolean {
    return this.known?.isOwn === true;
  }

  /** The latest of what the storage and this tab have. @throws what the storage throws, if this tab has none */
  async read(): Promise<StoredSession | null> {
    const found = await this.find();
    const id = found === null ? undefined : sessionOf(found.accessToken);
    if (this.seen !== undefined && this.seen !== id) this.left.add(this.seen);
    this.seen = id;
    return found;
  }

  /** What may be exchanged now: null when there is nothing. @throws what the storage throws */
  async spendable(): Promise<StoredSession | null> {
    if (this.isOwn) return this.known?.session ?? null;
    const stored = await this.readStored();
    // What another tab told of has not become true.
    if (this.known && !this.known.isStored && !(stored && isSame(stored, this.known.session))) this.know(undefined);
    return stored;
  }

  /** Puts a new session in the place of any other. @returns whether it is stored */
  async open(session: Session): Promise<boolean> {
    const former = await this.readStored().catch(() => null);
    for (const each of [former, this.known?.session]) if (each && !isSame(each, session)) this.leave(each.accessToken);
    const isStored = await this.put(session);
    this.know({ session, isStored, isOwn: !isStored });
    // Otherwise the former one would be back after the page is loaded again.
    if (!isStored && former !== null) await this.remove();
    return isStored;
  }

  /**
   * Notes what `basis` was exchanged for or changed to, unless that session was ended, replaced or exchanged by another tab meanwhile.
   * @returns whether it is stored
   */
  async advance(basis: StoredSession | null, next: Session): Promise<boolean> {
    const isOwn = this.isOwn && basis !== null && isSame(basis, next);
    const isAmongTabs = next.refreshToken === undefined && !isOwn;
    const current = await (isAmongTabs ? this.read() : this.readStored()).catch(() => undefined);
    const isUnchanged = isOwn || current === undefined || current === basis || (current && basis && isSameExchange(current, basis));
    if (!isUnchanged || (isOwn && !this.isOwn)) return false;
    if (basis !== null && !isSame(basis, next)) this.leave(basis.accessToken);
    const latest = { ...next, version: Math.max(next.version, (current?.version ?? 0) + 1) };
    // Not over the session of another tab, nor unseen.
    const isFree = current !== undefined && (!isOwn || current === null);
    const isStored = isFree && (await this.put(latest));
    this.know({ session: latest, isStored: isStored || !isOwn, isOwn: isOwn && !isStored });
    return isStored;
  }

  /** Stores the name of an exchange before that is sent, for a session that was stored without one. @throws what the storage throws */
  async name(basis: StoredSession, attemptKey: string): Promise<StoredSession> {
    const named = { ...basis, attemptKey };
    await this.storage.set(JSON.stringify(named));
    return named;
  }

  /** Forgets the session of this access token. @returns whether it is gone from the storage, too */
  async close(accessToken: string): Promise<boolean> {
    const stored = await this.readStored().catch(() => null);
    this.leave(accessToken);
    return stored === null || !isSame(stored, { accessToken }) || this.remove();
  }

  /** Takes note of what another tab tells: which sessions are no more, and which is in place. Late news changes nothing. */
  async hear(session: Session | null, left: readonly string[]): Promise<void> {
    for (const id of left) this.leaveId(id);
    if (session === null || this.isOwn || this.left.has(sessionOf(session.accessToken))) return;
    const current = await this.read().catch(() => null);
    if (current !== null && !isLater(session, current)) return;
    if (!this.left.has(sessionOf(session.accessToken))) this.know({ session, isStored: false, isOwn: false });
  }

  private async find(): Promise<StoredSession | null> {
    const { changes } = this;
    const stored = await this.readStored().catch((error: unknown) => {
      if (this.known === undefined) throw error;
      return undefined;
    });
    if (changes !== this.changes) return this.find();
    const { known } = this;
    if (known === undefined || stored === undefined) return known?.session ?? stored ?? null;
    if (stored !== null && isSame(stored, known.session)) {
      this.know({ session: known.session, isStored: true, isOwn: false }, false);
      return stored.version >= known.session.version ? { ...stored, user: stored.user ?? known.session.user } : known.session;
    }
    if (!known.isStored) return known.session;
    this.leave(known.session.accessToken);
    return stored;
  }

  private leave(accessToken: string): void {
    this.leaveId(sessionOf(accessToken));
  }

  private leaveId(id: string): void {
    this.left.add(id);
    this.know(this.known && sessionOf(this.known.session.accessToken) === id ? undefined : this.known);
  }

  private know(known: Known | undefined, isChange = true): void {
    this.known = known;
    if (isChange) this.changes += 1;
  }

  private async readStored(): Promise<StoredSession | null> {
    const stored = parseSession(await this.storage.get());
    return stored === null || this.left.has(sessionOf(stored.accessToken)) ? null : stored;
  }

  /** Stores it, without the account if the storage is too small for that. */
  private async put(session: Session): Promise<boolean> {
    const { user: _, ...tokens } = session;
    let failure: unknown;
    for (const text of [session, tokens].map((each) => JSON.stringify(each))) {
      if (text.length > (this.storage.maxLength ?? text.length)) continue;
      try {
        await this.storage.set(text);
        return true;
      } catch (error) {
        failure = error;
      }
    }
    this.onFailure(failure);
    return false;
  }

  private async remove(): Promise<boolean> {
    try {
      await this.storage.remove();
      return true;
    } catch (error) {
      this.onFailure(error);
      return false;
    }
  }
}

/** Whether the refresh token of both copies is the same: nobody has exchanged it between them. */
function isSameExchange(one: StoredSession, other: StoredSession): boolean {
  return isSame(one, other) && one.refreshToken === other.refreshToken;
}

/** Whether the first is what the second became, or was opened after it: ids of sessions are in the order of time (UUIDv7, RFC 9562 §5.7). */
function isLater(one: StoredSession, other: StoredSession): boolean {
  return isSame(one, other) ? one.version > other.version : sessionOf(one.accessToken) > sessionOf(other.accessToken);
}
