// What does a sign-up cost with a webhook that is told of it, as a multiple of one without any webhook? And how many events a second does a
// server deliver from a queue that is full?
//
//   npm run build && node bench/webhooks.mjs [sign-ups in a round] [rounds] [events in the queue]
//
// One server with its own PostgreSQL, and a receiver in this process. Rounds with and without a webhook alternate. In a round with one the
// clock stops when the receiver has every event, so that sending is counted too. Prints the processor time of server and database for a
// sign-up (both belong to this script) and the ratio of the medians. Then a queue of events for four webhooks of that receiver is made due at once; the
// clock stops when all of them are on record as delivered. Takes a minute or two on a quiet machine.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { median } from './statistics.mjs';
import { call, inParallel, PASSWORD, register, run, until } from './reliability/stage.mjs';

const SIGN_UPS = Number(process.argv[2] ?? 200);
const ROUNDS = Number(process.argv[3] ?? 5);
const QUEUED = Number(process.argv[4] ?? 20_000);
const MOST = 1.3;
/** Events a second, for one server. */
const LEAST = 1_000;
/** One endpoint gets at most a quarter of a server's attempts. */
const ENDPOINTS = 4;

/** Processor time of everything that this process has started, seconds (Linux). */
function cpuSeconds() {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        // Behind the name in brackets: state, parent, …, and at 11 and 12 the ticks in user and system mode.
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        return [{ pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
      } catch {
        return [];
      }
    });
  const family = new Set([process.pid]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.reduce((sum, { pid, ticks }) => (family.has(pid) && pid !== process.pid ? sum + ticks / 100 : sum), 0);
}

await run('Webhooks', 900, async (stage) => {
  const url = await stage.createDatabase();
  const node = await stage.node(url, { OUTBOUND_ALLOW_PRIVATE: 'true' });
  const database = await stage.client(url);
  let received = 0;
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
    received += 1;
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');

  const { email, id } = await register(node.port);
  await database.query(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [id]);
  const { body } = await call(node.port, 'POST', '/v1/auth/login', { body: { identifier: email, password: PASSWORD } });
  const addWebhook = async () => {
    const answer = await call(node.port, 'POST', '/v1/webhooks', {
      token: body.accessToken,
      body: { url: `http://127.0.0.1:${receiver.address().port}/`, types: ['account.registered'] },
    });
    if (answer.status !== 201) throw new Error(`webhook: ${answer.status}`);
  };
  await addWebhook();

  const costs = { without: [], with: [] };
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const kind of ['without', 'with']) {
      await database.query(`UPDATE webhook_endpoints SET enabled_at = ${kind === 'with' ? 'now()' : 'NULL'}`);
      received = 0;
      const before = cpuSeconds();
      const startedAt = performance.now();
      await inParallel(SIGN_UPS, 4, () => register(node.port));
      if (kind === 'with') await until('all events', 120, () => (received >= SIGN_UPS ? true : undefined), 20);
      const seconds = (performance.now() - startedAt) / 1_000;
      const cpu = (cpuSeconds() - before) / SIGN_UPS;
      // The first round warms up.
      if (round < 0) continue;
      costs[kind].push(cpu);
      console.log(
        `      ${kind} a webhook: ${(cpu * 1_000).toFixed(1)} ms of processor time a sign-up, ${(SIGN_UPS / seconds).toFixed(0)} a second`,
      );
    }
  }

  for (let i = 1; i < ENDPOINTS; i += 1) await addWebhook();
  await database.query('UPDATE webhook_endpoints SET enabled_at = now()');
  await database.query(
    `WITH recorded AS (
       INSERT INTO audit_events (action, outcome, actor_id, subject_id, details)
       SELECT 'account.updated', 'success', $1, $1, '{"fields": "firstName"}' FROM generate_series(1, $2) RETURNING *)
     INSERT INTO webhook_deliveries (endpoint_id, event_id, event_at, type, version, next_at)
     SELECT e.id, recorded.id, recorded.occurred_at, recorded.action, 1, 'infinity' FROM recorded, webhook_endpoints e`,
    [id, Math.ceil(QUEUED / ENDPOINTS)],
  );
  await database.query('VACUUM ANALYZE webhook_deliveries');
  const { rowCount: queued } = await database.query(`UPDATE webhook_deliveries SET next_at = now() WHERE next_at = 'infinity'`);
  const startedAt = performance.now();
  await until('an empty queue', 300, async () => {
    const { rows } = await database.query(`SELECT EXISTS (SELECT FROM webhook_deliveries WHERE state IN ('pending', 'failed')) AS waits`);
    return rows[0].waits ? undefined : true;
  });
  const rate = queued / ((performance.now() - startedAt) / 1_000);
  receiver.closeAllConnections();
  receiver.close();
  stage.check(`a server delivers at least ${LEAST} events a second`, rate >= LEAST, rate.toFixed(0));
  const ratio = median(costs.with) / median(costs.without);
  stage.check(`a sign-up that a webhook is told of costs at most ${MOST} times as much`, ratio <= MOST, ratio.toFixed(2));
});
