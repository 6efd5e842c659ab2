// How long a sign-out on one node takes to reach another one.
//
//   npm run build && DATABASE_URL=postgres://… node bench/revocation-latency.mjs [sign-outs]
//
// Starts two servers of dist/ as processes of their own on one migrated database (it is filled with accounts: use one to throw
// away). For each of 500 sessions (or as many as named): sign in on A, use the token on B, sign out on A, and ask B without
// pause until it refuses. Prints percentiles of the time from A's answer to B's first refusal, and from the request to A; one
// poll of B takes part of a millisecond, which is included. Meanwhile a backend follows `GET /v1/revocations` on B: prints the longest
// time between two heartbeats. Exits with 0 when neither takes more than a second.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { percentile } from './statistics.mjs';

const ROUNDS = Number(process.argv[2] ?? 500);
const SIGN_INS_PER_ACCOUNT = 50;
const PASSWORD = 'four bright birds sing';
const CLIENT = 'bench:a-backend-that-checks-tokens-itself';
/** Longest time until B refuses, and between two heartbeats, ms. */
const LIMIT_MS = 1_000;
const agent = new Agent({ keepAlive: true });

const databaseUrl = process.env.DATABASE_URL;
if (databaseUrl === undefined) {
  console.error('DATABASE_URL must be set: a database to throw away.');
  process.exit(2);
}
/** The same for both servers and for every run on a database. */
const APP_SECRET = 'only-for-benches-0123456789abcdefghijklmnopqrstuvwxyz';

/** Calls a node; answers with the status and the parsed body. */
async function call(port, method, path, { token, body } = {}) {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const sent = request({ host: '127.0.0.1', port, method, path, headers, agent });
  sent.end(payload);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, body: /json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(text) : undefined };
}

async function start(environment = {}) {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'development',
    DATABASE_URL: databaseUrl,
    APP_SECRET,
    RATE_LIMIT: 'off',
    OAUTH_CLIENTS: CLIENT,
    LOG_LEVEL: 'error',
    PORT: String(port),
    PUBLIC_URL: 'http://localhost:3000',
    ...environment,
  };
  const server = spawn(process.execPath, [new URL('../dist/main.js', import.meta.url).pathname], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (let tries = 0; tries < 200; tries += 1) {
    if (server.exitCode !== null) throw new Error('A server did not start');
    try {
      if ((await call(port, 'GET', '/health/ready')).status === 200) return { server, port };
    } catch {
      // Not listening yet.
    }
    await wait(50);
  }
  throw new Error('A server did not get ready');
}

function report(name, times) {
  const shown = [0.5, 0.9, 0.99, 1].map((share) => `p${share * 100} ${percentile(times, share).toFixed(1)} ms`);
  console.log(`${name.padEnd(34)}${shown.join('   ')}`);
}

/** Notes when heartbeats arrive. */
async function followHeartbeats(port) {
  const headers = { authorization: `Basic ${Buffer.from(CLIENT).toString('base64')}` };
  const sent = request({ host: '127.0.0.1', port, path: '/v1/revocations', headers, agent: false });
  sent.end();
  const [answer] = await once(sent, 'response');
  if (answer.statusCode !== 200) throw new Error(`revocations: ${answer.statusCode}`);
  const beats = [];
  answer.setEncoding('utf8');
  // It ends with the server.
  answer.on('error', () => {});
  answer.on('data', (text) => {
    if (/^event: heartbeat$/m.test(text)) beats.push(performance.now());
  });
  return beats;
}

const a = await start();
const b = await start({ MIGRATE_ON_START: 'false' });
try {
  const beats = await followHeartbeats(b.port);
  const sinceAnswer = [];
  const sinceRequest = [];
  let identifier = '';
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round % SIGN_INS_PER_ACCOUNT === 0) {
      identifier = `bench.${randomBytes(6).toString('hex')}@example.com`;
      const registered = await call(a.port, 'POST', '/v1/auth/register', { body: { email: identifier, password: PASSWORD } });
      if (registered.status !== 201) throw new Error(`register: ${registered.status}`);
    }
    const { body } = await call(a.port, 'POST', '/v1/auth/login', { body: { identifier, password: PASSWORD } });
    const token = body.accessToken;
    if ((await call(b.port, 'GET', '/v1/auth/verify', { token })).status !== 204) throw new Error('B refuses a good token');
    const asked = performance.now();
    const left = await call(a.port, 'POST', '/v1/auth/logout', { token });
    if (left.status !== 204) throw new Error(`logout: ${left.status}`);
    const answered = performance.now();
    while ((await call(b.port, 'GET', '/v1/auth/verify', { token })).status === 204);
    sinceAnswer.push(performance.now() - answered);
    sinceRequest.push(performance.now() - asked);
  }
  console.log(`${ROUNDS} sign-outs on A, seen on B:`);
  report('from the answer of A', sinceAnswer);
  report('from the request to A', sinceRequest);
  const gaps = beats.slice(1).map((at, i) => at - beats[i]);
  report(`${beats.length} heartbeats, between two`, gaps);
  const isKept = gaps.length > 0 && Math.max(...sinceAnswer, ...gaps) <= LIMIT_MS;
  console.log(isKept ? 'PASS' : 'FAIL');
  process.exitCode = isKept ? 0 : 1;
} finally {
  for (const { server } of [a, b]) {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
  }
  agent.destroy();
}
