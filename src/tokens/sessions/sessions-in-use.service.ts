import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type SessionUse, SessionsRepository } from './sessions.repository.js';

interface WaitingUse {
  counter: number;
  tries: number;
}

/** How often what was seen is written down, ms. */
const FLUSH_MS = 1_000;

/** Most sessions that wait to be written down; more than a node signs in within a second. */
const MAX_WAITING = 20_000;

/** How often a note is tried when its session was locked at the moment. */
const MAX_TRIES = 3;

/**
 * Notes which sessions' latest tokens are in use: an access token that comes back proves that the answer with its refresh token
 * arrived, so the predecessor of that refresh token need not be answered any more. Requests only add to a list; it is written
 * in one statement a second.
 */
@Injectable()
export class SessionsInUse implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('SessionsInUse');
  private waiting = new Map<string, WaitingUse>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly sessions: SessionsRepository) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** An access token that was handed out with refresh token number `counter` was presented. */
  note(sessionId: string, counter: number): void {
    const known = this.waiting.get(sessionId);
    if (known === undefined ? this.waiting.size < MAX_WAITING : known.counter < counter) this.waiting.set(sessionId, { counter, tries: 0 });
  }

  /** Writes down what was noted; what cannot be written now is tried again. */
  async flush(): Promise<void> {
    if (this.waiting.size === 0) return;
    const batch = this.waiting;
    this.waiting = new Map();
    const uses: SessionUse[] = [...batch].map(([sessionId, { counter }]) => ({ sessionId, counter }));
    try {
      for (const sessionId of await this.sessions.markUsed(uses)) this.retry(sessionId, batch.get(sessionId));
    } catch (error) {
      this.logger.warn(`Notes about sessions in use could not be written: ${(error as Error).message}`);
      for (const [sessionId, use] of batch) this.retry(sessionId, use);
    }
  }

  private retry(sessionId: string, use: WaitingUse | undefined): void {
    if (use === undefined || use.tries + 1 >= MAX_TRIES || this.waiting.has(sessionId)) return;
    this.waiting.set(sessionId, { counter: use.counter, tries: use.tries + 1 });
  }
}
