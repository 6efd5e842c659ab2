// 500 clients send slowly or not at all: do all others get fast answers, and does the server close the slow connections in time?
//
//   npm run build && node bench/reliability/slow-clients.mjs
//
// One server. Each of 500 connections sends a byte of a header, of a body or of a chunked body every 100 ms, or sends nothing. Meanwhile
// the script requests `GET /health/live` 50 times a second until the server has closed all connections.
// PASS: half of the answers arrive within 25 ms and all within 500 ms; all connections are closed within 30 s. Takes about 90 s.
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../statistics.mjs';
import { call, run, spread } from './stage.mjs';

const CLIENTS = 500;
const EVERY_MS = 100;
const PER_SECOND = 50;
const USUALLY_MS = 25;
const AT_WORST_MS = 500;
const LET_GO_SECONDS = 30;

const LOGIN = 'POST /v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
/** First bytes that a client sends, and the bytes that it then repeats. */
const KINDS = {
  headers: { start: 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n', rest: 'x-slow: y\r\n' },
  bodies: { start: `${LOGIN}content-length: 60000\r\n\r\n{"identifier":"`, rest: 'a' },
  'chunked bodies': { start: `${LOGIN}transfer-encoding: chunked\r\n\r\n`, rest: '1\r\na\r\n' },
  nothing: { start: '', rest: '' },
};

/** Opens the connections and keeps sending until the server has closed them. */
async function open(port, { start, rest }) {
  const clients = { left: CLIENTS };
  const sockets = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.on('close', () => (clients.left -= 1));
      socket.resume();
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      if (start !== '') socket.write(start);
      return socket;
    }),
  );
  let sent = 0;
  const dripping = setInterval(() => {
    const next = rest[sent % rest.length];
    sent += 1;
    if (next !== undefined) for (const socket of sockets) if (socket.writable) socket.write(next);
  }, EVERY_MS);
  clients.close = () => {
    clearInterval(dripping);
    for (const socket of sockets) socket.destroy();
  };
  return clients;
}

await run('500 clients send slowly', 300, async (stage) => {
  const { port } = await stage.node(await stage.createDatabase());
  for (const [name, kind] of Object.entries(KINDS)) {
    const startedAt = performance.now();
    const elapsed = () => (performance.now() - startedAt) / 1_000;
    const clients = await open(port, kind);
    const times = [];
    while (clients.left > 0 && elapsed() < LET_GO_SECONDS) {
      const { status, ms } = await call(port, 'GET', '/health/live');
      times.push(status === 200 ? ms : Number.POSITIVE_INFINITY);
      await wait(1_000 / PER_SECOND);
    }
    clients.close();
    stage.check(
      `${name}: half of the answers within ${USUALLY_MS} ms, all within ${AT_WORST_MS} ms`,
      percentile(times, 0.5) <= USUALLY_MS && percentile(times, 1) <= AT_WORST_MS,
      spread(times),
    );
    stage.check(`${name}: let go within ${LET_GO_SECONDS} s`, clients.left === 0, `${clients.left} left after ${elapsed().toFixed(1)} s`);
  }
});
