import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Client } from 'pg';
import { pause } from '../../common/pause.js';
import { Settings } from '../../config/settings.js';
import { DatabaseClock } from './database-clock.js';
import { ANSWER_MS, type FeedQuery, within } from './feed-query.js';
import { BEAT_CHANNEL, type Beat, Heartbeat } from './heartbeat.js';
import { clientFor } from '../servers.js';
import { closeOrCut } from '../silence.js';

/** Handlers of one part of the server for the messages of one channel. */
export interface FeedListener {
  /** Name of the channel, as in `NOTIFY`. */
  channel: string;
  /** Called with every message, in the order of commits. */
  received(payload: string): void;
  /** Called after every connect, while messages already arrive: reads what was missed. Must be idempotent. */
  catchUp(query: FeedQuery): Promise<void>;
}

/** After this long without a heartbeat the feed counts as silent, ms: the node may have missed messages. */
const SILENT_MS = 1_500;

/** How long reading the missed rows may take, ms: a million of them took half a minute on a busy machine. Each answer has its own limit. */
const CATCH_UP_MS = 120_000;

/** How long a start waits for the first heartbeat, ms; without one the server starts anyway and checks every token in the database. */
const START_MS = 4_000;

const MIN_RECONNECT_MS = 100;
const MAX_RECONNECT_MS = 2_000;

/**
 * Messages between nodes through the database, on a separate connection to the primary (`LISTEN` does not work through a pooler).
 *
 * Messages arrive in the order of commits, so a heartbeat, which is a message of any node to all, proves that the node has received
 * everything committed before the heartbeat was sent; it also carries the database's time.
 */
@Injectable()
export class DatabaseFeed implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('DatabaseFeed');
  private readonly listeners = new Map<string, FeedListener>();
  private readonly beatListeners = new Set<() => void>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private beats = 0;
  private interrupted = false;
  /** When the last heartbeat was sent, by the monotonic, this node's and the database's clock, ms. */
  private fresh = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY, database: 0 };

  constructor(
    private readonly clock: DatabaseClock,
    private readonly settings: Settings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.listeners.size === 0) return;
    await new Promise<void>((resolve) => {
      const stopListening = this.onBeat(resolve);
      void pause(START_MS, this.stopping.signal).then(resolve);
      this.running = this.keepListening(resolve).finally(stopListening);
    });
  }

  onModuleDestroy(): Promise<void> {
    return this.stop();
  }

  /** Closes the connection. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Adds the listener of a channel; call it before the application has started. */
  subscribe(listener: FeedListener): void {
    this.listeners.set(listener.channel, listener);
  }

  /**
   * Calls `listener` after each heartbeat that is fresh: this node knows everything committed up to 1.5 s ago.
   * @returns a function that removes the listener
   */
  onBeat(listener: () => void): () => void {
    this.beatListeners.add(listener);
    return () => this.beatListeners.delete(listener);
  }

  /** Whether the node has received everything committed up to 1.5 s ago. */
  get healthy(): boolean {
    // Checks both clocks: the monotonic one stops while a machine sleeps, and the other one can be set.
    return this.fresh.monotonic + SILENT_MS > performance.now() && this.fresh.wall + SILENT_MS > Date.now();
  }

  /** The node has received everything committed before this time; ms since 1970 by the database's clock, 0 before the first heartbeat. */
  get completeUntil(): number {
    return this.fresh.database;
  }

  private async keepListening(failed: () => void): Promise<void> {
    let delay = MIN_RECONNECT_MS;
    while (!this.stopping.signal.aborted) {
      const beats = this.beats;
      const error = await this.listenOnce();
      if (this.stopping.signal.aborted) return;
      if (!this.interrupted)
        this.logger.warn(`The feed of revocations is interrupted; tokens are checked in the database meanwhile: ${error.message}`);
      this.interrupted = true;
      failed();
      delay = this.beats > beats + 1 ? MIN_RECONNECT_MS : Math.min(delay * 2, MAX_RECONNECT_MS);
      await pause(delay, this.stopping.signal);
    }
  }

  /** Runs one connection until it ends; returns the reason. */
  private async listenOnce(): Promise<Error> {
    const client = clientFor(this.settings.DATABASE_DIRECT_URL ?? this.settings.DATABASE_URL, {
      application_name: 'latchkey-feed',
      connectionTimeoutMillis: ANSWER_MS,
      keepAlive: true,
    });
    const over = new AbortController();
    const stop = (): void => over.abort(new Error('The server is stopping'));
    this.stopping.signal.addEventListener('abort', stop);
    const failed = (error: Error): void => over.abort(error);
    client.on('error', failed).on('end', () => failed(new Error('The database closed the connection')));
    try {
      await Promise.race([aborted(over.signal), this.follow(client, over.signal, failed)]);
      return over.signal.reason as Error;
    } catch (error) {
      return error as Error;
    } finally {
      over.abort();
      this.stopping.signal.removeEventListener('abort', stop);
      client.removeAllListeners('notification');
      await closeOrCut(client.end(), [client]);
    }
  }

  private async follow(client: Client, over: AbortSignal, failed: (error: Error) => void): Promise<void> {
    const query: FeedQuery = async (sql, values = []) =>
      (await within(ANSWER_MS, 'The database does not answer', client.query(sql, [...values]))).rows;
    const heard: { heartbeat?: Heartbeat } = {};
    await client.connect();
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === BEAT_CHANNEL) heard.heartbeat?.receive(payload);
      else this.receive(channel, payload);
    });
    // Listens first, so that rows committed during the following read arrive as messages. A heartbeat need not survive a crash, nor wait
    // for the disk or a replica.
    const channels = [BEAT_CHANNEL, ...this.listeners.keys()].map((channel) => `LISTEN ${client.escapeIdentifier(channel)}`);
    await query(['SET synchronous_commit = off', ...channels].join('; '));
    for (const listener of this.listeners.values())
      await within(CATCH_UP_MS, 'Reading what was missed takes too long', listener.catchUp(query));
    // From here on a heartbeat proves something.
    heard.heartbeat = new Heartbeat(query, this.clock, (beat) => this.believe(beat), failed);
    await heard.heartbeat.keepGoing(over);
  }

  private receive(channel: string, payload: string): void {
    try {
      this.listeners.get(channel)?.received(payload);
    } catch (error) {
      this.logger.error(error);
    }
  }

  private believe({ sentAt, database }: Beat): void {
    // Its age, subtracted from this node's clock.
    this.fresh = { monotonic: sentAt, wall: Date.now() - (performance.now() - sentAt), database };
    if (!this.healthy) return;
    this.beats += 1;
    if (this.interrupted) this.logger.log('The feed of revocations is back');
    this.interrupted = false;
    for (const listener of this.beatListeners) listener();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
