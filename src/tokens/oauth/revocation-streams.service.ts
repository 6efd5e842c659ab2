import { PassThrough, type Readable } from 'node:stream';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { BusyError, UnavailableError } from '../../common/errors.js';
import { DatabaseFeed } from '../../database/feed/database-feed.service.js';
import type { Revocation, Run } from '../access-tokens/ended-sessions.js';
import { RevocationsService } from '../access-tokens/revocations.service.js';

/** Maximum number of streams of one node; each belongs to a backend, not to a browser. */
export const MAX_STREAMS = 100;

/** A receiver with more than this many unsent bytes is disconnected; it reconnects with its cursor. */
const MAX_WAITING_BYTES = 1_048_576;

/**
 * How much a resumed stream repeats from before its cursor, ms. A revocation gets its time when it is written, but becomes visible when its
 * transaction commits; with this overlap the receiver misses none. Repeated revocations do no harm.
 */
const OVERLAP_MS = 60_000;

/** Past revocations that are written at once: a millisecond's work. */
const RUN_EVENTS = 512;

/** Written runs that are kept, 60 KB each, for other streams that begin at the same time, as after the restart of a node. */
const KEPT_RUNS = 32;

/** How often a line is sent without events, ms, because a connection that is silent for a minute is closed. */
const KEEP_ALIVE_MS = 15_000;

/** Streams ended sessions to other backends as server-sent events (HTML Standard §9.2). */
@Injectable()
export class RevocationStreams implements OnModuleInit, OnModuleDestroy {
  private readonly streams = new Set<PassThrough>();
  /** Streams that have received the past revocations and now follow new ones. */
  private readonly live = new Set<PassThrough>();
  private readonly ends: (() => void)[] = [];
  /** The full runs that were written last, and their events. */
  private readonly written: (Run & { events: Buffer })[] = [];
  /** Ends when it is the next stream's turn to write a run. */
  private turns: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly revocations: RevocationsService,
    private readonly feed: DatabaseFeed,
  ) {}

  onModuleInit(): void {
    const keepAlive = setInterval(() => this.broadcast(':\n\n'), KEEP_ALIVE_MS).unref();
    this.ends.push(
      this.revocations.onLearned((revocation) => this.broadcast(this.toEvent(revocation, this.feed.completeUntil))),
      this.feed.onBeat(() => this.broadcast(this.toHeartbeat())),
      () => clearInterval(keepAlive),
    );
  }

  onModuleDestroy(): void {
    this.close();
    for (const end of this.ends) end();
  }

  /** Number of open streams. */
  get count(): number {
    return this.streams.size;
  }

  /** Ends all streams and accepts no new ones. */
  close(): void {
    this.closed = true;
    for (const stream of this.streams) stream.end();
  }

  /**
   * Opens a stream: first the known revocations, then each new one as it happens, and a heartbeat every half second as long as this node
   * learns of every revocation.
   * @param cursorMs id of the last event that the receiver has seen; null for all revocations that may still matter
   * @throws BusyError, UnavailableError
   */
  open(cursorMs: number | null): Readable {
    if (this.closed) throw new UnavailableError();
    if (this.streams.size >= MAX_STREAMS) throw new BusyError(5);
    const stream = new PassThrough();
    this.streams.add(stream);
    stream.once('close', () => {
      this.streams.delete(stream);
      this.live.delete(stream);
    });
    stream.on('error', () => stream.destroy());
    void this.begin(stream, cursorMs === null ? Number.NEGATIVE_INFINITY : cursorMs - OVERLAP_MS);
    return stream;
  }

  private async begin(stream: PassThrough, fromMs: number): Promise<void> {
    stream.write('retry: 1000\n\n');
    // The same loop also sends revocations that arrive while it waits for its turn or for the receiver.
    for (const run of this.revocations.runs(RUN_EVENTS)) {
      if (run.block.youngestMs <= fromMs) continue;
      await this.turn();
      // Without an id: a receiver that disconnects in the middle has to start over.
      if (!stream.write(this.toEvents(run, fromMs))) await drained(stream);
      if (!stream.writable) return;
    }
    this.live.add(stream);
    if (this.feed.healthy) stream.write(this.toHeartbeat());
  }

  /** One run is written in each turn of the event loop, for whichever stream: requests wait for one run at most. */
  private turn(): Promise<void> {
    this.turns = this.turns.then(() => turnOfTheLoop());
    return this.turns;
  }

  /** The events of a run that are younger than `fromMs`. */
  private toEvents(run: Run, fromMs: number): Buffer {
    const isShared = run.end - run.start === RUN_EVENTS && fromMs === Number.NEGATIVE_INFINITY;
    const known = isShared ? this.written.find(({ block, start }) => block === run.block && start === run.start) : undefined;
    if (known !== undefined) return known.events;
    let text = '';
    for (let entry = run.start; entry < run.end; entry += 1) {
      const revokedAtMs = run.block.timeOf(entry);
      if (revokedAtMs > fromMs) text += this.toEvent({ sessionId: run.block.idOf(entry), revokedAtMs }, 0);
    }
    const events = Buffer.from(text);
    if (isShared && this.written.push({ ...run, events }) > KEPT_RUNS) this.written.shift();
    return events;
  }

  private broadcast(text: string): void {
    for (const stream of this.live) {
      if (stream.writableLength + stream.readableLength > MAX_WAITING_BYTES) stream.destroy();
      else if (stream.writable) stream.write(text);
    }
  }

  /** The id of an event is the time up to which the receiver knows every revocation. */
  private toEvent({ sessionId, revokedAtMs }: Revocation, completeUntilMs: number): string {
    const data = JSON.stringify({ sessionId, revokedAt: new Date(revokedAtMs).toISOString() });
    return `${idLine(completeUntilMs)}event: revocation\ndata: ${data}\n\n`;
  }

  private toHeartbeat(): string {
    return `${idLine(this.feed.completeUntil)}event: heartbeat\ndata: {"at":"${new Date(this.feed.completeUntil).toISOString()}"}\n\n`;
  }
}

function idLine(ms: number): string {
  return ms > 0 ? `id: ${Math.floor(ms)}\n` : '';
}

/** Waits until a full stream accepts more data or is closed. */
function drained(stream: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
