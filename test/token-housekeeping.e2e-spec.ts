import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenHousekeeping } from '../src/tokens/sessions/token-housekeeping.service.js';
import { signedIn } from './support/accounts.js';
import { type TestApp, sharedApp } from './support/start-app.js';

describe('deleting what nobody needs any more', () => {
  let app: TestApp;
  const count = async (table: string): Promise<number> =>
    Number((await app.rows<{ count: string }>(`SELECT count(*) FROM ${table}`))[0]?.count);
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  it('leaves live rows alone and deletes old ones, in batches and on one node at a time', async () => {
    const user = await signedIn(app);
    await app.db.query(`
      INSERT INTO revocations (session_id, revoked_at)
      SELECT gen_random_uuid(), now() - interval '25 hours' FROM generate_series(1, 2500) UNION ALL SELECT gen_random_uuid(), now() - interval '23 hours'`);
    await app.db.query(
      `INSERT INTO sessions (id, user_id, client_id, idle_expires_at, expires_at)
       SELECT gen_random_uuid(), $1, 'latchkey', now() - days * interval '1 day', now() - days * interval '1 day' FROM unnest('{1,29,31}'::int[]) AS days`,
      [user.id],
    );
    const before = await count('challenges');
    await app.db.query(`UPDATE challenges SET expires_at = now() - interval '6 days'`);

    const other = await app.db.connect();
    await other.query('BEGIN');
    await other.query(`SELECT pg_advisory_xact_lock(hashtext('latchkey:token-housekeeping'))`);
    await app.nest.get(TokenHousekeeping).run();
    expect(await count('revocations')).toBe(2_501);
    await other.query('COMMIT');
    other.release();

    await app.nest.get(TokenHousekeeping).run();
    expect(await count('revocations')).toBe(1);
    expect(await count('sessions')).toBe(3);
    expect(await count('challenges')).toBe(before);
    expect((await app.get('/v1/users/me', { token: user.accessToken })).status).toBe(200);

    await app.db.query(`UPDATE challenges SET expires_at = now() - interval '8 days'`);
    await app.nest.get(TokenHousekeeping).run();
    expect(await count('challenges')).toBe(0);
  });

  it('finds old rows by index', async () => {
    for (const [table, time] of [
      ['revocations', 'revoked_at'],
      ['sessions', 'expires_at'],
      ['challenges', 'expires_at'],
    ] as const) {
      const client = await app.db.connect();
      await client.query('SET enable_seqscan = off');
      const plan = await client.query(
        `EXPLAIN SELECT id FROM ${table} WHERE ${time} < now() - interval '1 day' ORDER BY ${time} LIMIT 1000`,
      );
      client.release(true);
      expect(JSON.stringify(plan.rows)).toContain(`ix_${table}_${time}`);
    }
  });
});
