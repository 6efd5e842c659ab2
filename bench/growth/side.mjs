// One size: a database with so many accounts, a server on it, and people to act as.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { newId } from '../../dist/common/ids.js';
import { Secrets } from '../../dist/config/secrets.js';
import { writeRefreshToken } from '../../dist/tokens/sessions/refresh-token.js';
import { call, until } from '../reliability/stage.mjs';
import { seed } from './seed.mjs';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const ROOT = 'growth-root';
const OAUTH_CLIENT = 'growth:only-for-benches-0123456789';
/** Names that one of a million accounts has, too, are found by walking in strides of this prime. */
const STRIDE = 15_485_863;
/** Of as many accounts people are looked up at once. */
const CHUNK = 500;

export class Side {
  /** Known people by the number of their account. */
  #people = new Map();
  #next = 0;

  constructor(stage, accounts) {
    this.stage = stage;
    this.accounts = accounts;
    this.secrets = new Secrets({ APP_SECRET: stage.secret });
    this.basic = `Basic ${Buffer.from(OAUTH_CLIENT).toString('base64')}`;
  }

  /** Makes and fills the database. @returns what `seed` does, and the size in bytes */
  async fill() {
    this.url = await this.stage.createDatabase();
    this.env = { PATH: process.env.PATH, NODE_ENV: 'development', APP_SECRET: this.stage.secret, DATABASE_URL: this.url };
    await this.latchkey('migrate');
    this.client = await this.stage.client(this.url);
    // Until they are purged on purpose: otherwise servers would begin ten minutes after their start, while others are measured.
    await this.client.query(`SELECT pg_advisory_lock(hashtext('latchkey:token-housekeeping'))`);
    ({ password: this.password } = await this.latchkey('seed', '1'));
    const { rows } = await this.client.query('SELECT password_hash AS hash FROM users');
    const found = await seed(this.client, this.accounts, rows[0].hash);
    this.root = await this.latchkey('admin', 'create', '--username', ROOT);
    const [{ bytes }] = await this.rows('SELECT pg_database_size(current_database())::float8 AS bytes');
    return { ...found, bytes };
  }

  /** Starts the server, and signs the administrator in. */
  async start() {
    this.node = await this.stage.node(this.url, { ACCESS_TOKEN_TTL_SECONDS: '7200', OAUTH_CLIENTS: OAUTH_CLIENT });
    const { body } = await this.send('POST', '/v1/auth/login', { body: { identifier: ROOT, password: this.root.password } });
    this.adminToken = body.accessToken;
  }

  /** Answers with what the database holds. */
  async rows(sql, values = []) {
    return (await this.client.query(sql, values)).rows;
  }

  /** @throws when the status is none of `expected`; 2xx if nothing is said */
  async send(method, path, { expected = [200, 201, 202, 204], ...options } = {}) {
    const answer = await call(this.node.port, method, path, options);
    if (!expected.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** The next one of the accounts, which come in no order: enabled, with a proven address and a live session. */
  async person() {
    for (;;) {
      const number = 1 + (((this.#next += 1) * STRIDE) % this.accounts);
      // Disabled or not proven; see the SQL that made them.
      if (number % 5 === 0) continue;
      if (!this.#people.has(number)) await this.#load(this.#next);
      const person = this.#people.get(number);
      if (person !== undefined && !person.gone) return person;
    }
  }

  /** Refreshes a session that the account has had for long, for its access token. */
  async signIn(person) {
    if (person.session === null) return (await this.signInAnew(person)).accessToken;
    const { id, counter } = person.session;
    const { body } = await this.send('POST', '/v1/auth/refresh', { body: { refreshToken: this.refreshToken(id, counter) } });
    person.session.counter += 1;
    return body.accessToken;
  }

  /** A new session, without the work of comparing a password. */
  async signInAnew(person) {
    const sessionId = newId();
    await this.rows(
      `INSERT INTO sessions (id, user_id, client_id, idle_expires_at, expires_at) VALUES ($1, $2, 'latchkey', now() + interval '30 days', now() + interval '90 days')`,
      [sessionId, person.id],
    );
    const { body } = await this.send('POST', '/v1/auth/refresh', { body: { refreshToken: this.refreshToken(sessionId, 0) } });
    return { ...body, sessionId };
  }

  refreshToken(sessionId, counter) {
    return writeRefreshToken(this.secrets, { sessionId, counter });
  }

  /** The code of the mail that was sent to an address. */
  code(email) {
    return until(
      `a mail to ${email}`,
      20,
      async () => {
        const { body } = await this.send('GET', `/dev/mail/messages?to=${encodeURIComponent(email)}`);
        return body.find(({ code }) => code !== null)?.code;
      },
      5,
    );
  }

  async latchkey(...args) {
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args, '--json'], { env: this.env, maxBuffer: 1e8 });
    return stdout.trim() === '' ? null : JSON.parse(stdout);
  }

  async #load(from) {
    const numbers = Array.from({ length: CHUNK }, (_, index) => 1 + (((from + index) * STRIDE) % this.accounts));
    const found = await this.rows(
      `SELECT u.number, u.id, u.email, u.first_name AS "firstName", u.last_name AS "lastName", near.username, near.mobile, session
       FROM users u JOIN users near ON near.number = greatest(6, u.number - u.number % 6),
            LATERAL (SELECT json_build_object('id', s.id, 'counter', s.counter) AS session FROM sessions s
                     WHERE s.user_id = u.id AND s.revoked_at IS NULL AND s.idle_expires_at > now() ORDER BY s.last_used_at DESC LIMIT 1) AS s
       WHERE u.number = ANY ($1) AND u.disabled_at IS NULL`,
      [numbers],
    );
    for (const person of found) if (!this.#people.has(person.number)) this.#people.set(person.number, person);
  }
}
