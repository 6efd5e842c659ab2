// Measures whether answer times reveal who has an account. Promised: the medians differ by less than 2 ms.
//
//   npm run build && DATABASE_URL=postgres://… node bench/enumeration.mjs [pairs]
//   node bench/enumeration.mjs [pairs] http://localhost:3000
//
// Without a URL the script starts servers of dist/ on DATABASE_URL, one after the other: with an SMTP server that accepts each mail at
// once, with one that takes 2 s per mail, with ACCOUNT_PRIVACY=strict, with sign-ups by code, texted codes and an identity provider, and with
// PROOF_OF_WORK=always. It adds accounts to that database, so use a disposable one. With a URL it measures that server, which must run with
// RATE_LIMIT=off.
//
// Measured requests: sign-in with a wrong password, forgotten password, resend, reset by code, the beginning of a sign-in, a mailed code to
// sign in (asked for, with sign-ups by code closed and open, and a wrong one tried), the same for a texted code, the way to an identity
// provider, requests with a proof of work, change of the own address, and registration with ACCOUNT_PRIVACY=strict. Each is sent in 500 pairs
// (or `pairs`) for a known and an unknown account, in random order. The script exits with 1 if the medians differ by 2 ms or more, or if the
// answers differ.
import { spawn } from 'node:child_process';
import { pbkdf2Sync, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

const [pairsText = '500', address] = process.argv.slice(2);
const PAIRS = Number(pairsText);
const PROMISED_MS = 2;
const WARM_UP_PAIRS = 20;
/** Wrong passwords per known account; 100 in a row would lock it. */
const TRIES_PER_ACCOUNT = 25;
const PASSWORD = 'four bright birds sing';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Posts JSON, with further headers. @returns the status, the body without what is different each time, and the duration, ms */
async function post(origin, path, body, further = {}) {
  const payload = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload), ...further };
  const start = performance.now();
  const sent = request(new URL(path, origin), { method: 'POST', headers, agent });
  sent.end(payload);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return {
    ms: performance.now() - start,
    status: answer.statusCode,
    text: text
      .replaceAll(/"(?:requestId|expiresAt|redirectUrl|secret)":"[^"]*"/g, '')
      .replace(/"registrationTicket":"lkt_[\w-]*"/, '"registrationTicket":"lkt_"'),
    body: text,
  };
}

const freshEmail = () => `bench.${randomBytes(8).toString('hex')}@example.com`;

/** A number that nobody has. */
const freshNumber = () => `+1212${randomInt(200, 1_000)}${String(randomInt(10_000)).padStart(4, '0')}`;

async function register(origin) {
  const email = freshEmail();
  const body = { email, password: PASSWORD };
  const first = await post(origin, '/v1/auth/register', body);
  const { status, text } = first.status === 428 ? await post(origin, '/v1/auth/register', body, proofOf(first.body)) : first;
  if (status !== 201 && status !== 202) throw new Error(`register: ${status} ${text}`);
  return email;
}

/** Registers a number, and marks it as proven in the database. */
async function registerNumber(origin) {
  const mobile = freshNumber();
  const { status, body } = await post(origin, '/v1/auth/register', { mobile, password: PASSWORD });
  if (status !== 201) throw new Error(`register: ${status} ${body}`);
  await inDatabase('UPDATE users SET mobile_verified_at = now() WHERE id = $1', [JSON.parse(body).id]);
  return mobile;
}

async function inDatabase(sql, values) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query(sql, values);
  await client.end();
}

/** The header with the proof of work that an answer asks for. */
function proofOf(answer) {
  const { challenge } = JSON.parse(answer);
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  for (let counter = 0; ; counter += 1) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    const password = Buffer.concat([Buffer.from(nonce, 'hex'), number]);
    const derivedKey = pbkdf2Sync(password, Buffer.from(salt, 'hex'), cost, keyLength, 'sha256').toString('hex');
    if (!derivedKey.startsWith(keyPrefix)) continue;
    return { 'proof-of-work': Buffer.from(JSON.stringify({ challenge, solution: { counter, derivedKey } })).toString('base64') };
  }
}

/** The requests that an anonymous caller can make about an account. */
const REQUESTS = {
  'sign in, wrong password': ['/v1/auth/login', (identifier) => ({ identifier, password: 'four bright birds sang' })],
  'forgot password': ['/v1/auth/password/forgot', (identifier) => ({ identifier })],
  'resend confirmation': ['/v1/auth/email/verification', (email) => ({ email })],
  'reset, wrong code': ['/v1/auth/password/reset', (identifier) => ({ identifier, code: '000000', newPassword: 'seven calm rivers run' })],
};

