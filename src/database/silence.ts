import type { Socket } from 'node:net';
import { Pool, type PoolConfig } from 'pg';
import { pause } from '../common/pause.js';

/** Parts of a `pg` connection that this file uses; the types omit them. */
interface Connection {
  readyForQuery: boolean;
  connection: { stream: Socket };
}

/** How long closing a connection may take before the socket is destroyed, ms. */
const CLOSE_MS = 500;

/** Destroys a connection whose answer is overdue by `silenceMs`, so that neither its request nor later ones wait for it. */
export function breakWhenSilent(client: object, silenceMs: number): void {
  const connected = client as Connection;
  const { stream } = connected.connection;
  stream.setTimeout(silenceMs, () => {
    if (!connected.readyForQuery) stream.destroy(new Error('Connection terminated: the database does not answer'));
  });
}

/**
 * Waits for `goodbye` for a limited time, because `pg` would wait forever for a database that does not answer. Then destroys the
 * connections.
 */
export async function closeOrCut(goodbye: Promise<unknown>, clients: Iterable<object>): Promise<void> {
  const patience = new AbortController();
  await Promise.race([goodbye.catch(() => {}), pause(CLOSE_MS, patience.signal)]);
  patience.abort();
  for (const client of clients) cut(client);
}

function cut(client: object): void {
  (client as Connection).connection.stream.destroy();
}

/** A pool for work outside of requests, which waits only a limited time for a database that does not answer. */
export class PatientPool extends Pool {
  private readonly connected = new Set<object>();

  /** @param silenceMs how long the database may take for one answer */
  constructor(options: PoolConfig, silenceMs: number) {
    super(options);
    this.on('connect', (client) => {
      this.connected.add(client);
      breakWhenSilent(client, silenceMs);
    }).on('remove', (client) => this.connected.delete(client));
  }

  /** Aborts everything that waits for an answer. */
  cut(): void {
    for (const client of this.connected) cut(client);
  }

  /** Closes all connections, and destroys those that are still in use after half a second. */
  close(): Promise<void> {
    return closeOrCut(this.end(), this.connected);
  }
}
