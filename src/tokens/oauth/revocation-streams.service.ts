import { PassThrough, type Readable } from 'node:stream';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { BusyError, UnavailableError } from '../../common/errors.js';
import { DatabaseFeed } from '../../database/database-feed.service.js';
import { type Revocation, RevocationsService } from '../access-tokens/revocations.service.js';

/** Maximum number of streams of one node; each belongs to a backend, not to a browser. */
export const MAX_STREAMS = 100;

/** A receiver with more than this many unsent bytes is disconnected; it reconnects with its cursor. */
const MAX_WAITING_BYTES = 1_048_576;

/**
 * How much a resumed stream repeats from before its cursor, ms. A revocation gets its time when it is written, but becomes visible when its
 * transaction commits; with this overlap the receiver misses none. Repeated revocations do no harm.
 */
const OVERLAP_MS = 60_000;

/** How often a line is sent without events, ms, because a connection that is silent for a minute is closed. */
const KEEP_ALIVE_MS = 15_000;

/** Streams ended sessions to other backends as server-sent events (HTML Standard §9.2). */
@Injectable()
export class RevocationStreams implements OnModuleInit, OnModuleDestroy {
  private readonly streams = new Set<PassThrough>();
  /** Streams that have received the past revocations and now follow new ones. */
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
    // The same loop also sends revocations that arrive while it waits for the receiver.
    for (const revocation of this.revocations.all()) {
      if (revocation.revokedAtMs <= fromMs) continue;
      // Without an id: a receiver that disconnects in the middle has to start over.
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
