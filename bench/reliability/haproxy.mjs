// Runs haproxy with one of the configurations of deploy/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { tellRole } from './replicas.mjs';
import { call, until } from './stage.mjs';

/** Starts haproxy with the file `name` of deploy/, whose variables are `env`, until the stage closes. Waits until `port` is open. @returns how to stop it */
export async function startHaproxy(stage, name, env, port) {
  const file = fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url));
  const child = spawn('haproxy', ['-db', '-f', file], { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (bytes) => (log += bytes));
  child.once('error', (error) => (log += error.message));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  stage.onClose(stop);
  await until('haproxy', 10, async () => {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`haproxy does not run: ${log}`);
    return (await isOpen(port)) ? true : undefined;
  });
  return stop;
}

/**
 * Starts haproxy in front of two PostgreSQL servers, whose roles it learns as from Patroni.
 * @param ports `toPrimary` and `toReplica`, where it listens
 * @returns how to stop it
 */
export async function balance(stage, { toPrimary, toReplica }, [first, second]) {
  const env = {
    LISTEN_PRIMARY: `127.0.0.1:${toPrimary}`,
    LISTEN_REPLICA: `127.0.0.1:${toReplica}`,
    PG_1: `127.0.0.1:${first.port}`,
    PG_1_ROLE: String(await tellRole(stage, first)),
    PG_2: `127.0.0.1:${second.port}`,
    PG_2_ROLE: String(await tellRole(stage, second)),
  };
  return startHaproxy(stage, 'haproxy-postgresql.cfg', env, toPrimary);
}

/** Sends requests through haproxy, as the load balancers of the scripts do. */
export class HaproxyClient {
  agent = new Agent({ keepAlive: true });

  constructor(port) {
    this.port = port;
  }

  send(method, path, options) {
    return call(this.port, method, path, { ...options, agent: this.agent });
  }

  async stop() {
    this.agent.destroy();
  }
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (open) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
