// The cost of the parts alone: Fastify, Fastify with one statement, Fastify with one durable commit, and Argon2id.
import { availableParallelism } from 'node:os';
import { verify } from '@node-rs/argon2';
import fastify from 'fastify';
import pg from 'pg';

const { PORT, DATABASE_URL, PASSWORD, PASSWORD_HASH } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
const SELECT = 'SELECT id, name, email, created_at AS "createdAt" FROM people WHERE id = $1';
const COMMIT = 'UPDATE counters SET value = value + 1 WHERE id = $1';
const PERSON = {
  id: '0199f7ac-1c2a-7cc3-a1f0-5d8e2b7c9e10',
  name: 'Rosa',
  email: 'rosa@example.com',
  createdAt: '2026-01-01T00:00:00.000Z',
};

const schema = {
  response: {
    200: {
      type: 'object',
      properties: {
        id: { type: 'string' },
        name: { type: 'string' },
        email: { type: 'string' },
        createdAt: { type: 'string', format: 'date-time' },
      },
    },
  },
};
const server = fastify();
server.get('/static', { schema }, async () => PERSON);
server.get(
  '/select/:id',
  { schema },
  async ({ params }) => (await pool.query({ name: 'person', text: SELECT, values: [params.id] })).rows[0],
);
server.post('/commit/:id', async ({ params }) => {
  await pool.query({ name: 'count', text: COMMIT, values: [params.id] });
  return PERSON;
});
await server.listen({ port: Number(PORT), host: '127.0.0.1' });

/** Verifies passwords for `ms` milliseconds, as many at a time as there are cores. @returns their number */
async function verifyFor(ms) {
  const startedAt = performance.now();
  let count = 0;
  const lane = async () => {
    while (performance.now() - startedAt < ms) {
      if (!(await verify(PASSWORD_HASH, PASSWORD))) throw new Error('The password is wrong');
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return { count, seconds: (performance.now() - startedAt) / 1_000 };
}

process.on('message', ({ verifyMs }) => {
  if (verifyMs !== undefined) void verifyFor(verifyMs).then((verified) => process.send({ verified }));
});
