// Does one client with many connections, or one IPv6 /48 with many networks, keep others from signing in?
//
//   npm run build && node bench/reliability/greedy-clients.mjs [seconds]
//
// One server with its limits on, behind a trusted proxy: each client has an address in X-Forwarded-For. Other clients, each from a network
// and with an account of its own, sign in 10 times a second: first without other load, then while one client holds 300 connections with one
// right password, then while a /48 holds 300 connections with a fresh /64 and another identifier for each try, for 15 s each (or as many as
// named). The owner of the account of that one client, in another network, is one of the others. PASS: p99 of the others is at most 1 s, and none of them gets 503. The clients share the cores with the server and the database.
// About 60 s.
import { Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../statistics.mjs';
import { PASSWORD, call, register, run, spread } from './stage.mjs';

const SECONDS = Number(process.argv[2] ?? 15);
const CONNECTIONS = 300;
const PER_SECOND = 10;
const LIMIT_MS = 1_000;
const ACCOUNTS = 40;

await run('One client with 300 connections, and one /48', 60 + 4 * SECONDS, async (stage) => {
  const { port } = await stage.node(await stage.createDatabase(), {
    RATE_LIMIT: 'on',
    TRUSTED_PROXIES: '127.0.0.1',
    LIMIT_REGISTER: '10000/900',
    LIMIT_MAIL_TOTAL: '100000/3600',
    LIMIT_SIGN_IN_SITE: '100000/900',
  });
  const users = [];
  for (let i = 0; i < ACCOUNTS; i += 1) users.push((await register(port)).email);
  const [attacker] = users;
  const signIn = (identifier, password, from, agent) =>
    call(port, 'POST', '/v1/auth/login', { body: { identifier, password }, headers: { 'x-forwarded-for': from }, agent });

  /** Sign-ins of the others, sent on time whether or not earlier ones were answered. */
  async function others() {
    const pending = [];
    const startedAt = performance.now();
    for (let i = 0; i < SECONDS * PER_SECOND; i += 1) {
      const due = startedAt + (i / PER_SECOND) * 1_000;
      if (due > performance.now()) await wait(due - performance.now());
      pending.push(signIn(users[i % ACCOUNTS], PASSWORD, `192.0.2.${i % 250}`));
    }
    return Promise.all(pending);
  }

  async function beside(name, ask) {
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const statuses = new Map();
    let going = true;
    let serial = 0;
    const lanes = Array.from({ length: CONNECTIONS }, async () => {
      while (going) {
        const { status } = await ask((serial += 1), agent);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        // A client that is refused at once would otherwise measure how fast this script is.
        if (status !== 200 && status !== 401) await wait(100);
      }
    });
    await wait(1_000);
    const answers = await others();
    going = false;
    await Promise.all(lanes);
    agent.destroy();
    const times = answers.map(({ ms }) => ms);
    console.log(`      ${name}: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}`);
    stage.check(`beside ${name} p99 of others ≤ ${LIMIT_MS} ms`, percentile(times, 0.99) <= LIMIT_MS, spread(times));
    const failed = answers.filter(({ status }) => status !== 200);
    stage.check(`beside ${name} every other sign-in succeeds`, failed.length === 0, failed.map(({ status }) => status).join(' '));
  }

  console.log(`      quiet  ${spread((await others()).map(({ ms }) => ms))}`);
  await beside('one client with a right password', (_, agent) => signIn(attacker, PASSWORD, '198.51.100.7', agent));
  await beside('one /48 with a fresh /64 per try', (n, agent) =>
    signIn(`nobody.${n}@example.com`, PASSWORD, `2001:db8:77:${(n % 65_536).toString(16)}::1`, agent),
  );
});
