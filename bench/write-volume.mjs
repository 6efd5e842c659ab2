// How much does a request write? The figures of docs/large-installations.md for the write-ahead log and the size of the tables come from here.
//
//   npm run build && node bench/write-volume.mjs [requests]
//
// One server, without mail. For each kind of request, 2,000 times (or `requests`) after a checkpoint: the bytes of the write-ahead log,
// including the full pages that PostgreSQL writes when it first changes a page after a checkpoint. At the end the size of a row of the tables
// that grow, with its indexes. Takes about two minutes.
import { PASSWORD, call, inParallel, register, run, until } from './reliability/stage.mjs';

const REQUESTS = Number(process.argv[2] ?? 2_000);
const ACCOUNTS = Math.ceil(REQUESTS / 4);

await run('Write volume', 600, async (stage) => {
  const url = await stage.createDatabase();
  const node = await stage.node(url, { MAIL_WORKER: 'off' });
  const database = await stage.client(url);
  const { port } = node;
  const wal = async () => {
    const { rows } = await database.query('SELECT pg_current_wal_insert_lsn() AS at');
    return rows[0].at;
  };
  const measure = async (what, count, work) => {
    await database.query('CHECKPOINT');
    const from = await wal();
    await inParallel(count, 8, work);
    const to = await wal();
    const { rows } = await database.query('SELECT ($2::pg_lsn - $1::pg_lsn)::bigint AS bytes', [from, to]);
    console.log(
      `      ${what}: ${(Number(rows[0].bytes) / count).toFixed(0)} bytes of log a request, ${count} requests after a checkpoint`,
    );
    return Number(rows[0].bytes) / count;
  };

  const people = [];
  const first = await measure('sign-up, first half', ACCOUNTS / 2, async () => people.push(await register(port)));
  const second = await measure('sign-up, second half', ACCOUNTS / 2, async () => people.push(await register(port)));
  const sessions = [];
  const signIn = async (i) => {
    const { body } = await call(port, 'POST', '/v1/auth/login', {
      body: { identifier: people[i % people.length].email, password: PASSWORD },
    });
    sessions.push({ ...body });
  };
  const signedIn = await measure('sign-in', REQUESTS, signIn);
  const refresh = async (i) => {
    const session = sessions[i % sessions.length];
    const { status, body } = await call(port, 'POST', '/v1/auth/refresh', { body: { refreshToken: session.refreshToken } });
    if (status !== 200) throw new Error(`refresh: ${status}`);
    Object.assign(session, body);
  };
  await measure('refresh, first round', REQUESTS, refresh);
  const refreshed = await measure('refresh, second round', REQUESTS, refresh);
  const signedOut = await measure('sign-out', REQUESTS, async (i) => {
    // On a busy machine two sessions of one account may wait too long for each other.
    await until('a sign-out', 10, async () => {
      const { status } = await call(port, 'POST', '/v1/auth/logout', { token: sessions[i].accessToken });
      return status === 204 ? true : undefined;
    });
  });
  for (const table of ['users', 'sessions', 'audit_events', 'revocations']) {
    // A table without partitions is not in its own partition tree.
    const found = await database.query(
      `SELECT (SELECT count(*) FROM ${table})::int AS count,
              coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('${table}')), pg_total_relation_size('${table}'))::bigint AS bytes`,
    );
    const { count, bytes } = found.rows[0];
    console.log(`      ${table}: ${(Number(bytes) / count).toFixed(0)} bytes a row with indexes, ${count} rows`);
  }
  stage.check('every kind of request writes to the log', Math.min(first, second, signedIn, refreshed, signedOut) > 0);
});
