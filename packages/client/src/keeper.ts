import type { RefreshSessionCode } from './generated/operations.gen.js';
import type { RefreshedView, UserView } from './generated/types.gen.js';
import type { Listeners } from './listeners.js';
import type { Result } from './result.js';
import type { AuthListener, Session } from './session.js';

/**
 * Keeps one session for a client. The one of browsers and apps is `SessionKeeper`; a server that renders pages has another, which keeps the
 * tokens without the account.
 */
export interface Keeper<Kept extends { accessToken: string } = Session> {
  /** The end of the session that was in place before, at the server. */
  readonly ending?: Promise<unknown> | undefined;

  /** The session as it is kept, whether or not its access token is still good. */
  read(): Promise<Kept | null>;

  /** A session whose access token is good for a while yet; refreshed if need be. */
  fresh(): Promise<Result<Kept, RefreshSessionCode>>;

  /**
   * Gets a new access token of the session that `stale` belongs to, unless there is one already. Without `stale`, of the session that is
   * kept now. Never answers with another session: `client.session_changed` when another one is in place, or was opened meanwhile.
   * @param stale the access token that is not good any more
   */
  refresh(stale?: string): Promise<Result<Kept, RefreshSessionCode>>;

  /**
   * Puts a new session in place; fails when it cannot be kept, and there is none then.
   * @param signal when nobody waits for it any more: a session that is not in place by then is ended instead
   */
  open(session: Session, signal?: AbortSignal): Promise<Result<Kept, never>>;

  /**
   * Forgets the session; fails when what is kept cannot be removed.
   * @param accessToken only if it is the session of this token
   */
  close(accessToken?: string): Promise<Result<null, never>>;

  /** Puts a new access token of the session in place, one that says more; `client.session_changed` when another session is there by now. */
  raise(tokens: RefreshedView): Promise<Result<Kept, never>>;

  /** Does work that changes the browser's cookie, such as signing in, while no refresh is under way in any tab. */
  alone<T>(work: () => Promise<T>): Promise<T>;

  /** Notes what the account looks like now, if it is the one that is signed in. */
  updateUser(user: UserView): Promise<void>;

  /** Those whom `listen` added, where there are any. */
  readonly listeners?: Listeners;

  /**
   * Calls the listener once with how things stand, then at each change.
   * @returns what ends the calls
   */
  listen(listener: AuthListener): () => void;
}
