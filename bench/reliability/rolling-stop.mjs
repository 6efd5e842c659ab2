// Restarts the servers in turn under load: does any request fail?
//
//   npm run build && node bench/reliability/rolling-stop.mjs [requests] [--haproxy]
//
// Two servers are behind a small load balancer in this process. Like most load balancers, it asks each server every 500 ms whether it is
// ready, distributes requests among the ready servers, keeps connections alive and never retries. While 10,000 requests (or `requests`:
// reads, refreshes and sign-ins) are sent, each server in turn gets SIGTERM, ends and is started again.
// With --haproxy the load balancer is Debian's haproxy with deploy/haproxy-http.cfg. At the end both servers are stopped at once, and
// haproxy has to answer in their place.
// PASS: no request fails, and both servers end with status 0. Takes about 40 s.
import { Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../free-port.mjs';
import { HaproxyClient, startHaproxy } from './haproxy.mjs';
import { PASSWORD, call, inParallel, run, signedIn, spread, until } from './stage.mjs';

const WITH_HAPROXY = process.argv.includes('--haproxy');
const REQUESTS = Number(process.argv.slice(2).find((argument) => argument !== '--haproxy') ?? 10_000);
const CLIENTS = 16;
const PROBE_MS = 500;
const GRACE_SECONDS = 3;
/** Maximum requests per second: at a higher rate all requests would be sent before the restarts are over. */
const PER_SECOND = 450;

/** Distributes requests among the nodes that report themselves as ready. */
class LoadBalancer {
  turn = 0;
  stopped = false;

  constructor(nodes) {
    this.targets = nodes.map((node) => ({ port: node.port, ready: true, agent: new Agent({ keepAlive: true }) }));
    this.probing = this.targets.map((target) => this.probe(target));
  }

  async probe(target) {
    while (!this.stopped) {
      const ready = await call(target.port, 'GET', '/health/ready', { agent: false }).then(
        ({ status }) => status === 200,
        () => false,
      );
      target.ready = ready;
      await wait(PROBE_MS);
    }
  }

  send(method, path, options) {
    const ready = this.targets.filter((target) => target.ready);
    if (ready.length === 0) throw new Error('No server is ready');
    const target = ready[(this.turn += 1) % ready.length];
    return call(target.port, method, path, { ...options, agent: target.agent });
  }

  async stop() {
    this.stopped = true;
    await Promise.all(this.probing);
    for (const { agent } of this.targets) agent.destroy();
  }
}

/** The user's i-th request: every tenth one is a refresh, every fiftieth one a sign-in, the others are reads. */
function requestOf(i, user) {
  if (i % 50 === 0) {
    return { method: 'POST', path: '/v1/auth/login', options: { body: { identifier: user.email, password: PASSWORD } }, expected: 200 };
  }
  if (i % 10 === 0)
    return { method: 'POST', path: '/v1/auth/refresh', options: { body: { refreshToken: user.refreshToken } }, expected: 200 };
  const options = { token: user.accessToken };
  return i % 2 === 0
    ? { method: 'GET', path: '/v1/users/me', options, expected: 200 }
    : { method: 'GET', path: '/v1/auth/verify', options, expected: 204 };
}

async function haproxy(stage, nodes) {
  const port = await freePort();
  const [NODE_1, NODE_2] = nodes.map((node) => `127.0.0.1:${node.port}`);
  await startHaproxy(stage, 'haproxy-http.cfg', { LISTEN: `127.0.0.1:${port}`, NODE_1, NODE_2 }, port);
  return new HaproxyClient(port);
}

/** Stops all servers: haproxy answers as a server without its database would. */
async function stopAll(stage, nodes, balancer) {
  await Promise.all(nodes.map((node) => node.end('SIGKILL')));
  await until('haproxy to notice', 10, async () => ((await balancer.send('GET', '/health/live')).status === 503 ? true : undefined));
  const { status, headers, body } = await balancer.send('GET', '/v1/users/me');
  const polite = status === 503 && Number(headers['retry-after']) > 0 && body.code === 'server.unavailable';
  stage.check(
    'all servers gone: 503 with Retry-After',
    polite,
    `${status}, ${headers['content-type']}, Retry-After: ${headers['retry-after']}`,
  );
}

await run('R8: rolling restart under load', 240, async (stage) => {
  const database = await stage.createDatabase();
  const env = { SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS) };
  const nodes = [await stage.node(database, env), await stage.node(database, { ...env, MIGRATE_ON_START: 'false' })];
  const balancer = WITH_HAPROXY ? await haproxy(stage, nodes) : new LoadBalancer(nodes);
  const users = [];
  for (let i = 0; i < CLIENTS; i += 1) users.push(await signedIn(nodes[0].port));

  const times = [];
  const failures = [];
  let restarted = false;
  const restarting = (async () => {
    for (const node of nodes) {
      await wait(2_000);
      const startedAt = performance.now();
      const status = await node.end('SIGTERM');
      stage.check(
        'a server ends with status 0',
        status === 0,
        `${status}, ${((performance.now() - startedAt) / 1_000).toFixed(1)} s after SIGTERM (grace ${GRACE_SECONDS} s)`,
      );
      await node.start();
      await wait(2 * PROBE_MS);
    }
    restarted = true;
  })();

  const startedAt = performance.now();
  let sent = 0;
  const client = async (user) => {
    while (sent < REQUESTS || !restarted) {
      const i = (sent += 1);
      const due = startedAt + (i / PER_SECOND) * 1_000;
      if (due > performance.now()) await wait(due - performance.now());
      const { method, path, options, expected } = requestOf(i, user);
      try {
        const answer = await balancer.send(method, path, options);
        times.push(answer.ms);
        if (answer.status !== expected) throw new Error(`status ${answer.status}`);
        if (answer.body.refreshToken !== undefined) user.refreshToken = answer.body.refreshToken;
      } catch (error) {
        failures.push(`${method} ${path}: ${error.code ?? error.message}`);
      }
    }
  };
  await Promise.all([restarting, inParallel(CLIENTS, CLIENTS, (i) => client(users[i]))]);
  if (WITH_HAPROXY) await stopAll(stage, nodes, balancer);
  await balancer.stop();
  console.log(`      ${spread(times)}; ${(sent / ((performance.now() - startedAt) / 1_000)).toFixed(0)} requests/s`);
  stage.check(
    `no failed request of ${sent}`,
    failures.length === 0,
    `${failures.length} failed${failures.length > 0 ? `, e.g. ${[...new Set(failures)].slice(0, 5).join('; ')}` : ''}`,
  );
});
