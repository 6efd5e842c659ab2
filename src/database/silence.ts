import type { Socket } from 'node:net';
import { Pool, type PoolConfig } from 'pg';
import { pause } from '../common/pause.js';

/** What is looked at of a connection of `pg`; its types leave these out. */
interface Connection {
  readyForQuery: boolean;
  connection: { stream: Socket };
}

/** How long a goodbye may take before the socket is cut, ms. */
const CLOSE_MS = 500;

/** Breaks a connection on which an answer is overdue for `silenceMs`, so that neither its request nor later ones wait for it. */
export function breakWhenSilent(client: object, silenceMs: number): void {
  const connected = client as Connection;
  const { stream } = connected.connection;
  stream.setTimeout(silenceMs, () => {
    if (!connected.readyForQuery) stream.destroy(new Error('Connection terminated: the database does not answer'));
  });
}

/** Waits for `goodbye` for so long and no longer: `pg` would wait for ever for a database that does not answer. Then cuts the connections. */
export async function closeOrCut(goodbye: Promise<unknown>, clients: Iterable<object>): Promise<void> {
  const patience = new AbortController();
  await Promise.race([goodbye.catch(() => {}), pause(CLOSE_MS, patience.signal)]);
  patience.abort();
  for (const client of clients) cut(client);
}

function cut(client: object): void {
  (client as Connection).connection.stream.destroy();
}

/** A pool for work outside of requests, which a database that falls silent holds up for so long and no longer. */
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

  /** Breaks off whatever is waiting for an answer. */
  cut(): void {
    for (const client of this.connected) cut(client);
  }

  /** Ends all connections; those still in use after half a second are cut. */
  close(): Promise<void> {
    return closeOrCut(this.end(), this.connected);
  }
}
