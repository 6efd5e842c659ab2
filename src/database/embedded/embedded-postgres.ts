import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaryPackage, prepareBinaries } from './binaries.js';
import { type Cluster, DATABASE, ROLE, ensureDatabase, openCluster } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { withLock } from './exclusive-lock.js';
import { countLeases, endLease, takeLease } from './leases.js';
import { type Place, choosePlace, sharedFolder } from './place.js';
import { launchServer, stopServer } from './server.js';
import { type ServerState, findServer, readServer } from './server-state.js';

export { EmbeddedPostgresError } from './embedded-postgres-error.js';

export interface EmbeddedPostgresOptions {
  /** Folder for the data and the state of the server. */
  dataDir: string;
  /** False for disposable data: commits need not survive a crash of the machine. Default true. */
  durable?: boolean;
  /** Called with one-line notices for the user. */
  log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Includes the password. */
  url: string;
  /** Folder of the data; as root it may differ from the requested one. */
  dataDir: string;
  /** Ends this use, and stops the server with its last use. Waits until the server has stopped. Calling it again has no effect. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of `dataDir`, creating it at the first start, or joins the running one, which a killed application left behind or
 * another one uses. Any number of processes may start and stop at the same time; the last use stops the server. It runs in the background
 * in its own process group, and installs no signal handlers here: call `stop()` after closing all pools.
 * @throws EmbeddedPostgresError
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, durable = true, log = () => undefined } = options;
  try {
    const binaryPackage = findBinaryPackage();
    const place = choosePlace(dataDir, log);
    const binaries = prepareBinaries(binaryPackage, place.user, () => (place.user === undefined ? place.folder : sharedFolder(place.user)));
    return await underLock(place, async () => {
      const cluster = await openCluster(place, binaries, durable);
      const server = await joinOrLaunch(cluster, durable, log);
      try {
        await ensureDatabase(cluster, server.port);
        return useOf(cluster, server);
      } catch (error) {
        if (countLeases(place) === 0) await stopServer(cluster, server);
        throw error;
      }
    });
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError(`The embedded PostgreSQL could not start: ${(error as Error).message}`, { cause: error });
  }
}

async function joinOrLaunch(cluster: Cluster, durable: boolean, log: (line: string) => void): Promise<ServerState> {
  const server = await findServer(cluster);
  if (server !== null) {
    if (server.durable === durable) return server;
    if (countLeases(cluster.place) > 0) {
      log(`PostgreSQL is running already, ${server.durable ? 'with' : 'without'} protection of its data against a crash of the machine`);
      return server;
    }
    await stopServer(cluster, server);
  }
  return launchServer(cluster, durable, readServer(cluster)?.port);
}

function useOf(cluster: Cluster, server: ServerState): EmbeddedPostgres {
  const { place, password } = cluster;
  const lease = takeLease(place);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    // If somebody deletes the folder of a running server, the server must not stay behind.
    if (!existsSync(place.folder)) return stopServer(cluster, server);
    await underLock(place, async () => {
      endLease(lease);
      // Not `server`: it may have crashed, and another process may have started a new one.
      const current = readServer(cluster);
      if (current !== undefined && countLeases(place) === 0) await stopServer(cluster, current);
    });
  };
  return {
    url: `postgres://${ROLE}:${password}@127.0.0.1:${server.port}/${DATABASE}`,
    dataDir: place.folder,
    stop: () => (stopping ??= stop()),
  };
}

function underLock<T>({ folder }: Place, work: () => Promise<T>): Promise<T> {
  return withLock(join(folder, 'lock'), work);
}
