// A flood of sign-ins: does everything else stay quick, and is the queue bounded?
//
//   npm run build && node bench/reliability/overload.mjs [seconds]
//
// One server. First `GET /v1/users/me` and the health endpoints are measured without other load; then while 64 sign-ins are in
// flight all the time, for 15 s each (or as many as named). Then 600 sign-ins at once, half of them of accounts that do not exist.
// PASS: with 64 sign-ins p99 of `me` is at most 50 ms, of health too; of the 600, at most 256 are admitted at a time and the others
// answered 503 with Retry-After, known and unknown accounts alike. The client shares the cores with the server and the database. About 60 s.
import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../statistics.mjs';
import { PASSWORD, call, run, signedIn, spread } from './stage.mjs';

const SECONDS = Number(process.argv[2] ?? 15);
const SIGN_INS = 64;
const FLOOD = 600;
/** Sign-ins that the server admits at a time. */
const QUEUE = 256;
const LIMIT_MS = 50;
/** Longest time for which an answer is under way to a busy client, ms. */
const UNDER_WAY_MS = 50;
/** Requests a second of each kind that are measured; sent on time, whether or not earlier ones were answered. */
const PER_SECOND = 100;

/** Times of `ask`, sent PER_SECOND times a second; a request that fails counts as one that took for ever. */
async function measure(ask) {
  const times = [];
  const pending = [];
  const startedAt = performance.now();
  for (let i = 0; i < SECONDS * PER_SECOND; i += 1) {
    const due = startedAt + (i / PER_SECOND) * 1_000;
    if (due > performance.now()) await wait(due - performance.now());
    pending.push(ask().then(({ status, ms }) => times.push(status === 200 ? ms : Number.POSITIVE_INFINITY)));
  }
  await Promise.all(pending);
  return times;
}

await run('R9: 64 sign-ins in flight, and 600 at once', 240, async (stage) => {
  const { port } = await stage.node(await stage.createDatabase());
  const users = [];
  for (let i = 0; i < 16; i += 1) users.push(await signedIn(port));
  const signIn = (identifier) => call(port, 'POST', '/v1/auth/login', { body: { identifier, password: PASSWORD } });
  let turn = 0;
  const measured = {
    'GET /v1/users/me': () => call(port, 'GET', '/v1/users/me', { token: users[(turn += 1) % users.length].accessToken }),
    'GET /health/live': () => call(port, 'GET', '/health/live'),
    'GET /health/ready': () => call(port, 'GET', '/health/ready'),
  };
  const measureAll = () => Promise.all(Object.entries(measured).map(async ([name, ask]) => ({ name, times: await measure(ask) })));

  for (const { name, times } of await measureAll()) console.log(`      quiet  ${name}  ${spread(times)}`);

  const signInTimes = [];
  let flooding = true;
  const lanes = Array.from({ length: SIGN_INS }, async (_, i) => {
    while (flooding) {
      const { status, ms } = await signIn(users[i % users.length].email);
      if (status !== 200) throw new Error(`sign-in: ${status}`);
      signInTimes.push(ms);
    }
  });
  await wait(1_000);
  const busy = await measureAll();
  flooding = false;
  await Promise.all(lanes);
  console.log(`      busy   sign-ins  ${spread(signInTimes)}; ${(signInTimes.length / (SECONDS + 1)).toFixed(0)} a second`);
  for (const { name, times } of busy)
    stage.check(`with ${SIGN_INS} sign-ins p99 of ${name} ≤ ${LIMIT_MS} ms`, percentile(times, 0.99) <= LIMIT_MS, spread(times));

  const answers = await Promise.all(
    Array.from({ length: FLOOD }, async (_, i) => {
      const known = i % 2 === 0;
      const { status, headers, body, ms } = await signIn(known ? users[i % users.length].email : `nobody.${i}@example.com`);
      return { known, status, code: body.code, retryAfter: headers['retry-after'], ms, at: performance.now() };
    }),
  );
  const refused = answers.filter(({ status }) => status === 503);
  const admitted = answers.filter(({ status }) => status !== 503);
  // Places of those that were answered while others still arrived have been given away again. The server gives a place away a moment
  // before its answer is seen here.
  const lastRefusal = Math.max(...refused.map(({ at }) => at));
  const early = admitted.filter(({ at }) => at < lastRefusal + UNDER_WAY_MS).length;
  stage.check(
    `at most ${QUEUE} are admitted at a time`,
    refused.length > 0 && admitted.length - early <= QUEUE,
    `${admitted.length} admitted, ${early} of them answered while others arrived; ${refused.length} refused`,
  );
  stage.check(
    'the refused are told server.busy and when to come back',
    refused.every(({ code, retryAfter }) => code === 'server.busy' && Number(retryAfter) > 0),
  );
  const knownShare = refused.filter(({ known }) => known).length / refused.length;
  stage.check(
    'who exists makes no difference',
    Math.abs(knownShare - 0.5) < 0.1,
    `${(knownShare * 100).toFixed(0)} % of the refused exist`,
  );
  stage.check(
    'the admitted get their right answer',
    admitted.every(({ known, status }) => status === (known ? 200 : 401)),
  );
  console.log(`      refused   ${spread(refused.map(({ ms }) => ms))}`);
  console.log(`      admitted  ${spread(admitted.map(({ ms }) => ms))}`);
  stage.check('it takes sign-ins again', (await signIn(users[0].email)).status === 200);
});
