// Whether answer times tell who has an account (the median difference promised: under 2 ms).
//
//   npm run build && DATABASE_URL=postgres://… node bench/enumeration.mjs [pairs]
//   node bench/enumeration.mjs [pairs] http://localhost:3000
//
// Without an address it starts a server of dist/ on DATABASE_URL (it is filled with accounts: use one to throw away), twice: first
// with an SMTP server that takes every mail at once, then with one that takes 2 s for each; and once more with
// ACCOUNT_PRIVACY=strict. With an address it measures that server, which must run with RATE_LIMIT=off.
//
// For sign-in with a wrong password, forgot, resend, reset by code, a change of the own address to somebody's, and with
// ACCOUNT_PRIVACY=strict registering: 500 interleaved pairs (or as many as named) of a known and
// an unknown account, in random order. Exits with 1 when a difference of medians is 2 ms or more, or an answer differs.
import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

const [pairsText = '500', address] = process.argv.slice(2);
const PAIRS = Number(pairsText);
const PROMISED_MS = 2;
const WARM_UP_PAIRS = 20;
/** Wrong passwords per known account; 100 in a row would lock one. */
const TRIES_PER_ACCOUNT = 25;
const PASSWORD = 'four bright birds sing';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Posts JSON, signed in if there is a token; answers with the status, the body without its request id, and how long it took, ms. */
async function post(origin, path, body, token) {
  const payload = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const start = performance.now();
  const sent = request(new URL(path, origin), { method: 'POST', headers, agent });
  sent.end(payload);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { ms: performance.now() - start, status: answer.statusCode, text: text.replace(/"requestId":"[^"]*"/, '') };
}

const freshEmail = () => `bench.${randomBytes(8).toString('hex')}@example.com`;

async function register(origin) {
  const email = freshEmail();
  const { status, text } = await post(origin, '/v1/auth/register', { email, password: PASSWORD });
  if (status !== 201 && status !== 202) throw new Error(`register: ${status} ${text}`);
  return email;
}

/** Each request that a stranger can make about an account. */
const REQUESTS = {
  'sign in, wrong password': ['/v1/auth/login', (identifier) => ({ identifier, password: 'four bright birds sang' })],
  'forgot password': ['/v1/auth/password/forgot', (identifier) => ({ identifier })],
  'resend confirmation': ['/v1/auth/email/verification', (email) => ({ email })],
  'reset, wrong code': ['/v1/auth/password/reset', (identifier) => ({ identifier, code: '000000', newPassword: 'seven calm rivers run' })],
};

/** What somebody who is signed in can ask about the address of another account. */
const SIGNED_IN_REQUESTS = {
  'change of address': ['/v1/users/me/email', (email) => ({ email, currentPassword: PASSWORD }), 'signed in'],
};

/** What else tells nothing with ACCOUNT_PRIVACY=strict. */
const STRICT_REQUESTS = {
  register: ['/v1/auth/register', (email) => ({ email, password: PASSWORD })],
};

/** An account whose address is proven as far as the database is asked; null for a server whose database is not ours. */
async function signedIn(origin) {
  const email = await register(origin);
  if (process.env.DATABASE_URL !== undefined) {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    await client.query('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
    await client.end();
  }
  const { status, text } = await post(origin, '/v1/auth/login', { identifier: email, password: PASSWORD });
  if (status !== 200) throw new Error(`login: ${status} ${text}`);
  return JSON.parse(text).accessToken;
}

async function measure(origin, [path, bodyFor, as]) {
  const token = as === undefined ? undefined : await signedIn(origin);
  const known = await Promise.all(Array.from({ length: Math.ceil((PAIRS + WARM_UP_PAIRS) / TRIES_PER_ACCOUNT) }, () => register(origin)));
  const times = { known: [], unknown: [] };
  const answers = new Set();
  for (let pair = 0; pair < PAIRS + WARM_UP_PAIRS; pair += 1) {
    const targets = [
      ['known', known[pair % known.length]],
      ['unknown', freshEmail()],
    ];
    if (randomInt(2) === 1) targets.reverse();
    for (const [kind, identifier] of targets) {
      const { ms, status, text } = await post(origin, path, bodyFor(identifier), token);
      if (status === 429) throw new Error('The server throttles: start it with RATE_LIMIT=off.');
      answers.add(`${status} ${text}`);
      if (pair >= WARM_UP_PAIRS) times[kind].push(ms);
    }
  }
  return { known: quantiles(times.known), unknown: quantiles(times.unknown), answers };
}

function quantiles(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95) };
}

/** @returns whether the promise holds */
async function report(origin, title, requests = { ...REQUESTS, ...SIGNED_IN_REQUESTS }) {
  console.log(`${title}, ${PAIRS} pairs`);
  let kept = true;
  for (const [name, target] of Object.entries(requests)) {
    const { known, unknown, answers } = await measure(origin, target);
    const difference = known.median - unknown.median;
    const good = Math.abs(difference) < PROMISED_MS && answers.size === 1;
    kept &&= good;
    const show = ({ median, p95 }) => `median ${median.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms`;
    console.log(
      `  ${name.padEnd(24)} known ${show(known)}; unknown ${show(unknown)}; difference ${difference.toFixed(2)} ms ${good ? 'ok' : 'TOO MUCH'}`,
    );
    if (answers.size > 1) console.log(`  answers differ: ${[...answers].join(' | ')}`);
  }
  return kept;
}

/** An SMTP server that takes `delayMs` for each mail. */
async function startSmtp(delayMs) {
  const { SMTPServer } = await import('smtp-server');
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onData(stream, _session, done) {
      stream.resume();
      stream.on('end', () => setTimeout(done, delayMs));
    },
  });
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { url: `smtp://127.0.0.1:${listener.address().port}`, stop: () => new Promise((resolve) => server.close(resolve)) };
}

async function startServer(smtpUrl, privacy) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'development',
    DATABASE_URL: process.env.DATABASE_URL,
    APP_SECRET: 'only-for-benches-0123456789abcdefghijklmnopqrstuvwxyz',
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'error',
    PORT: String(port),
    SMTP_URL: smtpUrl,
    ACCOUNT_PRIVACY: privacy,
  };
  const server = spawn(process.execPath, [new URL('../dist/main.js', import.meta.url).pathname], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
  };
  for (let tries = 0; tries < 400 && server.exitCode === null; tries += 1) {
    try {
      if ((await fetch(`${origin}/health/ready`)).status === 200) return { origin, stop };
    } catch {
      // Not listening yet.
    }
    await wait(50);
  }
  await stop();
  throw new Error('The server did not get ready');
}

let kept = true;
if (address !== undefined) {
  kept = await report(address, address);
} else {
  if (process.env.DATABASE_URL === undefined) throw new Error('DATABASE_URL must be set: a database to throw away.');
  for (const [title, delayMs, privacy, requests] of [
    ['SMTP server that answers at once', 0, 'open'],
    ['SMTP server that takes 2 s', 2_000, 'open'],
    ['ACCOUNT_PRIVACY=strict', 2_000, 'strict', { ...STRICT_REQUESTS, ...REQUESTS, ...SIGNED_IN_REQUESTS }],
  ]) {
    const smtp = await startSmtp(delayMs);
    const server = await startServer(smtp.url, privacy);
    try {
      kept = (await report(server.origin, title, requests)) && kept;
    } finally {
      await server.stop();
      await smtp.stop();
    }
  }
}
agent.destroy();
process.exitCode = kept ? 0 : 1;
