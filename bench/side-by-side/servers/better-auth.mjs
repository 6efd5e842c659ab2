// better-auth with its own handler on node:http and its adapter for pg. `VARIANT` changes one of its defaults.
import { createServer } from 'node:http';
import { hash, verify } from '@node-rs/argon2';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { admin } from 'better-auth/plugins';
import pg from 'pg';

const { PORT, DATABASE_URL, VARIANT } = process.env;
/** Latchkey's parameters: Argon2id, 19 MiB, two passes, one lane. */
const ARGON2 = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const VARIANTS = {
  defaults: {},
  argon2id: {
    emailAndPassword: {
      enabled: true,
      password: { hash: (password) => hash(password, ARGON2), verify: ({ hash: stored, password }) => verify(stored, password) },
    },
  },
  'cookie-cache': { session: { cookieCache: { enabled: true } } },
  // Extends the session with every request instead of once a day.
  refresh: { session: { updateAge: 0 } },
};

const options = {
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: 'only-for-benches-0123456789abcdefghijklmnopqrstuvwxyz',
  database: new pg.Pool({ connectionString: DATABASE_URL }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  logger: { level: 'error' },
  plugins: [admin()],
  ...VARIANTS[VARIANT],
};
if (process.env.MIGRATE === 'true') await (await getMigrations(options)).runMigrations();
const handle = toNodeHandler(betterAuth(options));
createServer((request, response) => void handle(request, response)).listen(Number(PORT), '127.0.0.1');
