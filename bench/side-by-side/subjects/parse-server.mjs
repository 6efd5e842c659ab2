import { fileURLToPath } from 'node:url';
import { withClient } from '../postgres.mjs';
import { startServer } from '../server-process.mjs';
import { ACCOUNTS, DEEP, PAGE, PASSWORD, newEmail } from './subject.mjs';

const SCRIPT = fileURLToPath(new URL('../servers/parse-server.mjs', import.meta.url));
const DATABASE = 'parse_server';
const MASTER_KEY = 'only-for-benches';
const SEED = `
  INSERT INTO "_User" ("objectId", username, email, "emailVerified", "createdAt", "updatedAt", _rperm, _wperm)
  SELECT left(md5(n::text), 10), 'seeded.' || n, 'seeded.' || n || '@example.com', true, now(), now(), ARRAY['*'], ARRAY[left(md5(n::text), 10)]
  FROM generate_series(1, $1::int) n`;

export async function prepareParseServer({ ends, postgres, freePort }) {
  const databaseUrl = await postgres.createDatabase(DATABASE);
  const start = async () => {
    const port = await freePort();
    return startServer(ends, SCRIPT, {
      // parse-server opens its log files before it reads its options.
      env: { NODE_ENV: 'production', PORT: String(port), DATABASE_URL: databaseUrl, MASTER_KEY, PARSE_SERVER_LOGS_FOLDER: 'null' },
      origin: `http://127.0.0.1:${port}`,
      readyPath: '/parse/health',
    });
  };
  const server = await start();
  const other = await start();
  const app = { 'x-parse-application-id': 'bench' };
  const headers = (session) => ({ ...app, 'x-parse-session-token': session.token });
  await withClient(databaseUrl, (client) => client.query(SEED, [ACCOUNTS]));
  await postgres.settle(databaseUrl);
  const list = (skip) => ({ path: `/parse/users?limit=${PAGE}&skip=${skip}`, headers: { ...app, 'x-parse-master-key': MASTER_KEY } });
  return {
    name: 'parse-server',
    server,
    database: DATABASE,
    nodes: [server.origin, other.origin],
    start,
    newAccount: () => ({ email: newEmail() }),
    signUp: ({ email }) => ({
      method: 'POST',
      path: '/parse/users',
      headers: app,
      body: { username: email, email, password: PASSWORD },
      expect: 201,
    }),
    signIn: ({ email }) => ({ method: 'POST', path: '/parse/login', headers: app, body: { username: email, password: PASSWORD } }),
    toSession: ({ body }) => ({ token: body.sessionToken }),
    whoAmI: (session) => ({ path: '/parse/users/me', headers: headers(session) }),
    signOut: (session) => ({ method: 'POST', path: '/parse/logout', headers: headers(session), body: {} }),
    isSignedIn: ({ status }) => status === 200,
    firstPage: () => list(0),
    deepPage: () => list(DEEP),
  };
}
