import { setTimeout as wait } from 'node:timers/promises';
import { readEvents } from './server-sent-events.js';

/** A stream that was silent for this long may have missed something, ms. Latchkey's own nodes wait as long. */
const SILENCE_MS = 1_500;
/** Waits between attempts to connect, ms: the first is short, for servers that restart. */
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** How long a connection may take to be answered, and how long one without a sign of life is kept, ms. */
const CONNECT_MS = 5_000;
const DEAD_MS = 5_000;
/** How often sessions are forgotten that ended so long ago that their tokens have expired, ms. */
const FORGET_EVERY_MS = 60_000;

/** Follows which sessions have ended, for as long as the stream lives; knows when it does not know. */
export class RevocationFeed {
  /** When each ended session's last token expires, ms since 1970. */
  private readonly ended = new Map<string, number>();
  private readonly stopping = new AbortController();
  private readonly forgetting: NodeJS.Timeout;
  private cursor: string | undefined;
  /** When the last heartbeat came, by the monotonic clock. */
  private heardAt = Number.NEGATIVE_INFINITY;
  /** Whether this connection has told all that is past: its first heartbeat says so. */
  private isComplete = false;

  constructor(
    private readonly url: string,
    private readonly authorization: string,
    private readonly tokenLifetimeMs: number,
    private readonly fetch: typeof globalThis.fetch,
  ) {
    this.forgetting = setInterval(() => this.forget(), FORGET_EVERY_MS).unref();
    void this.follow();
  }

  /** Whether every session that had ended a moment ago is known here. */
  get isCurrent(): boolean {
    return this.isComplete && performance.now() - this.heardAt < SILENCE_MS;
  }

  hasEnded(sessionId: string): boolean {
    return this.ended.has(sessionId);
  }

  /** Ends the connection. */
  close(): void {
    this.stopping.abort();
    clearInterval(this.forgetting);
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      const wasComplete = await this.connect().catch(() => false);
      this.isComplete = false;
      retryMs = wasComplete ? FIRST_RETRY_MS : Math.min(retryMs * 2, MAX_RETRY_MS);
      await wait(retryMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** @returns whether the connection was good for something */
  private async connect(): Promise<boolean> {
    const connection = new AbortController();
    const stop = (): void => connection.abort();
    this.stopping.signal.addEventListener('abort', stop);
    let watchdog = setTimeout(stop, CONNECT_MS).unref();
    try {
      const answer = await this.fetch(this.url, {
        headers: {
          authorization: this.authorization,
          accept: 'text/event-stream',
          ...(this.cursor === undefined ? {} : { 'last-event-id': this.cursor }),
        },
        signal: connection.signal,
      });
      if (!answer.ok || answer.body === null) throw new Error(`The stream of revocations answered ${answer.status}`);
      for await (const { id, event, data } of readEvents(answer.body)) {
        clearTimeout(watchdog);
        watchdog = setTimeout(stop, DEAD_MS).unref();
        this.take(event, data);
        this.cursor = id ?? this.cursor;
      }
      return this.isComplete;
    } finally {
      clearTimeout(watchdog);
      this.stopping.signal.removeEventListener('abort', stop);
      connection.abort();
    }
  }

  private take(event: string | undefined, data: string): void {
    if (event === 'heartbeat') {
      this.isComplete = true;
      this.heardAt = performance.now();
    } else if (event === 'revocation') {
      const { sessionId, revokedAt } = JSON.parse(data) as { sessionId: string; revokedAt: string };
      this.ended.set(sessionId, Date.parse(revokedAt) + this.tokenLifetimeMs);
    }
  }

  private forget(): void {
    // Roughly in order: an entry that stays a little longer behind a younger one does no harm.
    for (const [sessionId, untilMs] of this.ended) {
      if (untilMs >= Date.now()) return;
      this.ended.delete(sessionId);
    }
  }
}
