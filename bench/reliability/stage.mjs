// What the scripts here and in growth/ share: a PostgreSQL of their own, servers of dist/ as processes, a client, and a verdict.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort } from '../free-port.mjs';
import { percentile } from '../statistics.mjs';
import { startEmbeddedPostgres } from '../../dist/database/embedded/embedded-postgres.js';

/** A password that the server accepts. */
export const PASSWORD = 'four bright birds sing';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const READY_SECONDS = 30;

export const sharedAgent = new Agent({ keepAlive: true });

/** Calls a server, with JSON or a form; answers with status, headers, parsed body and the time it took, ms. */
export async function call(port, method, path, { token, body, headers: more, agent = sharedAgent } = {}) {
  const isForm = body instanceof URLSearchParams;
  const payload = body === undefined ? undefined : isForm ? body.toString() : JSON.stringify(body);
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const headers = {
    ...(payload === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(payload) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...more,
  };
  const startedAt = performance.now();
  const sent = request({ host: '127.0.0.1', port, method, path, headers, agent });
  sent.end(payload);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  const ms = performance.now() - startedAt;
  const isJson = /json/.test(answer.headers['content-type'] ?? '');
  return { status: answer.statusCode, headers: answer.headers, body: isJson ? JSON.parse(text) : text, ms };
}

/** One line of percentiles, ms. */
export function spread(times) {
  return `${times.length} times, ${[0.5, 0.9, 0.99, 1].map((share) => `p${share * 100} ${percentile(times, share).toFixed(1)}`).join('  ')} ms`;
}

/** Asks until there is an answer (anything but undefined); fails after `seconds`. */
export async function until(what, seconds, ask, stepMs = 50) {
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`Waited ${seconds} s in vain for ${what}`);
    await wait(stepMs);
  }
}

/** Runs `work(i)` for i from 0 to count - 1, `width` of them at a time. */
export async function inParallel(count, width, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
}

/** A server of dist/ as a process of its own. */
class Node {
  process;
  /** What it wrote to standard error. */
  stderr = '';

  constructor(port, env) {
    this.port = port;
    this.env = env;
  }

  async start() {
    this.process = spawn(process.execPath, [MAIN], { env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.process.stderr.on('data', (bytes) => {
      this.stderr += bytes;
      process.stderr.write(bytes);
    });
    await until('a server to get ready', READY_SECONDS, async () => {
      if (this.gone) throw new Error('A server did not start');
      try {
        return (await call(this.port, 'GET', '/health/ready', { agent: false })).status === 200 ? true : undefined;
      } catch {
        return undefined;
      }
    });
    return this;
  }

  get gone() {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** Sends a signal and waits for the end. Answers with the exit code or the signal. */
  async end(signal = 'SIGTERM') {
    if (!this.gone) {
      const exit = once(this.process, 'exit');
      this.process.kill(signal);
      await exit;
    }
    return this.process.exitCode ?? this.process.signalCode;
  }
}

class Stage {
  nodes = [];
  closers = [];
  failed = false;
  secret = randomBytes(48).toString('base64');

  /** @param postgresUrl of the PostgreSQL to use instead of one of its own; its user must be allowed to create databases */
  constructor(postgresUrl) {
    this.postgresUrl = postgresUrl;
  }

  async open() {
    this.folder = await mkdtemp(join(tmpdir(), 'latchkey-reliability-'));
    await this.startPostgres();
  }

  /** Starts the PostgreSQL of this run; after `stopPostgres` the same one again, on the same port. */
  async startPostgres() {
    this.postgres =
      this.postgresUrl === undefined
        ? await startEmbeddedPostgres({ dataDir: this.folder, durable: true })
        : { url: this.postgresUrl, dataDir: this.folder, stop: async () => {} };
  }

  async stopPostgres() {
    await this.postgres?.stop();
  }

  /** A new, empty database. */
  async createDatabase() {
    const name = `run_${randomBytes(5).toString('hex')}`;
    const client = await this.client(this.postgres.url);
    await client.query(`CREATE DATABASE ${name}`);
    if (this.postgresUrl === undefined) await client.end();
    else this.onClose(() => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    const url = new URL(this.postgres.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  /** A connection for looking at tables. */
  async client(url) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    this.onClose(() => client.end().catch(() => {}));
    return client;
  }

  /** Starts a server. */
  async node(databaseUrl, env = {}) {
    const port = await freePort();
    const node = new Node(port, {
      PATH: process.env.PATH,
      NODE_ENV: 'development',
      DATABASE_URL: databaseUrl,
      APP_SECRET: this.secret,
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'error',
      PORT: String(port),
      PUBLIC_URL: 'http://localhost:3000',
      DATA_DIR: this.folder,
      ...env,
    });
    this.nodes.push(node);
    return node.start();
  }

  onClose(close) {
    this.closers.push(close);
  }

  /** Notes a figure, and whether it is what was promised. */
  check(what, ok, figure = '') {
    this.failed ||= !ok;
    console.log(`${ok ? 'ok  ' : 'FAIL'}  ${what}${figure === '' ? '' : `: ${figure}`}`);
  }

  async close() {
    sharedAgent.destroy();
    await Promise.all(this.nodes.map((node) => node.process !== undefined && node.end('SIGKILL')));
    for (const close of this.closers.reverse()) await close();
    await this.stopPostgres();
    await rm(this.postgres?.dataDir ?? this.folder, { recursive: true, force: true });
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Runs a script: `body` on a fresh stage, not longer than `limitSeconds`; prints the verdict and ends the process with it. */
export async function run(title, limitSeconds, body, { postgresUrl } = {}) {
  console.log(`${title} (${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)} before the start)`);
  const stage = new Stage(postgresUrl);
  let timer;
  const aborted = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limitSeconds} s`)), limitSeconds * 1_000);
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => reject(new Error('interrupted')));
    // A mistake in a script must not leave servers behind.
    for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, reject);
  });
  try {
    await Promise.race([aborted, stage.open().then(() => body(stage))]);
  } catch (error) {
    stage.check('runs to its end', false, error.stack ?? String(error));
  } finally {
    clearTimeout(timer);
    await stage.close().catch((error) => stage.check('cleans up', false, String(error)));
  }
  console.log(stage.failed ? 'FAIL' : 'PASS');
  process.exit(stage.failed ? 1 : 0);
}

let serial = 0;

/** Registers an account. */
export async function register(port, fields = {}) {
  const email = fields.email ?? `reader.${(serial += 1)}.${randomBytes(4).toString('hex')}@example.com`;
  const answer = await call(port, 'POST', '/v1/auth/register', { body: { email, password: PASSWORD, ...fields } });
  if (answer.status !== 201) throw new Error(`register: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { email, id: answer.body.id };
}

/** Registers an account and signs it in. */
export async function signedIn(port) {
  const { email } = await register(port);
  const answer = await call(port, 'POST', '/v1/auth/login', { body: { identifier: email, password: PASSWORD } });
  if (answer.status !== 200) throw new Error(`login: ${answer.status}`);
  return { email, accessToken: answer.body.accessToken, refreshToken: answer.body.refreshToken };
}
