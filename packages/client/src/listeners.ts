import type { LatchkeyError } from './result.js';
import { type AuthEvent, type AuthListener, type Session, isSame } from './session.js';

/** Those who want to know what becomes of the session. What happened is told by how it stood before. */
export class Listeners {
  private readonly informed = new Set<AuthListener>();
  /** How things stood when it was last looked; undefined until that is known. */
  private latest: Session | null | undefined;

  /**
   * Calls the listener with how things stand as soon as `known` says that it is known, and then with each change.
   * @returns what ends the calls
   */
  add(listener: AuthListener, known: Promise<Session | null>): () => void {
    let isWanted = true;
    void known.then((session) => {
      if (!isWanted) return;
      if (this.latest === undefined) this.latest = session;
      this.informed.add(listener);
      call(listener, 'initial', this.latest);
    });
    return () => {
      isWanted = false;
      this.informed.delete(listener);
    };
  }

  /** Tells what has changed. */
  notice(session: Session | null): void {
    const former = this.latest;
    this.latest = session;
    if (former === undefined || former === session) return;
    if (session === null) this.tell('signed-out');
    else if (former === null || !isSame(former, session)) this.tell('signed-in');
    else if (former.version !== session.version || former.accessToken !== session.accessToken) {
      if (former.accessToken !== session.accessToken) this.tell('token-refreshed');
      if (JSON.stringify(former.user) !== JSON.stringify(session.user)) this.tell('user-updated');
    }
  }

  tell(event: AuthEvent, error?: LatchkeyError): void {
    for (const listener of this.informed) call(listener, event, this.latest ?? null, error);
  }
}

/** What a listener throws is its own affair, and no other's: it is reported like that of an event handler. */
function call(listener: AuthListener, event: AuthEvent, session: Session | null, error?: LatchkeyError): void {
  try {
    if (error === undefined) listener(event, session);
    else listener(event, session, error);
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}
