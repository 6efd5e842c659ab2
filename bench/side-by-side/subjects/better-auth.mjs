import { fileURLToPath } from 'node:url';
import { call } from '../load.mjs';
import { withClient } from '../postgres.mjs';
import { startServer } from '../server-process.mjs';
import { ACCOUNTS, DEEP, PAGE, PASSWORD, newEmail } from './subject.mjs';

const SCRIPT = fileURLToPath(new URL('../servers/better-auth.mjs', import.meta.url));
const SEED = `
  INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
  SELECT md5(n::text), 'Reader ' || n, 'seeded.' || n || '@example.com', true, now(), now() FROM generate_series(1, $1::int) n`;

/** One variant of better-auth with a database of its own: `defaults`, `argon2id`, `cookie-cache` or `refresh`. */
export async function prepareBetterAuth({ ends, postgres, freePort }, variant, nodeCount = 1) {
  const database = `better_auth_${variant.replaceAll('-', '_')}`;
  const databaseUrl = await postgres.createDatabase(database);
  const start = async (migrate = false) => {
    const port = await freePort();
    return startServer(ends, SCRIPT, {
      env: { NODE_ENV: 'production', PORT: String(port), DATABASE_URL: databaseUrl, VARIANT: variant, MIGRATE: String(migrate) },
      origin: `http://127.0.0.1:${port}`,
      readyPath: '/api/auth/ok',
    });
  };
  const servers = [await start(true)];
  while (servers.length < nodeCount) servers.push(await start());
  const [server] = servers;
  // better-auth checks the Origin header of requests with cookies.
  const headers = (session) => ({ origin: server.origin, ...(session === undefined ? {} : { cookie: session.cookie }) });
  const signIn = ({ email }) => ({
    method: 'POST',
    path: '/api/auth/sign-in/email',
    headers: headers(),
    body: { email, password: PASSWORD },
  });
  const signUp = ({ email }) => ({
    method: 'POST',
    path: '/api/auth/sign-up/email',
    headers: headers(),
    body: { name: 'Rosa', email, password: PASSWORD },
  });

  await withClient(databaseUrl, (client) => client.query(SEED, [ACCOUNTS]));
  const root = { email: newEmail() };
  await call(server.origin, signUp(root));
  await withClient(databaseUrl, (client) => client.query(`UPDATE "user" SET role = 'admin' WHERE email = $1`, [root.email]));
  await postgres.settle(databaseUrl);
  const administrator = toSession(await call(server.origin, signIn(root)));
  const list = (offset) => ({ path: `/api/auth/admin/list-users?limit=${PAGE}&offset=${offset}`, headers: headers(administrator) });
  return {
    name: variant === 'defaults' ? 'better-auth' : `better-auth (${variant})`,
    server,
    database,
    nodes: servers.map(({ origin }) => origin),
    start,
    newAccount: () => ({ email: newEmail() }),
    signUp,
    signIn,
    toSession,
    whoAmI: (session) => ({ path: '/api/auth/get-session', headers: headers(session) }),
    refresh: (session) => ({ path: '/api/auth/get-session', headers: headers(session) }),
    signOut: (session) => ({ method: 'POST', path: '/api/auth/sign-out', headers: headers(session), body: {} }),
    isSignedIn: ({ body }) => body?.user !== undefined,
    firstPage: () => list(0),
    deepPage: () => list(DEEP),
  };
}

function toSession({ headers }) {
  const cookies = [headers['set-cookie']].flat().filter((line) => line !== undefined);
  return { cookie: cookies.map((line) => line.split(';', 1)[0]).join('; ') };
}
