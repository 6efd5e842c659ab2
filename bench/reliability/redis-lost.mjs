// Kills and freezes the Redis of two servers while people sign in: do they still get in, how much slower, and are wrong passwords still
// counted?
//
//   npm run build && node bench/reliability/redis-lost.mjs [sign-ins]
//
// Needs redis-server. Two servers share a Redis and sign the same people in, one after the other, 200 times (or `sign-ins`) each time: with
// Redis, while it is killed, while it is frozen (SIGSTOP), and when it is back.
// PASS: every right password signs in; the slowest first sign-in after the loss takes at most 50 ms longer than the slowest one before;
// the median stays within 50 ms; after five wrong passwords a node answers 429, with and without Redis; and with Redis back both nodes
// count together again. Takes about a minute.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import Redis from 'ioredis';
import { freePort } from '../free-port.mjs';
import { percentile } from '../statistics.mjs';
import { PASSWORD, call, register, run, spread, until } from './stage.mjs';

const SIGN_INS = Number(process.argv[2] ?? 200);
/** What losing Redis may add to a request, ms. */
const MAX_ADDED_MS = 50;

async function startRedis(port) {
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  const client = new Redis(port, '127.0.0.1');
  client.on('error', () => {});
  await until('Redis', 10, () => client.ping().catch(() => undefined));
  client.disconnect();
  return child;
}

await run('R7: Redis lost', 180, async (stage) => {
  const redisPort = await freePort();
  let redis = await startRedis(redisPort);
  const kill = async () => {
    const exit = once(redis, 'exit');
    redis.kill('SIGKILL');
    await exit;
  };
  stage.onClose(kill);
  const database = await stage.createDatabase();
  const env = {
    RATE_LIMIT: 'on',
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    LIMIT_REGISTER: '1000/3600',
    LIMIT_SIGN_IN_NETWORK: '100000/900',
  };
  const nodes = [await stage.node(database, env), await stage.node(database, { ...env, MIGRATE_ON_START: 'false' })];
  const login = (node, identifier, password) => call(node.port, 'POST', '/v1/auth/login', { body: { identifier, password } });
  const { email } = await register(nodes[0].port);

  const signIns = async (what, limitMs) => {
    const times = [];
    let failed = 0;
    for (let i = 0; i < SIGN_INS; i += 1) {
      const { status, ms } = await login(nodes[i % 2], email, PASSWORD);
      if (status !== 200) failed += 1;
      times.push(ms);
    }
    const firsts = Math.max(...times.slice(0, nodes.length));
    const ok = failed === 0 && (limitMs === undefined || (firsts <= limitMs.first && percentile(times, 0.5) <= limitMs.median));
    stage.check(what, ok, `${failed} failed, the first ones ${firsts.toFixed(0)} ms; ${spread(times)}`);
    return { first: Math.max(...times) + MAX_ADDED_MS, median: percentile(times, 0.5) + MAX_ADDED_MS };
  };
  /** Whether five wrong passwords at the first node close the identifier at `node`. */
  const counts = async (node) => {
    const other = await register(nodes[0].port);
    for (let i = 0; i < 5; i += 1) await login(nodes[0], other.email, 'four dark birds sang');
    return (await login(node, other.email, PASSWORD)).status === 429;
  };

  await signIns('warm-up, Redis there');
  const limit = await signIns('Redis there');
  stage.check('Redis there: both nodes count wrong passwords together', await counts(nodes[1]));
  await kill();
  await signIns('Redis killed', limit);
  stage.check('Redis killed: each node counts wrong passwords', await counts(nodes[0]));
  redis = await startRedis(redisPort);
  await until('both nodes to count together', 30, async () => ((await counts(nodes[1])) ? true : undefined));
  redis.kill('SIGSTOP');
  await signIns('Redis frozen', limit);
  stage.check('Redis frozen: each node counts wrong passwords', await counts(nodes[0]));
  redis.kill('SIGCONT');
  await until('both nodes to count together', 30, async () => ((await counts(nodes[1])) ? true : undefined));
  stage.check('Redis back: both nodes count wrong passwords together', true);
});
