// Floods the server with sign-ins: does everything else stay fast, and is the queue bounded?
//
//   npm run build && node bench/reliability/overload.mjs [seconds]
//
// One server. The script measures `GET /v1/users/me` and the health endpoints, first without other load, then for 15 s (or `seconds`) with
// 64 sign-ins in flight at all times. After that it sends 600 sign-ins at once, half of them for accounts that do not exist.
// PASS: with 64 sign-ins, p99 of `me` and of the health endpoints is at most 50 ms. Of the 600, at most 256 are admitted at a time; the
// others get 503 with Retry-After, known and unknown accounts alike. Client, server and database share the cores. Takes about 60 s.
import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../statistics.mjs';
import { PASSWORD, call, run, signedIn, spread } from './stage.mjs';

const SECONDS = Number(process.argv[2] ?? 15);
const SIGN_INS = 64;
const FLOOD = 600;
/** Number of sign-ins that the server admits at a time. */
const QUEUE = 256;
const LIMIT_MS = 50;
/** Maximum time between sending an answer and its arrival in a busy client, ms. */
const UNDER_WAY_MS = 50;
/** Rate of each measured request, per second. Requests are sent on schedule, whether or not earlier ones were answered. */
const PER_SECOND = 100;

/** Durations of `ask`, sent PER_SECOND times a second. A failed request counts as infinitely slow. */
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
  // The server reuses the place of an answered sign-in while other sign-ins still arrive. It frees a place slightly before the client sees
  // the answer.
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