/** Begins a sign-in, in which the request is made then. */
async function begin(origin, identifier) {
  const { status, body } = await post(origin, '/v1/sign-ins', { identifier });
  if (status !== 201) throw new Error(`sign-in: ${status} ${body}`);
  const { id, secret } = JSON.parse(body);
  return { at: `/v1/sign-ins/${id}`, headers: { 'sign-in-secret': secret } };
}

async function askForCode(origin, { at, headers }, type = 'email_code') {
  return post(origin, `${at}/challenges`, { type }, headers);
}

/** A sign-in that has asked for a code, and a wrong answer to it. */
const wrongCodes = (type) => ({
  async prepare(origin, identifier) {
    const signIn = await begin(origin, identifier);
    const { id: challengeId } = JSON.parse((await askForCode(origin, signIn, type)).body);
    return { ...signIn, challengeId };
  },
  send: (origin, { at, headers, challengeId }) => post(origin, `${at}/attempts`, { challengeId, code: '00000000' }, headers),
});

/** The requests of sign-ins that wait for a first factor. */
const SIGN_IN_REQUESTS = {
  'begin a sign-in': ['/v1/sign-ins', (identifier) => ({ identifier })],
  'ask for a mailed code': { prepare: begin, send: askForCode },
  'mailed code, wrong': wrongCodes('email_code'),
  'password in it, wrong': {
    prepare: begin,
    send: (origin, { at, headers }) => post(origin, `${at}/attempts`, { password: 'four bright birds sang' }, headers),
  },
};

/** The same for texted codes. */
const TEXT_REQUESTS = {
  'ask for a texted code': {
    known: registerNumber,
    unknown: freshNumber,
    prepare: begin,
    send: (origin, signIn) => askForCode(origin, signIn, 'sms_code'),
  },
  'texted code, wrong': { known: registerNumber, unknown: freshNumber, ...wrongCodes('sms_code') },
};

/** The way to an identity provider. */
const PROVIDER_REQUESTS = {
  'way to a provider': {
    prepare: begin,
    send: (origin, { at, headers }) => post(origin, `${at}/challenges`, { type: 'provider', provider: 'bench' }, headers),
  },
};

/** A request with a proof of work; what solves the challenge is not measured. */
const proven = (path, bodyFor) => ({
  async prepare(origin, identifier) {
    const { status, body } = await post(origin, path, bodyFor(identifier));
    if (status !== 428) throw new Error(`No proof of work was asked for: ${status} ${body}`);
    return { body: bodyFor(identifier), headers: proofOf(body) };
  },
  send: (origin, { body, headers }) => post(origin, path, body, headers),
});

const PROVEN_REQUESTS = {
  'forgot password, proven': proven('/v1/auth/password/forgot', (identifier) => ({ identifier })),
  'resend, proven': proven('/v1/auth/email/verification', (email) => ({ email })),
  'mailed code, proven': {
    async prepare(origin, identifier) {
      const { at, headers } = await begin(origin, identifier);
      const { body } = await askForCode(origin, { at, headers });
      return { at, headers: { ...headers, ...proofOf(body) } };
    },
    send: askForCode,
  },
  // Each time the first answer is told.
  'forgot password, unproven': ['/v1/auth/password/forgot', (identifier) => ({ identifier })],
};

/** The requests by which a signed-in caller could learn about another account's address. */
const SIGNED_IN_REQUESTS = {
  'change of address': ['/v1/users/me/email', (email) => ({ email, currentPassword: PASSWORD }), 'signed in'],
};

/** The requests that reveal nothing only with ACCOUNT_PRIVACY=strict. */
const STRICT_REQUESTS = {
  register: ['/v1/auth/register', (email) => ({ email, password: PASSWORD })],
};

/**
 * Signs in a new account. Its address is marked as proven in the database, unless the script measures a server whose database it cannot
 * reach.
 */
