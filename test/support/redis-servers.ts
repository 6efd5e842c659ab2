import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { poll } from './poll.js';

/** What a server may be besides an ordinary one. */
type Kind =
  | { kind: 'alone' }
  | { kind: 'replica'; of: RedisServer }
  | { kind: 'cluster' }
  | { kind: 'sentinel'; master: string; of: RedisServer };

/** A Redis of one test file, on loopback, which keeps nothing. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly kind: Kind,
  ) {}

  /** A server that is not yet started, on a free port. */
  static async create(kind: Kind = { kind: 'alone' }): Promise<RedisServer> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    listener.close();
    await once(listener, 'close');
    // The servers of a cluster use this port plus 10,000, too.
    return port > 55_000 ? RedisServer.create(kind) : new RedisServer(port, kind);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-redis-'));
    const file = join(folder, 'redis.conf');
    writeFileSync(file, [`port ${this.port}`, 'bind 127.0.0.1', `dir ${folder}`, ...this.settings()].join('\n'));
    const mode = this.kind.kind === 'sentinel' ? ['--sentinel'] : [];
    this.process = spawn('redis-server', [file, ...mode], { stdio: 'ignore' });
    await once(this.process, 'spawn');
    this.process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    await poll('Redis to answer', () => this.use((redis) => redis.ping()).catch(() => undefined));
  }

  /** Sends a signal; with one that ends it, waits for the end. */
  async signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    if (this.process === undefined || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = name === 'SIGKILL' ? once(this.process, 'exit') : undefined;
    this.process.kill(name);
    await exit;
  }

  /** Asks it something on a connection of its own. */
  async use<T>(ask: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => {});
    try {
      await redis.connect();
      return await ask(redis);
    } finally {
      redis.disconnect();
    }
  }

  private settings(): string[] {
    const { kind } = this;
    const plain = ['save ""', 'appendonly no'];
    switch (kind.kind) {
      case 'alone':
        return plain;
      case 'replica':
        return [...plain, `replicaof 127.0.0.1 ${kind.of.port}`];
      case 'cluster':
        return [...plain, 'cluster-enabled yes', 'cluster-node-timeout 1000'];
      case 'sentinel':
        return [
          `sentinel monitor ${kind.master} 127.0.0.1 ${kind.of.port} 1`,
          `sentinel down-after-milliseconds ${kind.master} 500`,
          `sentinel failover-timeout ${kind.master} 2000`,
        ];
    }
  }
}

/** Slots of a Redis cluster. Source: Redis cluster specification, "Key distribution model". */
const SLOTS = 16_384;

/** Starts a cluster of three servers without replicas. */
export async function startCluster(): Promise<RedisServer[]> {
  const servers = await Promise.all([0, 1, 2].map(() => RedisServer.create({ kind: 'cluster' })));
  await Promise.all(servers.map((server) => server.start()));
  const ends = [0, 1, 2, 3].map((i) => Math.floor((SLOTS * i) / 3));
  for (const [i, server] of servers.entries()) {
    await server.use((redis) => redis.call('CLUSTER', 'ADDSLOTSRANGE', Number(ends[i]), Number(ends[i + 1]) - 1));
    await servers[0]?.use((redis) => redis.call('CLUSTER', 'MEET', '127.0.0.1', server.port));
  }
  for (const server of servers)
    await poll('the cluster', async () => {
      const state = String(await server.use((redis) => redis.call('CLUSTER', 'INFO')));
      return state.includes('cluster_state:ok') && state.includes('cluster_known_nodes:3') ? true : undefined;
    });
  return servers;
}
