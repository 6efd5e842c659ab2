// Measures how long an access token still works after its session was signed out, on the same node and on another one.
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'undici';
import { call } from './load.mjs';
import { percentile } from '../statistics.mjs';
import { PATIENCE_MS } from './subjects/subject.mjs';
import { register, sessionOf } from './works.mjs';

const PAUSE_MS = 1;

/** @returns { label, same: [p50, p99], other: [p50, p99] } in ms; Infinity if the token worked until the end of the measurement */
export async function measureSignOut(subject, times) {
  const [here, there = here] = subject.nodes;
  const account = await register(subject);
  const measured = [];
  for (const node of new Set([here, there])) {
    const delays = [];
    for (let i = 0; i < times && !delays.includes(Number.POSITIVE_INFINITY); i += 1)
      delays.push(await delayOf(subject, account, here, node));
    measured.push([percentile(delays, 0.5), percentile(delays, 0.99)]);
  }
  return { label: subject.name, same: measured[0], other: measured[1] };
}

async function delayOf(subject, account, here, node) {
  const session = await sessionOf(subject, account);
  const client = new Client(node);
  const ask = async () => {
    const { path, headers } = subject.whoAmI(session);
    const { statusCode, body } = await client.request({ method: 'GET', path, headers });
    const text = await body.text();
    return subject.isSignedIn({ status: statusCode, body: text === '' ? undefined : JSON.parse(text) });
  };
  try {
    if (!(await ask())) throw new Error(`${subject.name}: a new session is not signed in`);
    await call(here, subject.signOut(session));
    const signedOutAt = performance.now();
    // `askedAt` is the time when the first refused request was sent: until then the token worked.
    for (let askedAt = signedOutAt; askedAt - signedOutAt < PATIENCE_MS; askedAt = performance.now()) {
      if (!(await ask())) return askedAt === signedOutAt ? 0 : askedAt - signedOutAt;
      await wait(PAUSE_MS);
    }
    return Number.POSITIVE_INFINITY;
  } finally {
    await client.close();
  }
}
