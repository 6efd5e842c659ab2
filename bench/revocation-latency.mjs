// Measures how long a sign-out on one node takes to reach another node.
//
//   npm run build && DATABASE_URL=postgres://… node bench/revocation-latency.mjs [sign-outs]
//
// Starts two servers of dist/ as processes on one migrated database. It adds accounts to that database, so use a disposable one. For each
// of 500 sessions (or `sign-outs`) the script signs in on A, uses the token on B, signs out on A, and polls B without pause until B refuses
// the token. It prints percentiles of the time from A's answer to B's first refusal, and of the time from the request to A; both include
// one poll of B, less than a millisecond. Meanwhile a client follows `GET /v1/revocations` on B; the script prints the longest time between
// two heartbeats. It exits with 0 if neither time is more than a second.
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
/** Maximum time until B refuses, and between two heartbeats, ms. */
const LIMIT_MS = 1_000;
const agent = new Agent({ keepAlive: true });

const databaseUrl = process.env.DATABASE_URL;
if (databaseUrl === undefined) {
  console.error('DATABASE_URL must be set: a database to throw away.');
  process.exit(2);
}
/** The same secret for both servers and for every run on a database. */
const APP_SECRET = 'only-for-benches-0123456789abcdefghijklmnopqrstuvwxyz';

/** Calls a node. @returns the status and the parsed body */
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
      // The server does not listen yet.
    }
    await wait(50);
  }
  throw new Error('A server did not get ready');
}

function report(name, times) {
  const shown = [0.5, 0.9, 0.99, 1].map((share) => `p${share * 100} ${percentile(times, share).toFixed(1)} ms`);
  console.log(`${name.padEnd(34)}${shown.join('   ')}`);
}

/** Records the times of heartbeats. */
async function followHeartbeats(port) {
  const headers = { authorization: `Basic ${Buffer.from(CLIENT).toString('base64')}` };
  const sent = request({ host: '127.0.0.1', port, path: '/v1/revocations', headers, agent: false });
  sent.end();
  const [answer] = await once(sent, 'response');
  if (answer.statusCode !== 200) throw new Error(`revocations: ${answer.statusCode}`);
  const beats = [];
  answer.setEncoding('utf8');
  // The stream ends with the server.
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
