// A thousand nodes on one database: does the heartbeat reach each of them in time, and what does it cost PostgreSQL?
//
//   npm run build && node bench/reliability/heartbeat-fleet.mjs [nodes] [seconds]
//
// 1,000 feeds of dist/ (or `nodes`), the server's own code with a connection each, run in four processes; nothing else of the servers runs.
// For 30 s (or `seconds`) the script measures how old each heartbeat is when a node hears it, by the clock that all share here, and how much
// processor time PostgreSQL takes. Then it kills the connection of the node that beats, five times, and measures how long the others were
// without a heartbeat.
// PASS: p99 of the age at most 500 ms, PostgreSQL takes at most a quarter of a core, no node is ever silent without a killed connection, and
// after each kill the next heartbeat comes within 1.5 s. Takes a minute and a half.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { percentile } from '../statistics.mjs';
import { inParallel, run, spread, until } from './stage.mjs';

const PROCESSES = 4;
const AGE_MS = 500;
const CORES = 0.25;
const GAP_MS = 1_500;
const KILLS = 5;
const SETTLE_MS = 5_000;
/** Processor time in /proc is counted in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const LOCKS = `SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = hashtext('latchkey:beat')::bigint & 4294967295`;

/** In a process of its own: opens feeds, and sends what they heard whenever it is asked. */
async function listen(url, count) {
  const { Logger } = await import('@nestjs/common');
  Logger.overrideLogger(['error']);
  const { DatabaseFeed } = await import('../../dist/database/feed/database-feed.service.js');
  const ages = [];
  const heardAt = [];
  const gaps = [];
  let silent = 0;
  const feeds = Array.from({ length: count }, () => new DatabaseFeed({ observe() {} }, { DATABASE_URL: url }));
  await inParallel(count, 20, async (i) => {
    const feed = feeds[i];
    feed.subscribe({ channel: 'latchkey_revocations', received() {}, catchUp: async () => {} });
    feed.onBeat(() => {
      const now = performance.timeOrigin + performance.now();
      ages.push(now - feed.completeUntil);
      if (heardAt[i] !== undefined) gaps[i] = Math.max(gaps[i] ?? 0, now - heardAt[i]);
      heardAt[i] = now;
    });
    await feed.onApplicationBootstrap();
  });
  setInterval(() => (silent += feeds.filter((feed) => !feed.healthy).length), 100);
  process.on('message', () => {
    process.send({ ages: ages.splice(0), gap: Math.max(0, ...gaps.splice(0)), silent });
    silent = 0;
  });
  process.send('ready');
}

/** The fields of a process in /proc after its name, from its state on; all but that one are numbers. */
function statOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

/** Processor time of PostgreSQL and its processes, s. */
function processorSeconds(postmaster) {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent, , , , , , , , , , user, system, userOfDead, systemOfDead] = statOf(pid);
      if (Number(pid) === postmaster) ticks += userOfDead + systemOfDead + user + system;
      else if (parent === postmaster) ticks += user + system;
    } catch {
      // It has just ended.
    }
  }
  return ticks / TICKS_PER_SECOND;
}

/** Starts the PostgreSQL of the stage again, by the same command, for more connections. @returns its process id */
async function restartWith(stage, connections) {
  const { url } = stage.postgres;
  const before = await stage.client(url);
  const { rows } = await before.query('SELECT pg_backend_pid() AS pid');
  const old = statOf(rows[0].pid)[1];
  await before.end();
  const [command, ...options] = readFileSync(`/proc/${old}/cmdline`, 'utf8').split('\0').slice(0, -1);
  const { uid, gid } = statSync(`/proc/${old}`);
  await stage.stopPostgres();
  const server = spawn(command, [...options, '-c', `max_connections=${connections}`], { uid, gid, stdio: 'ignore', cwd: '/' });
  stage.onClose(async () => {
    const exit = once(server, 'exit');
    server.kill('SIGINT');
    await exit;
  });
  await until('PostgreSQL', 30, async () => (await stage.client(url).catch(() => undefined))?.end().then(() => true));
  return server.pid;
}

async function main() {
  const nodes = Number(process.argv[2] ?? 1_000);
  const seconds = Number(process.argv[3] ?? 30);
  await run(`R16: the heartbeat of ${nodes} nodes`, 600, async (stage) => {
    const postmaster = await restartWith(stage, nodes + 50);
    const database = await stage.createDatabase();
    const client = await stage.client(database);

    const children = Array.from({ length: PROCESSES }, () =>
      fork(fileURLToPath(import.meta.url), ['listen', database, String(Math.ceil(nodes / PROCESSES))]),
    );
    stage.onClose(() => children.forEach((child) => child.kill()));
    await Promise.all(children.map((child) => once(child, 'message')));
    const heard = async () => {
      const answers = await Promise.all(
        children.map(async (child) => {
          const answer = once(child, 'message');
          child.send('tell');
          return (await answer)[0];
        }),
      );
      return {
        ages: answers.flatMap(({ ages }) => ages),
        gap: Math.max(...answers.map(({ gap }) => gap)),
        silent: answers.reduce((sum, { silent }) => sum + silent, 0),
      };
    };

    await wait(SETTLE_MS);
    await heard();
    const before = { cpu: processorSeconds(postmaster), at: performance.now() };
    await wait(seconds * 1_000);
    const cores = (processorSeconds(postmaster) - before.cpu) / ((performance.now() - before.at) / 1_000);
    const { ages, gap, silent } = await heard();
    console.log(`      age of a heartbeat: ${spread(ages)}; longest time between two ${gap.toFixed(0)} ms`);
    stage.check('age of heartbeats, p99', percentile(ages, 0.99) <= AGE_MS, `${percentile(ages, 0.99).toFixed(1)} ms`);
    stage.check('PostgreSQL', cores <= CORES, `${(cores * 100).toFixed(0)} % of a core`);
    stage.check('no node is silent', silent === 0, `${silent} times, looked at ten times a second each`);

    for (let kill = 1; kill <= KILLS; kill += 1) {
      await client.query(`SELECT pg_terminate_backend(pid) FROM (${LOCKS}) holders`);
      await wait(4_000);
      const after = await heard();
      stage.check(`kill ${kill} of the node that beats`, after.gap <= GAP_MS, `at most ${after.gap.toFixed(0)} ms without a heartbeat`);
    }
  });
}

const [task, url, count] = process.argv.slice(2);
await (task === 'listen' ? listen(url, Number(count)) : main());
