// A closed-loop load: each lane keeps one connection and sends its next request when the previous one is answered.
import { Client } from 'undici';

/** Sends one request outside any load. */
export async function call(origin, request) {
  const client = new Client(origin);
  try {
    return await send(client, request, true);
  } finally {
    await client.close();
  }
}

/**
 * Sends the requests of `next(lane)` over `lanes` connections for `seconds`; an unexpected status throws.
 *
 * `awake` keeps this process busy between answers. Waking it costs the server's machine a third of a cheap request, which a client on
 * another machine would not cause. Do not use it where the processors are the bottleneck, as with passwords.
 * @returns the latencies, ms, and the duration, s
 */
export async function load(origin, { lanes, seconds, next, onAnswer, awake = false }) {
  const stopSpinning = awake ? spin() : () => {};
  const clients = Array.from({ length: lanes }, () => new Client(origin, { pipelining: 1 }));
  const latencies = [];
  const startedAt = performance.now();
  const end = startedAt + seconds * 1_000;
  const work = async (client, lane) => {
    for (let now = performance.now(); now < end;) {
      const answer = await send(client, next(lane), onAnswer !== undefined);
      onAnswer?.(lane, answer);
      const later = performance.now();
      latencies.push(later - now);
      now = later;
    }
  };
  try {
    await Promise.all(clients.map(work));
  } finally {
    stopSpinning();
    await Promise.all(clients.map((client) => client.destroy()));
  }
  return { latencies, seconds: (performance.now() - startedAt) / 1_000 };
}

async function send(client, { method = 'GET', path, headers, body, expect = 200 }, read) {
  const sent =
    body === undefined ? { headers } : { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  const answer = await client.request({ method, path, ...sent });
  const text = await answer.body.text();
  if (answer.statusCode !== expect && expect !== 'any') throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
  return read ? { status: answer.statusCode, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) } : undefined;
}

function spin() {
  let over = false;
  const turn = () => over || setImmediate(turn);
  turn();
  return () => {
    over = true;
  };
}
