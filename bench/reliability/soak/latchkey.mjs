// The server of the soak: production's settings, invented accounts, an administrator.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { call } from '../stage.mjs';

const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
/** At most so many different people take part. */
const MAX_PEOPLE = 50_000;

/** Connections of a node: its pool, and six for mail, migrations and messages (docs/operations.md). */
export const POOL_SIZE = 10;
export const MAX_CONNECTIONS = POOL_SIZE + 6;

export class Latchkey {
  constructor(stage, databaseUrl, { SMTP_URL, METRICS_TOKEN }) {
    this.stage = stage;
    this.databaseUrl = databaseUrl;
    this.metricsToken = METRICS_TOKEN;
    this.env = {
      NODE_ENV: 'production',
      // As the README recommends.
      NODE_OPTIONS: '--max-semi-space-size=4',
      HOST: '127.0.0.1',
      PUBLIC_URL: 'https://accounts.example.com',
      DATABASE_POOL_SIZE: String(POOL_SIZE),
      RATE_LIMIT: 'on',
      // Callers send the addresses of people, as a proxy does.
      TRUSTED_PROXIES: '127.0.0.1',
      STORAGE_URL: `file://${stage.folder}/pictures`,
      SMTP_URL,
      METRICS_TOKEN,
    };
  }

  /** Makes the tables and the accounts. @returns the accounts' password, the administrator, and the time for the accounts, s */
  async prepare(accounts) {
    await this.command('migrate');
    const { password, seconds } = await this.command('seed', String(accounts));
    const username = 'soak-root';
    const admin = await this.command('admin', 'create', '--username', username);
    return { password, seconds, admin: { identifier: username, password: admin.password } };
  }

  async start() {
    this.node = await this.stage.node(this.databaseUrl, this.env);
    return this.node;
  }

  /** People who can sign in, in a random order. */
  async people() {
    const client = await this.stage.client(this.databaseUrl);
    const { rows } = await client.query(
      `SELECT email FROM users
       WHERE disabled_at IS NULL AND email_verified_at IS NOT NULL ORDER BY random() LIMIT $1`,
      [MAX_PEOPLE],
    );
    await client.end();
    return rows;
  }

  /** The metrics of the process by name; those with labels are left out. */
  async metrics() {
    const { status, body } = await call(this.node.port, 'GET', '/metrics', { token: this.metricsToken });
    if (status !== 200) throw new Error(`metrics: ${status}`);
    return Object.fromEntries([...body.matchAll(/^([a-z_0-9]+) ([-+.e\d]+)$/gm)].map(([, name, value]) => [name, Number(value)]));
  }

  async command(...args) {
    const env = { PATH: process.env.PATH, NODE_ENV: 'development', APP_SECRET: this.stage.secret, DATABASE_URL: this.databaseUrl };
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args, '--json'], { env }).catch(
      ({ code, stdout: words, stderr }) => {
        throw new Error(`latchkey ${args.join(' ')} ended with ${code}: ${words}${stderr}`);
      },
    );
    return stdout.trim() === '' ? null : JSON.parse(stdout);
  }
}
