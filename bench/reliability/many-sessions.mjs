// Does ending 200,000 sessions of one account hold others up?
//
//   npm run build && node bench/reliability/many-sessions.mjs [sessions]
//
// One server on a durable PostgreSQL. An account gets so many sessions by SQL, as accounts may have them from before there was a cap. Then
// it signs out everywhere, while another account reads its profile and refreshes without pause. The script compares the longest request of
// the other account with the longest one without the sign-out, measured for as long (30 s at most). PASS: at most 50 ms more. About 2 min.
// On a busy machine the sign-out takes longer than the minute after which the server closes a silent connection; it goes on all the same.
import { call, run, signedIn, spread, until } from './stage.mjs';

const SESSIONS = Number(process.argv[2] ?? 200_000);
const LIMIT_MS = 50;
/** How long requests run beforehand, so that the server has compiled what they need, ms. */
const WARM_UP_MS = 3_000;
const LONGEST_QUIET_MS = 30_000;

await run(`Ending ${SESSIONS} sessions at once`, 600, async (stage) => {
  const url = await stage.createDatabase();
  const { port } = await stage.node(url);
  const database = await stage.client(url);
  const crowd = await signedIn(port);
  const reader = await signedIn(port);
  let { refreshToken } = await signedIn(port);

  /** Requests one after the other for as long as `goesOn` says. @returns how long each took, ms */
  async function requests(goesOn) {
    const times = [];
    while (goesOn()) {
      const refreshed = await call(port, 'POST', '/v1/auth/refresh', { body: { refreshToken } });
      refreshToken = refreshed.body.refreshToken;
      const read = await call(port, 'GET', '/v1/users/me', { token: reader.accessToken });
      if (refreshed.status !== 200 || read.status !== 200) throw new Error(`others got ${refreshed.status} and ${read.status}`);
      times.push(refreshed.ms, read.ms);
    }
    return times;
  }
  const forMs = (ms) => {
    const end = performance.now() + ms;
    return () => performance.now() < end;
  };

  await database.query(
    `INSERT INTO sessions (id, user_id, client_id, idle_expires_at, expires_at)
     SELECT gen_random_uuid(), id, 'latchkey', now() + interval '1 day', now() + interval '1 day' FROM users, generate_series(1, $2::int)
     WHERE email = $1`,
    [crowd.email, SESSIONS],
  );
  await database.query('ANALYZE sessions');
  // What the script wrote is not to be flushed while it measures.
  await database.query('CHECKPOINT');
  await requests(forMs(WARM_UP_MS));

  let isDone = false;
  const startedAt = performance.now();
  const areEnded = async () => {
    const { rows } = await database.query(
      'SELECT 1 FROM sessions JOIN users ON users.id = user_id WHERE email = $1 AND revoked_at IS NULL LIMIT 1',
      [crowd.email],
    );
    return rows.length === 0 ? true : undefined;
  };
  const ended = call(port, 'POST', '/v1/auth/logout-all', { token: crowd.accessToken })
    .then(({ status }) => status)
    .catch(() => until('all sessions to end', 400, areEnded, 1_000).then(() => 204))
    .finally(() => (isDone = true));
  const beside = await requests(() => !isDone);
  const status = await ended;
  const tookMs = performance.now() - startedAt;
  const quiet = await requests(forMs(Math.min(tookMs, LONGEST_QUIET_MS)));
  stage.check(`${SESSIONS} sessions end`, status === 204 && (await areEnded()), `in ${(tookMs / 1_000).toFixed(1)} s`);
  console.log(`      others beside it  ${spread(beside)}`);
  console.log(`      others without it ${spread(quiet)}`);
  const more = Math.max(...beside) - Math.max(...quiet);
  stage.check(`nobody is held up for more than ${LIMIT_MS} ms`, more <= LIMIT_MS, `longest ${more.toFixed(1)} ms more`);
});
