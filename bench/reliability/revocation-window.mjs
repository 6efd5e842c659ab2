// A million ended sessions: does a node that streams them stay quick, and small?
//
//   npm run build && node bench/reliability/revocation-window.mjs [sessions] [streams]
//
// The script measures the memory of a server without ended sessions, then fills the window with 1,000,000 (or `sessions`) by SQL, starts the
// server again, and follows `GET /v1/revocations` from another process, first once and then 20 times (or `streams`) at the same time, as
// after the restart of a node that many backends follow. Meanwhile it sends 200 requests a second to `GET /v1/auth/verify`.
// PASS: the first event of a single stream comes within 0.5 s, the p99 of `verify` is at most 50 ms in both rounds, the server never has more
// than 150 MB more than without ended sessions, and every stream tells all of them. Takes two minutes.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { percentile } from '../statistics.mjs';
import { call, run, signedIn, spread, until } from './stage.mjs';

const CLIENT = 'bench:a-backend-that-checks-tokens-itself';
const FIRST_MS = 500;
const VERIFY_MS = 50;
const MEMORY_MB = 150;
const VERIFY_EVERY_MS = 5;

/** In a process of its own: follows streams until each has told all. Sends the time of the first event and of the last, ms, for each. */
async function follow(port, sessions, streams) {
  const startedAt = performance.now();
  const one = async () => {
    const headers = { authorization: `Basic ${Buffer.from(CLIENT).toString('base64')}` };
    const sent = request({ host: '127.0.0.1', port, path: '/v1/revocations', headers, agent: false });
    sent.end();
    const [answer] = await once(sent, 'response');
    let events = 0;
    let firstMs;
    let rest = '';
    for await (const bytes of answer) {
      const text = rest + bytes.toString('latin1');
      const found = text.split('"sessionId"').length - 1;
      rest = text.slice(text.lastIndexOf('\n') + 1);
      events += found;
      if (found > 0) firstMs ??= performance.now() - startedAt;
      if (events >= sessions) break;
    }
    return { events, firstMs, allMs: performance.now() - startedAt };
  };
  if (streams === 0) await wait(5_000);
  process.send(await Promise.all(Array.from({ length: streams }, one)));
}

const memoryMb = (pid, field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1_024;

async function streamAndVerify(node, token, sessions, streams) {
  const times = [];
  let busy = true;
  let most = 0;
  const verifying = (async () => {
    const sent = [];
    while (busy) {
      const verified = call(node.port, 'GET', '/v1/auth/verify', { token });
      sent.push(verified.then(({ status, ms }) => times.push(status === 204 ? ms : Number.NaN)));
      most = Math.max(most, memoryMb(node.process.pid, 'VmRSS'));
      await wait(VERIFY_EVERY_MS);
    }
    await Promise.all(sent);
  })();
  const child = fork(fileURLToPath(import.meta.url), ['follow', node.port, sessions, streams].map(String));
  const [followed] = await once(child, 'message');
  child.kill();
  busy = false;
  await verifying;
  return { followed, times, most };
}

/** Opens a stream and waits for its heartbeat: the server has loaded all that is past. */
async function loaded(port) {
  const headers = { authorization: `Basic ${Buffer.from(CLIENT).toString('base64')}` };
  await until('a heartbeat', 120, async () => {
    const sent = request({ host: '127.0.0.1', port, path: `/v1/revocations?cursor=${Date.now() + 3_600_000}`, headers, agent: false });
    sent.end();
    const [answer] = await once(sent, 'response');
    const timer = setTimeout(() => sent.destroy(), 1_000);
    try {
      for await (const bytes of answer) if (bytes.toString().includes('heartbeat')) return true;
    } catch {
      // None yet: the next try.
    } finally {
      clearTimeout(timer);
      sent.destroy();
    }
    return undefined;
  });
}

async function main() {
  const sessions = Number(process.argv[2] ?? 1_000_000);
  const crowd = Number(process.argv[3] ?? 20);
  await run(`R16: ${sessions} ended sessions`, 900, async (stage) => {
    const database = await stage.createDatabase();
    const env = { OAUTH_CLIENTS: CLIENT };
    const empty = await stage.node(database, env);
    let user = await signedIn(empty.port);
    for (let i = 0; i < 500; i += 1) await call(empty.port, 'GET', '/v1/auth/verify', { token: user.accessToken });
    await loaded(empty.port);
    await wait(2_000);
    const base = memoryMb(empty.process.pid, 'VmRSS');
    await empty.end();

    const client = await stage.client(database);
    await client.query(
      `INSERT INTO revocations (session_id, revoked_at)
       SELECT gen_random_uuid(), now() - make_interval(secs => 600 * (1 - n::float8 / $1)) FROM generate_series(1, $1::int) AS n`,
      [sessions],
    );
    await client.query('ANALYZE revocations');
    const startedAt = performance.now();
    const node = await stage.node(database, env);
    const pid = node.process.pid;
    await loaded(node.port);
    console.log(`      loaded ${((performance.now() - startedAt) / 1_000).toFixed(1)} s after the start of the process`);
    user = await signedIn(node.port);
    // On a busy machine this says how much of the rest is the stream's.
    console.log(`      verify without a stream: ${spread((await streamAndVerify(node, user.accessToken, sessions, 0)).times)}`);
    for (const streams of [1, crowd]) {
      const { followed, times, most } = await streamAndVerify(node, user.accessToken, sessions, streams);
      const first = Math.max(...followed.map(({ firstMs }) => firstMs));
      const all = Math.max(...followed.map(({ allMs }) => allMs));
      const name = streams === 1 ? '1 stream' : `${streams} streams`;
      console.log(`      ${name}: first event after ${first.toFixed(0)} ms, all told after ${(all / 1_000).toFixed(1)} s`);
      console.log(`      verify: ${spread(times)}`);
      if (streams === 1) stage.check('first event', first <= FIRST_MS, `${first.toFixed(0)} ms`);
      stage.check(
        `${name}: told everything`,
        followed.every(({ events }) => events >= sessions),
        `${followed[0].events} events each`,
      );
      stage.check(`${name}: verify p99`, percentile(times, 0.99) <= VERIFY_MS, `${percentile(times, 0.99).toFixed(1)} ms`);
      stage.check(`${name}: memory`, most - base <= MEMORY_MB, `${most.toFixed(0)} MB, ${base.toFixed(0)} MB without ended sessions`);
    }
    const peak = memoryMb(pid, 'VmHWM');
    stage.check('memory at its highest', peak - base <= MEMORY_MB, `${peak.toFixed(0)} MB, while it loaded, too`);
  });
}

const [task, ...rest] = process.argv.slice(2);
await (task === 'follow' ? follow(...rest.map(Number)) : main());
