// Measures "who am I", sent 100 times a second, without other load and while 64 sign-ins are in flight.
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { load } from './load.mjs';
import { percentile } from '../statistics.mjs';
import { signedIn } from './works.mjs';

const SIGN_INS = 64;
const PER_SECOND = 100;
const CONNECTIONS = 50;

/** @returns { quiet, busy } with { p50, p99 }, ms */
export async function measureOverload(subject, seconds) {
  const session = await signedIn(subject);
  const account = subject.newAccount();
  await load(subject.server.origin, { lanes: 1, seconds: 0.001, next: () => subject.signUp(account) });
  const quiet = await askOnTime(subject, session, seconds);
  const [busy] = await Promise.all([
    wait(1_000).then(() => askOnTime(subject, session, seconds)),
    load(subject.server.origin, { lanes: SIGN_INS, seconds: seconds + 1.5, next: () => subject.signIn(account) }),
  ]);
  return { quiet, busy };
}

async function askOnTime(subject, session, seconds) {
  const pool = new Pool(subject.server.origin, { connections: CONNECTIONS, pipelining: 1 });
  const { path, headers } = subject.whoAmI(session);
  const times = [];
  const ask = async (dueAt) => {
    const answered = await pool.request({ method: 'GET', path, headers }).then(
      ({ statusCode, body }) => body.dump().then(() => statusCode === 200),
      () => false,
    );
    // A failed request counts as infinitely slow. The time between its schedule and its sending counts, too.
    times.push(answered ? performance.now() - dueAt : Number.POSITIVE_INFINITY);
  };
  const pending = [];
  const startedAt = performance.now();
  for (let i = 0; i < seconds * PER_SECOND; i += 1) {
    const dueAt = startedAt + (i / PER_SECOND) * 1_000;
    const early = dueAt - performance.now();
    if (early > 0) await wait(early);
    pending.push(ask(performance.now()));
  }
  await Promise.all(pending);
  await pool.close();
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
