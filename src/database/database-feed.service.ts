import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Client, type QueryResultRow } from 'pg';
import { pause } from '../common/pause.js';
import { Settings } from '../config/settings.js';
import { DatabaseClock } from './database-clock.js';
import { closeOrCut } from './silence.js';

/** Runs one statement on the feed's own connection and returns its rows. */
export type FeedQuery = <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Handlers of one part of the server for the messages of one channel. */
export interface FeedListener {
  /** Name of the channel, as in `NOTIFY`. */
  channel: string;
  /** Called with every message, in the order of commits. */
  received(payload: string): void;
  /** Called after every connect, while messages already arrive: reads what was missed. Must be idempotent. */
  catchUp(query: FeedQuery): Promise<void>;
}

/** Pause between two heartbeats, ms. */
const BEAT_MS = 500;

/** After this long without a heartbeat the feed counts as silent, ms: the node may have missed messages. */
const SILENT_MS = 1_500;

/** How long the database may take for one answer before the feed drops the connection, ms. */
const ANSWER_MS = 3_000;

/** How long reading the missed rows may take, ms. */
const CATCH_UP_MS = 30_000;

/** How long a start waits for the first heartbeat, ms; without one the server starts anyway and checks every token in the database. */
const START_MS = 4_000;

const MIN_RECONNECT_MS = 100;
const MAX_RECONNECT_MS = 2_000;

/**
 * Messages between nodes through the database, on a separate connection to the primary (`LISTEN` does not work through a pooler).
 *
 * A heartbeat is a message of the node to itself. Messages arrive in the order of commits, so a returning heartbeat proves that the node
 * has received everything committed before it was sent; it also carries the database's time.
 */
@Injectable()
export class DatabaseFeed implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('DatabaseFeed');
  private readonly listeners = new Map<string, FeedListener>();
  private readonly beatListeners = new Set<() => void>();
  private readonly beatChannel = `latchkey_beat_${randomBytes(8).toString('hex')}`;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private awaited: { beat: string; heard: () => void } | undefined;
  private beats = 0;
  private interrupted = false;
  /** When the last returned heartbeat was sent, by the monotonic, this node's and the database's clock, ms. */
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
   * Calls `listener` after each returned heartbeat.
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
    const client = new Client({
      connectionString: this.settings.DATABASE_DIRECT_URL ?? this.settings.DATABASE_URL,
      application_name: 'latchkey-feed',
      connectionTimeoutMillis: ANSWER_MS,
      keepAlive: true,
    });
    const over = new AbortController();
    const stop = (): void => over.abort(new Error('The server is stopping'));
    this.stopping.signal.addEventListener('abort', stop);
    client.on('error', (error) => over.abort(error)).on('end', () => over.abort(new Error('The database closed the connection')));
    try {
      await Promise.race([aborted(over.signal), this.follow(client, over.signal)]);
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

  private async follow(client: Client, over: AbortSignal): Promise<void> {
    const query: FeedQuery = async (sql, values = []) =>
      (await within(ANSWER_MS, 'The database does not answer', client.query(sql, [...values]))).rows;
    await client.connect();
    client.on('notification', ({ channel, payload = '' }) => this.receive(channel, payload));
    // Listens first, so that rows committed during the following read arrive as messages.
    await query([this.beatChannel, ...this.listeners.keys()].map((channel) => `LISTEN ${client.escapeIdentifier(channel)}`).join('; '));
    for (const listener of this.listeners.values())
      await within(CATCH_UP_MS, 'Reading what was missed takes too long', listener.catchUp(query));
    while (!over.aborted) {
      await this.beat(query);
      await pause(BEAT_MS, over);
    }
  }

  private receive(channel: string, payload: string): void {
    if (channel === this.beatChannel) {
      if (payload === this.awaited?.beat) this.awaited.heard();
      return;
    }
    try {
      this.listeners.get(channel)?.received(payload);
    } catch (error) {
      this.logger.error(error);
    }
  }

  private async beat(query: FeedQuery): Promise<void> {
    const sent = { monotonic: performance.now(), wall: Date.now() };
    const beat = String((this.beats += 1));
    const heard = new Promise<void>((resolve) => (this.awaited = { beat, heard: resolve }));
    const [row] = await query<{ now: number }>('SELECT pg_notify($1, $2), extract(epoch FROM clock_timestamp())::float8 * 1000 AS now', [
      this.beatChannel,
      beat,
    ]);
    this.clock.observe(Number(row?.now), sent.monotonic, performance.now());
    await within(ANSWER_MS, 'Notifications do not arrive. DATABASE_DIRECT_URL must lead to PostgreSQL itself, not to a pooler', heard);
    this.fresh = { ...sent, database: Number(row?.now) };
    if (this.interrupted) this.logger.log('The feed of revocations is back');
    this.interrupted = false;
    for (const listener of this.beatListeners) listener();
  }
}

/** The result of `work`, or an error after `ms`. */
function within<T>(ms: number, message: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(message)), ms).unref();
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
