// Whether lists, searches and sign-ins take as long with a million accounts as with a thousand (promised: at most 1.5 times as long).
//
//   npm run build && DATABASE_URL=postgres://… node bench/growth.mjs [accounts]
//
// Makes two databases beside that of DATABASE_URL (its user must be allowed to), fills one with 1,000 accounts and the other with a
// million, or as many as named, by `latchkey seed`, starts a server on each, and asks both in turns: 200 interleaved rounds of each
// request. Drops them at the end. Exits with 1 when a median is more than 1.5 times the other, and 1 ms more.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const SMALL = 1_000;
const LARGE = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 200;
const WARM_UP_ROUNDS = 20;
const PROMISED_RATIO = 1.5;
/** Differences below this say nothing, ms. */
const NOISE_MS = 1;

const cli = new URL('../dist/cli.js', import.meta.url).pathname;
const agent = new Agent({ keepAlive: true });

async function call(method, url, { body, token } = {}) {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const start = performance.now();
  const sent = request(url, { method, headers, agent });
  sent.end(payload);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${text}`);
  return { ms: performance.now() - start, body: JSON.parse(text) };
}

async function latchkey(env, ...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args, '--json'], { env, maxBuffer: 1e8 });
  return JSON.parse(stdout);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** A database with so many accounts, and a server on it. */
async function prepare(admin, name, accounts) {
  await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(process.env.DATABASE_URL);
  url.pathname = `/${name}`;
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'development',
    DATABASE_URL: url.href,
    APP_SECRET: 'only-for-benches-0123456789abcdefghijklmnopqrstuvwxyz',
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'error',
    PORT: String(port),
  };
  await latchkey(env, 'migrate');
  const { password, seconds } = await latchkey(env, 'seed', String(accounts));
  console.log(`${accounts} accounts in ${seconds} s (${Math.round(accounts / seconds)}/s)`);
  const root = await latchkey(env, 'admin', 'create', '--username', 'bench-root');
  const server = spawn(process.execPath, [new URL('../dist/main.js', import.meta.url).pathname], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const origin = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 600 && server.exitCode === null; tries += 1) {
    if (
      await fetch(`${origin}/health/ready`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      break;
    await wait(50);
  }
  const { accessToken } = (await call('POST', `${origin}/v1/auth/login`, { body: { identifier: 'bench-root', password: root.password } }))
    .body;
  const get = (path) => call('GET', `${origin}${path}`, { token: accessToken });
  // Some of the accounts, from everywhere in the table.
  const { data } = (await get('/v1/users?limit=100&createdTo=2099-01-01T00:00:00Z')).body;
  const stop = async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
    await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  };
  const signIn = (identifier) => call('POST', `${origin}/v1/auth/login`, { body: { identifier, password } });
  return { get, signIn, stop, people: data.filter(({ email, status, disabledAt }) => email && !disabledAt && status !== 'disabled') };
}

/** What is asked, of somebody among the accounts; pages are so small that a thousand accounts fill them, too. */
const REQUESTS = {
  'list, newest first': ({ get }) => get('/v1/users?limit=20'),
  'list, disabled': ({ get }) => get('/v1/users?limit=20&status=disabled'),
  'list, librarians': ({ get }) => get('/v1/users?limit=5&role=librarian'),
  'list, last sign-in': ({ get }) => get('/v1/users?limit=20&lastSignInFrom=2020-01-01T00:00:00Z'),
  'search, e-mail prefix': ({ get }, { email }) => get(`/v1/users?limit=20&email=${encodeURIComponent(email.slice(0, -12))}`),
  'search, name prefix': ({ get }, { firstName }) => get(`/v1/users?limit=20&name=${encodeURIComponent(firstName)}`),
  'search, rare substring': ({ get }, { email }) =>
    get(`/v1/users?limit=20&search=${encodeURIComponent(email.split('.').at(-2).split('@')[0])}`),
  'search, frequent substring': ({ get }) => get('/v1/users?limit=20&search=garcia'),
  'is an address free': ({ get }, { email }) => get(`/v1/availability?email=${encodeURIComponent(email)}`),
  'sign-in': ({ signIn }, { email }) => signIn(email),
};

function median(times) {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
}

async function compare(small, large, ask) {
  const times = { small: [], large: [] };
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    for (const [name, side] of Object.entries({ small, large })) {
      const { ms } = await ask(side, side.people[round % side.people.length]);
      if (round >= WARM_UP_ROUNDS) times[name].push(ms);
    }
  }
  return { small: median(times.small), large: median(times.large) };
}

if (process.env.DATABASE_URL === undefined) throw new Error('DATABASE_URL must be set');
const admin = new pg.Client({ connectionString: process.env.DATABASE_URL });
await admin.connect();
const stops = [];
let kept = true;
try {
  const small = await prepare(admin, 'latchkey_growth_small', SMALL);
  stops.push(small.stop);
  const large = await prepare(admin, 'latchkey_growth_large', LARGE);
  stops.push(large.stop);
  for (const [name, ask] of Object.entries(REQUESTS)) {
    const found = await compare(small, large, ask);
    const good = found.large <= found.small * PROMISED_RATIO || found.large - found.small < NOISE_MS;
    kept &&= good;
    const ratio = (found.large / found.small).toFixed(2);
    console.log(
      `${name.padEnd(28)} ${SMALL}: ${found.small.toFixed(2)} ms  ${LARGE}: ${found.large.toFixed(2)} ms  ×${ratio} ${good ? 'ok' : 'TOO MUCH'}`,
    );
  }
} finally {
  for (const stop of stops) await stop();
  await admin.end();
}
agent.destroy();
process.exitCode = kept ? 0 : 1;
