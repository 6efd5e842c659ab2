import { fileURLToPath } from 'node:url';
import { hash } from '@node-rs/argon2';
import { withClient } from '../postgres.mjs';
import { startServer } from '../server-process.mjs';
import { ACCOUNTS, PASSWORD } from './subject.mjs';

const SCRIPT = fileURLToPath(new URL('../servers/floors.mjs', import.meta.url));
const DATABASE = 'floors';
const TABLES = `
  CREATE TABLE people (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL, email text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE counters (id int PRIMARY KEY, value bigint NOT NULL DEFAULT 0);
  INSERT INTO counters SELECT generate_series(0, 63);`;
const SEED = `INSERT INTO people (name, email) SELECT 'Reader ' || n, 'seeded.' || n || '@example.com' FROM generate_series(1, $1::int) n`;

export async function prepareFloors({ ends, postgres, freePort }) {
  const databaseUrl = await postgres.createDatabase(DATABASE);
  const ids = await withClient(databaseUrl, async (client) => {
    await client.query(TABLES);
    await client.query(SEED, [ACCOUNTS]);
    const { rows } = await client.query('SELECT id FROM people LIMIT 64');
    return rows.map(({ id }) => id);
  });
  await postgres.settle(databaseUrl);
  const port = await freePort();
  const server = await startServer(ends, SCRIPT, {
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      PASSWORD,
      PASSWORD_HASH: await hash(PASSWORD, { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }),
    },
    origin: `http://127.0.0.1:${port}`,
    readyPath: '/static',
  });
  return {
    server,
    database: DATABASE,
    static: () => ({ path: '/static' }),
    select: (lane) => ({ path: `/select/${ids[lane]}` }),
    commit: (lane) => ({ method: 'POST', path: `/commit/${lane}` }),
    /** Argon2id on all cores. */
    verifyFor: async (seconds) => (await server.ask({ verifyMs: seconds * 1_000 }, 'verified')).verified,
  };
}
