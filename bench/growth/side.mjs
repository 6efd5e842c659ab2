// One size: a database with that many accounts, its server, and people who send requests.
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
/** Steps through the accounts by this prime, so that the chosen people are spread over the whole table. */
const STRIDE = 15_485_863;
/** Number of accounts that are looked up per query. */
const CHUNK = 500;

export class Side {
  /** Known people by account number. */
  #people = new Map();
  #next = 0;

  constructor(stage, accounts) {
    this.stage = stage;
    this.accounts = accounts;
    this.secrets = new Secrets({ APP_SECRET: stage.secret });
    this.basic = `Basic ${Buffer.from(OAUTH_CLIENT).toString('base64')}`;
  }

  /** Creates and fills the database. @returns the result of `seed`, and the size of the database, bytes */
  async fill() {
    this.url = await this.stage.createDatabase();
    this.env = { PATH: process.env.PATH, NODE_ENV: 'development', APP_SECRET: this.stage.secret, DATABASE_URL: this.url };
    await this.latchkey('migrate');
    this.client = await this.stage.client(this.url);
    // Holds the lock of the housekeeping until the purge is measured: otherwise servers would purge ten minutes after their start, during
    // other measurements.
    await this.client.query(`SELECT pg_advisory_lock(hashtext('latchkey:token-housekeeping'))`);
    ({ password: this.password } = await this.latchkey('seed', '1'));
    const { rows } = await this.client.query('SELECT password_hash AS hash FROM users');
    const found = await seed(this.client, this.accounts, rows[0].hash);
    this.root = await this.latchkey('admin', 'create', '--username', ROOT);
    const [{ bytes }] = await this.rows('SELECT pg_database_size(current_database())::float8 AS bytes');
    return { ...found, bytes };
  }

  /** Starts the server and signs in the administrator. */
  async start() {
    this.node = await this.stage.node(this.url, { ACCESS_TOKEN_TTL_SECONDS: '7200', OAUTH_CLIENTS: OAUTH_CLIENT });
    const { body } = await this.send('POST', '/v1/auth/login', { body: { identifier: ROOT, password: this.root.password } });
    this.adminToken = body.accessToken;
  }

  /** @returns the rows of a query */
  async rows(sql, values = []) {
    return (await this.client.query(sql, values)).rows;
  }

  /** @throws if the status is not in `expected`; default: 200, 201, 202 and 204 */
  async send(method, path, { expected = [200, 201, 202, 204], ...options } = {}) {
    const answer = await call(this.node.port, method, path, options);
    if (!expected.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** The next account in a scattered order: enabled, with a proven address and a live session. */
  async person() {
    for (;;) {
      const number = 1 + (((this.#next += 1) * STRIDE) % this.accounts);
      // These accounts are disabled or unproven; see `FILLS` in seed.mjs.
      if (number % 5 === 0) continue;
      if (!this.#people.has(number)) await this.#load(this.#next);
      const person = this.#people.get(number);
      if (person !== undefined && !person.gone) return person;
    }
  }

  /** Gets an access token by refreshing a session that the account already has. */
  async signIn(person) {
    if (person.session === null) return (await this.signInAnew(person)).accessToken;
    const { id, counter } = person.session;
    const { body } = await this.send('POST', '/v1/auth/refresh', { body: { refreshToken: this.refreshToken(id, counter) } });
    person.session.counter += 1;
    return body.accessToken;
  }

  /** Opens a new session without the cost of checking a password. */
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

  /** The code in the mail to an address. */
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
