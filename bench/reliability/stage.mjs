// Shared by the scripts here and in growth/: their own PostgreSQL, servers of dist/ as processes, an HTTP client, and the verdict.
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
/** Longer than a start takes on a busy machine. */
const READY_SECONDS = 180;

export const sharedAgent = new Agent({ keepAlive: true });

/** Calls a server with JSON, a form, or bytes whose type is in `headers`. @returns status, headers, parsed body and duration, ms */
export async function call(port, method, path, { token, body, headers: more, agent = sharedAgent } = {}) {
  const isForm = body instanceof URLSearchParams;
  const payload = body === undefined || Buffer.isBuffer(body) ? body : isForm ? body.toString() : JSON.stringify(body);
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

/** Percentiles on one line, ms. */
export function spread(times) {
  return `${times.length} times, ${[0.5, 0.9, 0.99, 1].map((share) => `p${share * 100} ${percentile(times, share).toFixed(1)}`).join('  ')} ms`;
}

/** Calls `ask` until it returns anything but undefined; throws after `seconds`. */
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

/** A server of dist/ in its own process. */
class Node {
  process;
  /** The entry of its build. */
  main = MAIN;
  isAbandoned = false;
  /** Its output on standard error. */
  stderr = '';

  constructor(port, env) {
    this.port = port;
    this.env = env;
  }

  /** @param quiet whether to keep its complaints to itself */
  async start(quiet = false) {
    if (this.isAbandoned) throw new Error('The stage is closed');
    this.process = spawn(process.execPath, [this.main], { env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.process.stderr.on('data', (bytes) => {
      this.stderr += bytes;
      if (!quiet) process.stderr.write(bytes);
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

  /** Sends a signal and waits for the end. @returns the exit code or the signal */
  async end(signal = 'SIGTERM') {
    if (!this.gone) {
      const exit = once(this.process, 'exit');
      this.process.kill(signal);
      await exit;
    }
    return this.process.exitCode ?? this.process.signalCode;
  }

  /** Ends it for good. */
  async abandon() {
    this.isAbandoned = true;
    if (this.process !== undefined) await this.end('SIGKILL');
  }
}

class Stage {
  nodes = [];
  closers = [];
  failed = false;
  isClosed = false;
  secret = randomBytes(48).toString('base64');

  /**
   * @param postgresUrl an existing PostgreSQL, whose user must be allowed to create databases; default: the script's own
   * @param launch starts another PostgreSQL than the embedded one in a folder, for a stage; returns its `url`, `dataDir` and `stop`
   */
  constructor(postgresUrl, launch = (dataDir) => startEmbeddedPostgres({ dataDir, durable: true })) {
    this.postgresUrl = postgresUrl;
    this.launch = launch;
  }

  async open() {
    this.folder = await mkdtemp(join(tmpdir(), 'latchkey-reliability-'));
    await this.startPostgres();
  }

  /** Starts the PostgreSQL of this run; after `stopPostgres` it starts the same one again, on the same port. */
  async startPostgres() {
    this.refuseWhenClosed();
    if (this.postgresUrl !== undefined) this.postgres = { url: this.postgresUrl, dataDir: this.folder, stop: async () => {} };
    else this.postgres = await (this.starting = this.launch(this.folder, this));
  }

  async stopPostgres() {
    // A start that is under way cannot be interrupted. If it fails, the code that awaits it gets the error.
    const started = await this.starting?.catch(() => undefined);
    await (started ?? this.postgres)?.stop();
  }

  /** Creates an empty database. */
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

  /** Connects to a database, for reading its tables. */
  async client(url) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    this.onClose(() => client.end().catch(() => {}));
    return client;
  }

  /** Starts a server; `main` is the entry of another build. */
  async node(databaseUrl, env = {}, main = MAIN) {
    const port = await freePort();
    this.refuseWhenClosed();
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
    node.main = main;
    this.nodes.push(node);
    return node.start();
  }

  onClose(close) {
    this.refuseWhenClosed();
    this.closers.push(close);
  }

  /** After an interruption the script goes on for a moment: what it starts then would stay behind. */
  refuseWhenClosed() {
    if (this.isClosed) throw new Error('The stage is closed');
  }

  /** Prints a figure and whether the promise holds. */
  check(what, ok, figure = '') {
    this.failed ||= !ok;
    console.log(`${ok ? 'ok  ' : 'FAIL'}  ${what}${figure === '' ? '' : `: ${figure}`}`);
  }

  async close() {
    this.isClosed = true;
    // A later stage opens new connections with it.
    sharedAgent.destroy();
    await Promise.all(this.nodes.map((node) => node.abandon()));
    const failures = [];
    const ends = [
      ...this.closers.reverse(),
      () => this.stopPostgres(),
      () => rm(this.postgres?.dataDir ?? this.folder, { recursive: true, force: true }),
      () => rm(this.folder, { recursive: true, force: true }),
    ];
    // Whatever fails to end, the others have to.
    for (const end of ends) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
  }
}

/** Runs a script: calls `body` with a new stage, for at most `limitSeconds`, prints the verdict and exits with it. */
export async function run(title, limitSeconds, body, options) {
  const failed = await play(title, limitSeconds, body, options);
  process.exit(failed ? 1 : 0);
}

/** Like `run`, without the exit: several may follow each other. @returns whether a promise was broken */
export async function play(title, limitSeconds, body, { postgresUrl, launch } = {}) {
  console.log(`${title} (${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)} before the start)`);
  const stage = new Stage(postgresUrl, launch);
  let abort;
  const aborted = new Promise((_, reject) => (abort = reject));
  const timer = setTimeout(() => abort(new Error(`not done after ${limitSeconds} s`)), limitSeconds * 1_000);
  const interrupt = () => abort(new Error('interrupted'));
  // Neither an error in a script nor a second signal, as npm sends it, must leave servers running.
  const handlers = { SIGINT: interrupt, SIGTERM: interrupt, uncaughtException: abort, unhandledRejection: abort };
  for (const [event, handler] of Object.entries(handlers)) process.on(event, handler);
  try {
    await Promise.race([aborted, stage.open().then(() => body(stage))]);
  } catch (error) {
    stage.check('runs to its end', false, error.stack ?? String(error));
  } finally {
    clearTimeout(timer);
    await stage.close().catch((error) => stage.check('cleans up', false, String(error)));
    for (const [event, handler] of Object.entries(handlers)) process.off(event, handler);
  }
  console.log(stage.failed ? 'FAIL' : 'PASS');
  return stage.failed;
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
