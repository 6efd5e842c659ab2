import { PassThrough, type Readable } from 'node:stream';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { BusyError, UnavailableError } from '../../common/errors.js';
import { DatabaseFeed } from '../../database/database-feed.service.js';
import { type Revocation, RevocationsService } from '../access-tokens/revocations.service.js';

/** Most streams of one node; each is a backend, not a browser. */
export const MAX_STREAMS = 100;

/** A consumer that has this much waiting, bytes, is dropped; it comes back with its cursor. */
const MAX_WAITING_BYTES = 1_048_576;

/**
 * What a resumed stream repeats from before its cursor, ms. A revocation gets its time when it is written and is seen when its
 * transaction commits; with this much in between, none is missed. Receivers take the same one twice without harm.
 */
const OVERLAP_MS = 60_000;

/** How often a line goes out although there is nothing to say, ms: a connection that is silent for a minute is closed. */
const KEEP_ALIVE_MS = 15_000;

/** Tells other backends about ended sessions, as server-sent events (HTML Standard §9.2). */
@Injectable()
export class RevocationStreams implements OnModuleInit, OnModuleDestroy {
  private readonly streams = new Set<PassThrough>();
  /** Streams that have been told what is past and follow what happens. */
  private readonly live = new Set<PassThrough>();
  private readonly ends: (() => void)[] = [];
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

  /** How many streams are open. */
  get count(): number {
    return this.streams.size;
  }

  /** Ends all streams; no new ones are opened. */
  close(): void {
    this.closed = true;
    for (const stream of this.streams) stream.end();
  }

  /**
   * Opens a stream: first what is known already, then each revocation as it happens, and a heartbeat every half second for
   * as long as this node hears of every revocation.
   * @param cursorMs id of the last event that the receiver has seen; null for everything that may still matter
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
    // What is learned while this waits for the receiver comes up in the same loop.
    for (const revocation of this.revocations.all()) {
      if (revocation.revokedAtMs <= fromMs) continue;
      // Without an id: a receiver that leaves in the middle has to start over.
      if (!stream.write(this.toEvent(revocation, 0))) await drained(stream);
      if (!stream.writable) return;
    }
    this.live.add(stream);
    if (this.feed.healthy) stream.write(this.toHeartbeat());
  }

  private broadcast(text: string): void {
    for (const stream of this.live) {
      if (stream.writableLength + stream.readableLength > MAX_WAITING_BYTES) stream.destroy();
      else if (stream.writable) stream.write(text);
    }
  }

  /** The id of an event is the time up to which the receiver then knows of every revocation. */
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

/** Waits until a full stream takes more, or is closed. */
function drained(stream: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
