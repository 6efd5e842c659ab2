import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SharedStore } from '../../src/throttling/shared-store.js';
import { ThrottleService } from '../../src/throttling/throttle.service.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { RedisServer, startCluster } from '../support/redis-servers.js';
import { type TestApp, startApp } from '../support/start-app.js';

/** Two nodes that count together in the Redis at `url`. */
async function twoNodes(url: string): Promise<TestApp[]> {
  const databaseUrl = await createDatabase();
  const environment = { RATE_LIMIT: 'on', REDIS_URL: url };
  return [await startApp(environment, databaseUrl), await startApp(environment, databaseUrl)];
}

let serial = 0;
const freshBucket = (): string => `bucket ${(serial += 1)}`;

/** One try of a bucket on a node; a failure counts. */
function attempt(node: TestApp | undefined, of: string, fails = false): Promise<void> {
  if (node === undefined) throw new Error('The nodes are not started');
  return node.nest
    .get(ThrottleService)
    .attempt(
      { limit: 'sign-in', of },
      () => (fails ? Promise.reject(new Error('wrong')) : Promise.resolve()),
      () => true,
    )
    .catch((error: Error) => {
      if (error.message !== 'wrong') throw error;
    });
}

/** Whether five failures on one node close a bucket on the other. */
async function countsTogether([first, second]: TestApp[]): Promise<true | undefined> {
  const of = freshBucket();
  for (let i = 0; i < 5; i += 1) await attempt(first, of, true);
  return attempt(second, of).then(
    () => undefined,
    () => true,
  );
}

describe('a cluster of Redis servers', () => {
  let servers: RedisServer[];
  let nodes: TestApp[];
  beforeAll(async () => {
    servers = await startCluster();
    const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
    nodes = await twoNodes(`redis://${hosts}?cluster=true`);
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    for (const server of servers) await server.signal('SIGKILL');
  });

  it('counts failures and requests of both nodes together, on all of its servers', async () => {
    await poll('both nodes to count together', () => countsTogether(nodes));
    for (let i = 0; i < 30; i += 1) expect(await countsTogether(nodes)).toBe(true);
    for (let i = 0; i < 10; i += 1) {
      const bucket = { limit: 'mail-address', of: freshBucket() } as const;
      const throttles = nodes.map(({ nest }) => nest.get(ThrottleService));
      for (let n = 0; n < 6; n += 1) await throttles[n % 2]?.take(bucket);
      for (const throttle of throttles) await expect(throttle.take(bucket)).rejects.toMatchObject({ code: 'request.throttled' });
    }
    for (const server of servers) expect(await server.use((redis) => redis.dbsize())).toBeGreaterThan(0);
  });

  it('keeps both keys of a bucket in one slot', async () => {
    const [first] = servers;
    const store = new SharedStore(`redis://127.0.0.1:${first?.port}?cluster=true`);
    try {
      await poll('the cluster', () =>
        store
          .ask((redis) => redis.get('x'))
          .then(
            () => true,
            () => undefined,
          ),
      );
      const slots = await store.ask((redis) =>
        Promise.all(['failures', 'places'].map((part) => redis.call('CLUSTER', 'KEYSLOT', `throttle:{sign-in:abc}:${part}`))),
      );
      expect(slots[0]).toBe(slots[1]);
    } finally {
      store.close();
    }
  });

  it('counts on each node alone what belongs to a server that hangs, and lets everybody in meanwhile', async () => {
    await poll('both nodes to count together', () => countsTogether(nodes));
    await servers[1]?.signal('SIGSTOP');
    for (let i = 0; i < 30; i += 1) {
      const of = freshBucket();
      for (let n = 0; n < 5; n += 1) await attempt(nodes[0], of, true);
      await expect(attempt(nodes[0], of)).rejects.toMatchObject({ code: 'request.throttled' });
    }
    await servers[1]?.signal('SIGCONT');
    await poll('both nodes to count together', () => countsTogether(nodes));
  });
});

describe('a Redis with Sentinel', () => {
  let master: RedisServer;
  let replica: RedisServer;
  let sentinel: RedisServer;
  let nodes: TestApp[];
  beforeAll(async () => {
    master = await RedisServer.create();
    replica = await RedisServer.create({ kind: 'replica', of: master });
    sentinel = await RedisServer.create({ kind: 'sentinel', master: 'throttles', of: master });
    await master.start();
    await replica.start();
    await poll('the replica', async () =>
      String(await replica.use((redis) => redis.info('replication'))).includes('master_link_status:up') ? true : undefined,
    );
    await sentinel.start();
    nodes = await twoNodes(`redis://127.0.0.1:${sentinel.port}?sentinel=throttles`);
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    for (const server of [sentinel, replica, master]) await server.signal('SIGKILL');
  });

  it('counts together in the master, and in the replica when Sentinel promotes it', async () => {
    await poll('both nodes to count together', () => countsTogether(nodes));
    expect(await master.use((redis) => redis.dbsize())).toBeGreaterThan(0);
    await poll('Sentinel to know the replica', async () =>
      String(await sentinel.use((redis) => redis.info('sentinel'))).includes('slaves=1') ? true : undefined,
    );
    await master.signal('SIGKILL');
    // Meanwhile each node counts for itself.
    const of = freshBucket();
    for (let i = 0; i < 5; i += 1) await attempt(nodes[0], of, true);
    await expect(attempt(nodes[0], of)).rejects.toMatchObject({ code: 'request.throttled' });
    // Sentinel closes the connections of clients to the server that it promotes.
    await poll('the promotion', async () => {
      const state = await replica.use((redis) => redis.info('replication')).catch(() => '');
      return state.includes('role:master') ? true : undefined;
    });
    await poll('both nodes to count together', () => countsTogether(nodes));
  });
});
