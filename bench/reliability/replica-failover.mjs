// Kills the primary behind haproxy while people register, and promotes the standby: what is lost, and for how long is the server away?
//
//   npm run build && node bench/reliability/replica-failover.mjs
//
// Needs haproxy and PostgreSQL's programs (PG_PROGRAMS, by default the newest of Debian's). haproxy runs with deploy/haproxy-postgresql.cfg;
// a script in place of Patroni tells the roles and promotes. Eight clients register accounts. The line between primary and standby hangs for
// a second, then the primary dies, and two seconds later the standby is promoted. This runs with asynchronous and with synchronous
// replication.
// PASS: every request is answered 201 or 503, also lists of administrators, for which there is a replica before and none afterwards; the
// server recovers by itself; with synchronous replication no acknowledged account is missing afterwards. With asynchronous replication the
// accounts of the last second are expected to be missing: the figure is printed. Takes about a minute.
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../free-port.mjs';
import { balance } from './haproxy.mjs';
import { startPair } from './replicas.mjs';
import { PASSWORD, call, register, run, until } from './stage.mjs';

const CLIENTS = 8;
const HANG_MS = 1_000;
/** How long Patroni waits before it promotes is its `ttl`, 30 s by default; here shorter. */
const PROMOTION_MS = 2_000;
const QUIET_MS = 4_000;

await run('R2: failover to a replica behind haproxy', 300, async (stage) => {
  for (const synchronous of [false, true]) await failOver(stage, synchronous);
});

async function failOver(stage, synchronous) {
  const kind = synchronous ? 'synchronous' : 'asynchronous';
  const { primary, standby, line } = await startPair(stage, synchronous);
  const [toPrimary, toReplica] = [await freePort(), await freePort()];
  await balance(stage, { toPrimary, toReplica }, [primary, standby]);
  const urlAt = (port) => `postgres://latchkey@127.0.0.1:${port}/latchkey`;
  await until('haproxy to know the primary', 10, () => answers(stage, urlAt(toPrimary)));
  const node = await stage.node(urlAt(toPrimary), {
    DATABASE_REPLICA_URL: urlAt(toReplica),
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_WORKER: 'off',
  });
  const admin = await register(node.port);
  await primary.ask(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, { database: 'latchkey', values: [admin.id] });
  const { accessToken } = (await call(node.port, 'POST', '/v1/auth/login', { body: { identifier: admin.email, password: PASSWORD } })).body;

  const acknowledged = [];
  const statuses = {};
  let lastSuccess = performance.now();
  let longestAway = 0;
  let stopped = false;
  const note = (what, status) => {
    const name = `${what} ${status}`;
    statuses[name] = (statuses[name] ?? 0) + 1;
  };
  let serial = 0;
  const client = async () => {
    while (!stopped) {
      const email = `reader.${synchronous}.${(serial += 1)}@example.com`;
      const { status, body } = await call(node.port, 'POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
      note('registration', status);
      if (status === 201) {
        acknowledged.push(body.id);
        longestAway = Math.max(longestAway, performance.now() - lastSuccess);
        lastSuccess = performance.now();
      } else await wait(50);
    }
  };
  const reader = async () => {
    while (!stopped) {
      note('list', (await call(node.port, 'GET', '/v1/users', { token: accessToken })).status);
      await wait(20);
    }
  };
  const working = Promise.all([reader(), ...Array.from({ length: CLIENTS }, client)]);

  await wait(QUIET_MS);
  const [replica] = await standby.ask(
    `SELECT count(*)::int AS connections FROM pg_stat_activity WHERE application_name = 'latchkey-replica'`,
  );
  stage.check(`${kind}: the replica is read before`, replica.connections > 0, `${replica.connections} connections`);
  line.hangs = true;
  const before = acknowledged.length;
  await wait(HANG_MS);
  const duringHang = acknowledged.length - before;
  await primary.kill();
  line.cut();
  await wait(PROMOTION_MS);
  const promotedAt = performance.now();
  await standby.promote();
  const known = acknowledged.length;
  await until('a registration', 60, async () => (acknowledged.length > known ? true : undefined));
  const recoveredMs = performance.now() - promotedAt;
  await wait(QUIET_MS);
  stopped = true;
  await working;

  const found = new Set((await standby.ask('SELECT id FROM users', { database: 'latchkey' })).map(({ id }) => id));
  const lost = acknowledged.filter((id) => !found.has(id)).length;
  console.log(`      ${kind}: ${JSON.stringify(statuses)}; ${duringHang} acknowledged while the line hung`);
  const bad = Object.keys(statuses).filter((name) => !/ (200|201|503)$/.test(name));
  stage.check(`${kind}: nothing but 200, 201 and 503`, bad.length === 0, bad.join(', '));
  stage.check(
    `${kind}: recovers without a restart`,
    !node.gone,
    `first 201 ${(recoveredMs / 1_000).toFixed(1)} s after the promotion; no 201 for ${(longestAway / 1_000).toFixed(1)} s`,
  );
  stage.check(
    synchronous ? `${kind}: no acknowledged account is missing` : `${kind}: acknowledged accounts missing`,
    !synchronous || lost === 0,
    `${lost} of ${acknowledged.length}`,
  );
  await node.end('SIGKILL');
}

/** Whether haproxy leads to a server. */
async function answers(stage, url) {
  try {
    await (await stage.client(url)).end();
    return true;
  } catch {
    return undefined;
  }
}