async function signedIn(origin) {
  const email = await register(origin);
  if (process.env.DATABASE_URL !== undefined) await inDatabase('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
  const { status, text } = await post(origin, '/v1/auth/login', { identifier: email, password: PASSWORD });
  if (status !== 200) throw new Error(`login: ${status} ${text}`);
  return JSON.parse(text).accessToken;
}

async function measure(origin, target) {
  const {
    known: makeKnown = register,
    unknown: makeUnknown = freshEmail,
    prepare = async (_, identifier) => identifier,
    send,
  } = Array.isArray(target) ? await plain(origin, target) : target;
  const known = await Promise.all(Array.from({ length: Math.ceil((PAIRS + WARM_UP_PAIRS) / TRIES_PER_ACCOUNT) }, () => makeKnown(origin)));
  const times = { known: [], unknown: [] };
  const answers = new Set();
  for (let pair = 0; pair < PAIRS + WARM_UP_PAIRS; pair += 1) {
    const targets = [
      ['known', known[pair % known.length]],
      ['unknown', makeUnknown()],
    ];
    if (randomInt(2) === 1) targets.reverse();
    for (const [kind, identifier] of targets) {
      const { ms, status, text } = await send(origin, await prepare(origin, identifier));
      if (status === 429) throw new Error('The server throttles: start it with RATE_LIMIT=off.');
      answers.add(`${status} ${withoutChance(text)}`);
      if (pair >= WARM_UP_PAIRS) times[kind].push(ms);
    }
  }
  return { known: quantiles(times.known), unknown: quantiles(times.unknown), answers };
}

/** An answer without what is another each time. */
function withoutChance(text) {
  return text
    .replace(/"id":"[^"]*"/, '')
    .replaceAll(/b•••@|•••\d\d/g, '')
    .replace(/"challenge":\{"parameters":\{[^}]*\}[^}]*\}[^}]*\}/, '"challenge":{}');
}

/** A request that needs nothing before it. */
async function plain(origin, [path, bodyFor, as]) {
  const headers = as === undefined ? {} : { authorization: `Bearer ${await signedIn(origin)}` };
  return { send: (to, identifier) => post(to, path, bodyFor(identifier), headers) };
}

function quantiles(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p95: at(0.95) };
}

/** @returns whether the promise holds */
async function report(origin, title, requests = { ...REQUESTS, ...SIGN_IN_REQUESTS, ...SIGNED_IN_REQUESTS }) {
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

/** Starts an SMTP server that takes `delayMs` for each mail. */
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

/** Starts a gateway for text messages that takes each one at once. */
async function startGateway() {
  const server = createServer((sent, answer) => {
    sent.resume();
    sent.on('end', () => answer.end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `https+json://token@127.0.0.1:${server.address().port}/messages`, stop: () => new Promise((done) => server.close(done)) };
}

/** Sets an identity provider up whose endpoints nobody calls. */
async function addProvider(origin) {
  const email = await register(origin);
  await inDatabase(`UPDATE users SET roles = '{admin,user}' WHERE email = $1`, [email]);
  const { body } = await post(origin, '/v1/auth/login', { identifier: email, password: PASSWORD });
  const provider = {
    slug: 'bench',
    name: 'Bench',
    kind: 'oauth2',
    issuer: 'https://id.example.com',
    clientId: 'bench',
    clientSecret: 'bench-secret',
    endpoints: {
      authorization: 'https://id.example.com/authorize',
      token: 'https://id.example.com/token',
      userinfo: 'https://id.example.com/me',
    },
    enabled: true,
  };
  const headers = { authorization: `Bearer ${JSON.parse(body).accessToken}` };
  const { status, text } = await post(origin, '/v1/providers', provider, headers);
  if (status !== 201 && status !== 409) throw new Error(`provider: ${status} ${text}`);
}

async function startServer(smtpUrl, settings) {
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
    // The harder case: only known addresses get a mail.
    EMAIL_CODE: 'sign-in',
    ...settings,
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
      // The server does not listen yet.
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
  const gateway = await startGateway();
  for (const [title, delayMs, settings, requests, prepare] of [
    ['SMTP server that answers at once', 0, {}],
    ['SMTP server that takes 2 s', 2_000, {}],
    [
      'ACCOUNT_PRIVACY=strict',
      2_000,
      { ACCOUNT_PRIVACY: 'strict' },
      { ...STRICT_REQUESTS, ...REQUESTS, ...SIGN_IN_REQUESTS, ...SIGNED_IN_REQUESTS },
    ],
    [
      'sign-ups by code, texted codes, an identity provider',
      0,
      { EMAIL_CODE: 'on', SMS_CODE: 'on', SMS_COUNTRIES: 'US', SMS_URL: gateway.url },
      { ...SIGN_IN_REQUESTS, ...TEXT_REQUESTS, ...PROVIDER_REQUESTS },
      addProvider,
    ],
    ['PROOF_OF_WORK=always', 0, { PROOF_OF_WORK: 'always', PROOF_OF_WORK_ROUNDS: '1' }, PROVEN_REQUESTS],
  ]) {
    const smtp = await startSmtp(delayMs);
    const server = await startServer(smtp.url, settings);
    try {
      await prepare?.(server.origin);
      kept = (await report(server.origin, title, requests)) && kept;
    } finally {
      await server.stop();
      await smtp.stop();
    }
  }
  await gateway.stop();
}
agent.destroy();
process.exitCode = kept ? 0 : 1;
