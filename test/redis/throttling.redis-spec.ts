import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ThrottleService } from '../../src/throttling/throttle.service.js';
import { PASSWORD, register } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { RedisServer } from '../support/redis-servers.js';
import { type Answer, type TestApp, startApp } from '../support/start-app.js';

const WRONG = 'four bright birds sang';

/** What losing Redis may add to a request, ms. */
const MAX_ADDED_MS = 50;
/** What the machine may add to that: tests share it. */
const SLACK_MS = 100;

describe('throttling on two nodes with Redis', () => {
  let server: RedisServer;
  let nodes: TestApp[];
  beforeAll(async () => {
    server = await RedisServer.create();
    await server.start();
    const databaseUrl = await createDatabase();
    const environment = {
      RATE_LIMIT: 'on',
      REDIS_URL: server.url,
      LIMIT_REGISTER: '1000/3600',
      LIMIT_SIGN_IN_NETWORK: '1000/900',
      LIMIT_SIGN_IN_ACCOUNT: '500/900',
    };
    nodes = [await startApp(environment, databaseUrl), await startApp(environment, databaseUrl)];
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await server.signal('SIGKILL');
  });
  beforeEach(() => poll('both nodes to count together', connected, 10_000));
  afterEach(async () => {
    await server.signal('SIGCONT');
    if (!(await server.use((redis) => redis.ping()).catch(() => false))) await server.start();
  });

  const node = (i: number): TestApp => {
    const found = nodes.at(i % 2);
    if (found === undefined) throw new Error('The nodes are not started');
    return found;
  };
  const login = (i: number, identifier: string, password: string): Promise<Answer> =>
    node(i).post('/v1/auth/login', { identifier, password });
  const statuses = (answers: readonly Answer[], wanted: number): number => answers.filter(({ status }) => status === wanted).length;

  let serial = 0;
  /** One try of the bucket on a node; a failure counts. Answers with the time that counting took, ms. */
  const attempt = async (i: number, of: string, fails = false): Promise<number> => {
    const startedAt = performance.now();
    const work = (): Promise<void> => (fails ? Promise.reject(new Error('wrong')) : Promise.resolve());
    await node(i)
      .nest.get(ThrottleService)
      .attempt({ limit: 'sign-in', of }, work, () => true)
      .catch((error: Error) => {
        if (error.message !== 'wrong') throw error;
      });
    return performance.now() - startedAt;
  };
  const freshBucket = (): string => `bucket ${(serial += 1)}`;

  /** Whether a failure on one node is seen by the other. */
  async function connected(): Promise<true | undefined> {
    const of = freshBucket();
    for (let i = 0; i < 5; i += 1) await attempt(0, of, true);
    return attempt(1, of).then(
      () => undefined,
      () => true,
    );
  }

  it('counts wrong passwords of both nodes in one bucket', async () => {
    const { email } = await register(node(0));
    for (let i = 0; i < 5; i += 1) expect((await login(i, email, WRONG)).status).toBe(401);
    for (let i = 0; i < 2; i += 1) {
      const refused = await login(i, email, PASSWORD);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  it('counts requests of both nodes in one bucket', async () => {
    const throttles = nodes.map(({ nest }) => nest.get(ThrottleService));
    const bucket = { limit: 'mail-address', of: freshBucket() } as const;
    for (let i = 0; i < 6; i += 1) await throttles[i % 2]?.take(bucket);
    for (const throttle of throttles) await expect(throttle.take(bucket)).rejects.toMatchObject({ code: 'request.throttled' });
  });

  it('evaluates at most five of 50 parallel wrong passwords', async () => {
    const { email } = await register(node(0));
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => login(i, email, WRONG)));
    expect(statuses(answers, 401)).toBe(5);
    expect(statuses(answers, 429)).toBe(45);
    const [row] = await node(0).rows<{ failures: number }>(
      'SELECT password_failures AS failures FROM user_activity a JOIN users u ON u.id = a.user_id WHERE email_key = $1',
      [email],
    );
    expect(row?.failures).toBe(5);
  });

  it('lets 20 parallel right passwords through', async () => {
    const { email } = await register(node(0));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => login(i, email, PASSWORD)));
    expect(statuses(answers, 200)).toBe(20);
  });

  it('forgets failures on both nodes', async () => {
    const bucket = { limit: 'sign-in', of: freshBucket() } as const;
    for (let i = 0; i < 5; i += 1) await attempt(0, bucket.of, true);
    await node(1).nest.get(ThrottleService).forgive(bucket);
    expect(await attempt(0, bucket.of).then(() => 'allowed')).toBe('allowed');
  });

  it('leaves nothing behind of tries that went well, and lets go of those of a node that dies', async () => {
    await server.use((redis) => redis.flushall());
    await Promise.all(Array.from({ length: 10 }, (_, i) => attempt(i, freshBucket())));
    expect(await server.use((redis) => redis.keys('*'))).toEqual([]);

    let end = (): void => {};
    const held = new Promise<void>((resolve) => (end = resolve));
    const underWay = node(0)
      .nest.get(ThrottleService)
      .attempt(
        { limit: 'sign-in', of: freshBucket() },
        () => held,
        () => true,
      );
    const [key = ''] = await poll('the place', async () => {
      const keys = await server.use((redis) => redis.keys('*'));
      return keys.length > 0 ? keys : undefined;
    });
    expect(await server.use((redis) => redis.pttl(key))).toBeLessThanOrEqual(30_000);
    end();
    await underWay;
  });

  it('goes on locally when Redis is killed, without waiting for it, and together when it is back', async () => {
    const { email } = await register(node(0));
    await login(0, email, PASSWORD);
    await server.signal('SIGKILL');

    for (let i = 0; i < 10; i += 1) expect(await attempt(i, freshBucket())).toBeLessThan(MAX_ADDED_MS + SLACK_MS);
    for (let i = 0; i < 2; i += 1) expect((await login(i, email, PASSWORD)).status).toBe(200);
    for (let i = 0; i < 5; i += 1) expect((await login(0, email, WRONG)).status).toBe(401);
    expect((await login(0, email, PASSWORD)).status).toBe(429);
    expect((await login(1, email, PASSWORD)).status).toBe(200);

    await server.start();
    await poll('both nodes to count together', connected, 10_000);
    const log = nodes.flatMap(({ logs }) => logs);
    for (const said of ['throttles count on this node alone', 'Redis is back']) expect(log.some((line) => line.includes(said))).toBe(true);
  });

  it('waits once for a Redis that hangs, and then not again', async () => {
    await server.signal('SIGSTOP');
    const times: number[] = [];
    for (let i = 0; i < 20; i += 2) times.push(await attempt(0, freshBucket()));
    expect(times[0]).toBeLessThan(MAX_ADDED_MS + SLACK_MS);
    expect(times.slice(1).reduce((sum, ms) => sum + ms, 0)).toBeLessThan(MAX_ADDED_MS + SLACK_MS);

    await server.signal('SIGCONT');
    await poll('both nodes to count together', connected, 10_000);
  });

  it('counts a failure that ends while Redis is away', async () => {
    const of = freshBucket();
    const lose = async (): Promise<void> => {
      await server.signal('SIGKILL');
      throw new Error('wrong');
    };
    await expect(
      node(0)
        .nest.get(ThrottleService)
        .attempt({ limit: 'sign-in', of }, lose, () => true),
    ).rejects.toThrow('wrong');
    for (let i = 0; i < 4; i += 1) await attempt(0, of, true);
    await expect(attempt(0, of)).rejects.toMatchObject({ code: 'request.throttled' });
  });
});
