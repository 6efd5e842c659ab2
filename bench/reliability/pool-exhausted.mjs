// Blocks the pool, stops and freezes the database: does every request get an answer, and does the server recover?
//
//   npm run build && node bench/reliability/pool-exhausted.mjs
//
// One server with the default pool of 10 connections.
// 1. Another session locks the table of users: 100 requests arrive, and the first ten occupy the pool.
// 2. PostgreSQL is stopped for 5 s and started again.
// 3. PostgreSQL is frozen (SIGSTOP): connections stay open but nothing answers, as when a machine dies.
// 4. PostgreSQL is frozen again, and the server gets SIGTERM.
// PASS: in 1 and 2 every request gets 503 with Retry-After within 2 s. In 3 this takes at most 14 s for requests that hold a connection,
// and 2 s for all others. Afterwards the same server process answers 200 without help. In 4 it ends within 30 s. It writes only to its log,
// nothing to standard error. Takes about 90 s.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PASSWORD, call, run, signedIn, spread, until } from './stage.mjs';

await run('R10, R2: pool exhausted, database stopped, database frozen', 300, async (stage) => {
  const database = await stage.createDatabase();
  const node = await stage.node(database);
  const user = await signedIn(node.port);
  const me = () => call(node.port, 'GET', '/v1/users/me', { token: user.accessToken });
  const signIn = () => call(node.port, 'POST', '/v1/auth/login', { body: { identifier: user.email, password: PASSWORD } });
  const many = (count, ask) => Promise.all(Array.from({ length: count }, ask));
  const report = (what, answers, limitMs) => {
    const slowest = Math.max(...answers.map(({ ms }) => ms));
    const polite = answers.every(({ status, headers }) => status === 503 && Number(headers['retry-after']) > 0);
    const statuses = [...new Set(answers.map(({ status }) => status))].join(', ');
    stage.check(
      `${what}: 503 with Retry-After within ${limitMs / 1_000} s`,
      polite && slowest <= limitMs,
      `status ${statuses}, ${spread(answers.map(({ ms }) => ms))}`,
    );
  };
  const healed = async (since) => {
    await until('a 200', 30, async () => ((await me()).status === 200 ? true : undefined));
    const ms = performance.now() - since;
    await until('a sign-in', 30, async () => ((await signIn()).status === 200 ? true : undefined));
    await until('readiness', 30, async () => ((await call(node.port, 'GET', '/health/ready')).status === 200 ? true : undefined));
    stage.check('heals without a restart', !node.gone, `first 200 after ${ms.toFixed(0)} ms`);
  };

  const blocker = await stage.client(database);
  await blocker.query('BEGIN; LOCK TABLE users');
  report('pool exhausted', await many(100, (_, i) => (i % 5 === 0 ? signIn() : me())), 2_000);
  const live = await call(node.port, 'GET', '/health/live');
  stage.check('it is still alive for its supervisor', live.status === 200, `${live.ms.toFixed(1)} ms`);
  await blocker.query('ROLLBACK');
  await healed(performance.now());

  await stage.stopPostgres();
  const stopped = [];
  for (let i = 0; i < 10; i += 1) {
    stopped.push(...(await many(10, (_, n) => (n % 5 === 0 ? signIn() : me()))));
    await wait(500);
  }
  report('PostgreSQL stopped', stopped, 2_000);
  await stage.startPostgres();
  await healed(performance.now());

  await many(40, me);
  const postmaster = Number(readFileSync(join(stage.postgres.dataDir, 'pgdata', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const processes = [
    postmaster,
    ...execFileSync('ps', ['--ppid', String(postmaster), '-o', 'pid='])
      .toString()
      .split('\n')
      .map(Number)
      .filter(Boolean),
  ];
  const signal = (name) => {
    for (const pid of processes) {
      try {
        process.kill(pid, name);
      } catch {
        // This backend has already ended.
      }
    }
  };
  signal('SIGSTOP');
  try {
    const first = many(20, me);
    await wait(1_000);
    const later = await many(20, me);
    report('PostgreSQL frozen, all connections held', later, 2_000);
    report('PostgreSQL frozen, those that hold them', await first, 14_000);
    report('PostgreSQL frozen, afterwards', await many(20, me), 2_000);
  } finally {
    signal('SIGCONT');
  }
  await healed(performance.now());

  signal('SIGSTOP');
  try {
    const asked = many(5, me).catch(() => {});
    await wait(200);
    const startedAt = performance.now();
    await node.end('SIGTERM');
    const seconds = (performance.now() - startedAt) / 1_000;
    stage.check('PostgreSQL frozen: the server ends within 30 s', seconds <= 30, `${seconds.toFixed(1)} s`);
    await asked;
  } finally {
    signal('SIGCONT');
  }
  stage.check('it wrote nothing beside its log', node.stderr === '', node.stderr.slice(0, 300));
});
