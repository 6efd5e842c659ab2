import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { call } from '../load.mjs';
import { startServer } from '../server-process.mjs';
import { ACCOUNTS, DEEP, PAGE, PASSWORD, newEmail } from './subject.mjs';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
/** Node's options in production: those of `npm run start:prod`. */
const OPTIONS = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  .scripts['start:prod'].split(' ')
  .filter((word) => word.startsWith('--'));
const DATABASE = 'latchkey_bench';
/** Maximum page size of the list. */
const LARGEST_PAGE = 100;

/**
 * Prepares two nodes on one database; everything but the sign-out is measured on the first. `queueing` is a node on a copy of that
 * database, whose mails wait for another node to send them.
 */
export async function prepareLatchkey({ ends, postgres, freePort, smtpUrl }) {
  const environment = {
    // Production mode does not start without rate limits.
    NODE_ENV: 'development',
    RATE_LIMIT: 'off',
    DATABASE_URL: await postgres.createDatabase(DATABASE),
    SMTP_URL: smtpUrl,
    APP_SECRET: 'only-for-benches-0123456789abcdefghijklmnopqrstuvwxyz',
    PUBLIC_URL: 'http://localhost:3000',
    LOG_LEVEL: 'error',
    CONTRACTS: 'none',
    // As in the container image.
    MALLOC_ARENA_MAX: '2',
    MIGRATE_ON_START: 'false',
    ACCESS_TOKEN_TTL_SECONDS: '3600',
  };
  const cli = async (...args) => {
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args, '--json'], {
      env: { PATH: process.env.PATH, ...environment },
      signal: ends.signal,
    });
    return JSON.parse(stdout);
  };
  await cli('migrate');
  await cli('seed', String(ACCOUNTS));
  const admin = await cli('admin', 'create', '--username', 'bench-admin');
  await postgres.settle(environment.DATABASE_URL);

  const copy = `${DATABASE}_queueing`;
  const copyUrl = await postgres.createDatabase(copy, DATABASE);
  const start = async (more = {}) => {
    const port = await freePort();
    return startServer(ends, MAIN, {
      env: { ...environment, ...more, PORT: String(port) },
      origin: `http://127.0.0.1:${port}`,
      readyPath: '/health/ready',
      execArgv: OPTIONS,
    });
  };
  const server = await start();
  const other = await start();
  const queueing = await start({ DATABASE_URL: copyUrl, MAIL_WORKER: 'off' });
  const bearer = ({ accessToken }) => ({ authorization: `Bearer ${accessToken}` });
  const signIn = (identifier, password = PASSWORD) => ({ method: 'POST', path: '/v1/auth/login', body: { identifier, password } });
  const { body: administrator } = await call(server.origin, signIn('bench-admin', admin.password));
  const list = (query) => ({ path: `/v1/users?${query}`, headers: bearer(administrator) });

  const subject = {
    name: 'Latchkey',
    server,
    database: DATABASE,
    nodes: [server.origin, other.origin],
    start,
    newAccount: () => ({ email: newEmail() }),
    signUp: ({ email }) => ({ method: 'POST', path: '/v1/auth/register', body: { email, password: PASSWORD }, expect: 201 }),
    signIn: ({ email }) => signIn(email),
    toSession: ({ body }) => ({ accessToken: body.accessToken, refreshToken: body.refreshToken }),
    whoAmI: (session) => ({ path: '/v1/users/me', headers: bearer(session) }),
    verify: (session) => ({ path: '/v1/auth/verify', headers: bearer(session), expect: 204 }),
    refresh: ({ refreshToken }) => ({ method: 'POST', path: '/v1/auth/refresh', body: { refreshToken } }),
    signOut: (session) => ({ method: 'POST', path: '/v1/auth/logout', headers: bearer(session), expect: 204 }),
    isSignedIn: ({ status }) => status === 200,
    firstPage: () => list(`limit=${PAGE}`),
  };
  const cursor = await walk(server.origin, list, DEEP / LARGEST_PAGE);
  return {
    ...subject,
    queueing: { ...subject, name: 'Latchkey, mail queued', server: queueing, database: copy },
    deepPage: () => list(`limit=${PAGE}&cursor=${cursor}`),
  };
}

/** The cursor after `pages` pages of the maximum size. */
async function walk(origin, list, pages) {
  let cursor;
  for (let page = 0; page < pages; page += 1) {
    const { body } = await call(origin, list(`limit=${LARGEST_PAGE}${cursor === undefined ? '' : `&cursor=${cursor}`}`));
    cursor = body.nextCursor;
  }
  return cursor;
}
