// Two PostgreSQL servers of Debian: a primary, and a standby that follows it over a line which the scripts here can cut.
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { Cluster } from './cluster.mjs';
import { until } from './stage.mjs';

/** A line to a server that can hang or be cut. */
class Line {
  hangs = false;
  sockets = new Set();

  constructor(target) {
    this.server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ]) {
        this.sockets.add(from);
        from
          .on('data', (bytes) => this.hangs || to.write(bytes))
          .on('error', () => {})
          .on('close', () => to.destroy());
      }
    }).listen(0, '127.0.0.1');
  }

  async port() {
    if (!this.server.listening) await once(this.server, 'listening');
    return this.server.address().port;
  }

  cut() {
    this.hangs = true;
    for (const socket of this.sockets) socket.destroy();
  }

  close() {
    this.cut();
    this.server.close();
  }
}

/**
 * A primary and its standby. With `synchronous` the primary acknowledges a commit when the standby has it, too.
 * @returns the servers and the line between them
 */
export async function startPair(stage, synchronous) {
  const folder = `${stage.folder}-${synchronous ? 'synchronous' : 'asynchronous'}`;
  const primary = await Cluster.create(stage, `${folder}-primary`);
  await primary.ask('CREATE DATABASE latchkey');
  const line = new Line(primary.port);
  stage.onClose(() => line.close());
  const standby = await primary.replicate(`${folder}-standby`, await line.port());
  if (synchronous) {
    await primary.ask(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
    await primary.ask('SELECT pg_reload_conf()');
  }
  await until('the standby to follow', 30, async () => {
    const [row] = await primary.ask('SELECT sync_state FROM pg_stat_replication');
    return row?.sync_state === (synchronous ? 'sync' : 'async') ? true : undefined;
  });
  return { primary, standby, line };
}

/** Tells the role of a server like Patroni: GET /primary and GET /replica answer 200 or 503. @returns the port */
export async function tellRole(stage, server) {
  const roleOf = () => server.ask('SELECT pg_is_in_recovery() AS standby', 'postgres').catch(() => []);
  const teller = createHttpServer(({ url }, answer) => {
    void roleOf().then(([row]) => answer.writeHead(row !== undefined && row.standby === (url === '/replica') ? 200 : 503).end());
  }).listen(0, '127.0.0.1');
  await once(teller, 'listening');
  stage.onClose(() => teller.closeAllConnections() ?? teller.close());
  return teller.address().port;
}
