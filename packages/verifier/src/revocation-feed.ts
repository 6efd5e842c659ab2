import type { EndedSessions } from './ended-sessions.js';
import { VerifierError, unavailable } from './errors.js';
import { readEvents } from './server-sent-events.js';
import type { Server } from './server.js';
import type { Status } from './status.js';
import { idly, pause } from './timers.js';

/** A stream that was silent for this long may have missed something, ms. Latchkey's own nodes wait as long. */
const SILENCE_MS = 1_500;
/** Waits between attempts to connect, ms: the first is short, for servers that restart. */
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** The same while the secret is wrong: the server counts that. */
const REFUSED_RETRY_MS = 60_000;
/** How long a connection may take to be answered, and how long one without a sign of life is kept, ms. */
const CONNECT_MS = 5_000;
const DEAD_MS = 5_000;
/** How often sessions are forgotten whose tokens have expired, ms by the server's clock. */
const FORGET_EVERY_MS = 60_000;

/** Follows which sessions have ended, for as long as the stream lives; knows when it does not know. */
export class RevocationFeed {
  private readonly stopping = new AbortController();
  private cursor: string | undefined;
  /** When the last heartbeat came, by the monotonic clock. */
  private heardAt = Number.NEGATIVE_INFINITY;
  /** Whether this connection has told all that is past: its first heartbeat says so. */
  private isComplete = false;
  private forgotAtMs = 0;

  constructor(
    private readonly server: Server,
    private readonly ended: EndedSessions,
    private readonly status: Status,
  ) {
    void this.follow();
  }

  /** Whether every session that had ended a moment ago is known here. */
  get isCurrent(): boolean {
    return this.isComplete && performance.now() - this.heardAt < SILENCE_MS;
  }

  /** Ends the connection. */
  close(): void {
    this.stopping.abort();
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      let isRefused = false;
      try {
        await this.connect();
      } catch (error) {
        const problem = error instanceof VerifierError ? error : unavailable('stream', `The stream broke: ${String(error)}`, error);
        isRefused = problem.reason === 'credentials';
        // One that worked until now is tried again first.
        if (!signal.aborted && !this.isComplete) this.status.report(problem);
      }
      retryMs = this.isComplete ? FIRST_RETRY_MS : Math.min(retryMs * 2, MAX_RETRY_MS);
      this.isComplete = false;
      await pause(isRefused ? REFUSED_RETRY_MS : retryMs, signal);
    }
  }

  private async connect(): Promise<void> {
    const connection = new AbortController();
    const stop = (): void => connection.abort(new Error('no sign of life'));
    this.stopping.signal.addEventListener('abort', stop);
    let watchdog = idly(setTimeout(stop, CONNECT_MS));
    try {
      const windowMs = (await this.server.identify()) * 1_000;
      for await (const { id, event, data } of readEvents(await this.server.openStream(this.cursor, connection.signal))) {
        clearTimeout(watchdog);
        watchdog = idly(setTimeout(stop, DEAD_MS));
        this.take(event, data, windowMs);
        this.cursor = id ?? this.cursor;
      }
      if (!this.isComplete) throw unavailable('stream', 'The stream ended before it began.');
    } finally {
      clearTimeout(watchdog);
      this.stopping.signal.removeEventListener('abort', stop);
      connection.abort();
    }
  }

  private take(event: string | undefined, data: string, windowMs: number): void {
    if (event === 'heartbeat') this.beat(Date.parse((JSON.parse(data) as { at: string }).at), windowMs);
    else if (event === 'revocation') {
      const { sessionId, revokedAt } = JSON.parse(data) as { sessionId: string; revokedAt: string };
      this.ended.add(sessionId, Date.parse(revokedAt));
    }
  }

  private beat(atMs: number, windowMs: number): void {
    const isFirst = !this.isComplete;
    if (isFirst || atMs - this.forgotAtMs > FORGET_EVERY_MS) {
      this.ended.forgetBefore(atMs - windowMs);
      this.forgotAtMs = atMs;
    }
    this.isComplete = true;
    this.heardAt = performance.now();
    if (isFirst) this.status.resolve('server', 'issuer', 'audience', 'credentials', 'stream', 'introspection');
  }
}
