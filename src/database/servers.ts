import { Client, type ClientConfig } from 'pg';
import { eachHost, parameterOf } from '../config/hosts.js';

/** How long one server may take to say whether it accepts writes, ms; less than a request waits for a connection. */
const PROBE_MS = 1_000;

/** Address of a server. */
interface Server {
  host: string;
  port: number;
}

/** The fields of a `pg` client that decide where it connects, and the socket that it will use; the types have them read-only or not at all. */
interface Aim extends Server {
  connection: { stream: NodeJS.EventEmitter };
}

/** Options for a client or a pool of `pg`. */
export interface Connection {
  connectionString: string | undefined;
  /** Class of the clients; undefined for the usual one. A client that is made without a pool has to be made with it. */
  Client: typeof Client | undefined;
}

/**
 * How to connect to the server of `url`. If the URL names several servers or has `target_session_attrs`, every new connection leads to the
 * one that accepts writes, as with libpq's `target_session_attrs=read-write`. `pg` itself knows neither.
 *
 * All servers are asked at the same time, so that one that is down costs no time. Two that accept writes are a fault of the cluster: the
 * quicker one is used.
 * @param any whether servers that accept no writes are good, too
 */
export function connectionTo(url: string | undefined, any = false): Connection {
  if (url === undefined) return { connectionString: url, Client: undefined };
  const urls = eachHost(url);
  const isChoice = urls.length > 1 || parameterOf(url, 'target_session_attrs') !== null;
  return { connectionString: urls[0], Client: isChoice ? choosing(urls, any) : undefined };
}

/** A new client for the server of `url`, not yet connected. */
export function clientFor(url: string | undefined, options: ClientConfig): Client {
  const { connectionString, Client: Class = Client } = connectionTo(url);
  return new Class({ connectionString, ...options });
}

/** Class of clients that choose their server when they connect. */
function choosing(urls: readonly string[], any: boolean): typeof Client {
  let choice: Promise<Server> | undefined;
  // One choice serves all connections that are being opened: after a failover that may be the whole pool.
  const choose = (): Promise<Server> =>
    (choice ??= Promise.any(urls.map((url) => probe(url, any)))
      .catch((error: AggregateError) => Promise.reject(noServer(error)))
      .finally(() => (choice = undefined)));

  return class ChoosingClient extends Client {
    override connect(): Promise<Client>;
    override connect(callback: (error?: Error) => void): void;
    override connect(callback?: (error?: Error) => void): Promise<Client> | undefined {
      const aim = this as unknown as Aim;
      // The owner may give up meanwhile by destroying the socket.
      const abandoned = new Promise<never>((_, reject) => {
        aim.connection.stream.once('close', () => reject(new Error('Connection terminated before a server was found')));
      });
      const connected = Promise.race([choose(), abandoned]).then(async ({ host, port }) => {
        Object.assign(aim, { host, port });
        await super.connect();
        return this;
      });
      if (callback === undefined) return connected;
      connected.then(() => callback(), callback);
      return undefined;
    }
  };
}

/** The server of `url`, if it accepts writes or need not. */
async function probe(url: string, any: boolean): Promise<Server> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: PROBE_MS,
    query_timeout: PROBE_MS,
    application_name: 'latchkey-probe',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ readOnly: string }>(`SELECT current_setting('transaction_read_only') AS "readOnly"`);
    if (!any && rows[0]?.readOnly !== 'off') throw new Error('it accepts no writes');
    return { host: client.host, port: client.port };
  } catch (error) {
    throw new Error(`${client.host}:${client.port}: ${(error as Error).message}`, { cause: error });
  } finally {
    void client.end().catch(() => {});
  }
}

/** An error that `isUnavailable` recognises, with the reason of each server. */
function noServer({ errors }: AggregateError): Error {
  const reasons = (errors as Error[]).map(({ message }) => message).join('; ');
  return new Error(`Connection terminated: no server accepts writes (${reasons})`, { cause: errors[0] });
}
