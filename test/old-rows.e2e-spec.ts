import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeletedBatch, IN_ORDER_OF_INDEX, deleteBatchSql, deleteInBatches } from '../src/database/old-rows.js';
import { ContactsRepository } from '../src/users/contacts.repository.js';
import { register } from './support/accounts.js';
import { type TestApp, startApp } from './support/start-app.js';

const DELETE = deleteBatchSql('revocations', 'revoked_at', `now() - interval '1 day'`);

describe('deleting what is old in batches', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const makeOld = (rows: number, stepSeconds: number) =>
    app.rows(
      `INSERT INTO revocations (session_id, revoked_at)
       SELECT gen_random_uuid(), now() - interval '30 hours' + nth * make_interval(secs => $2) FROM generate_series(1, $1::int) AS nth`,
      [rows, stepSeconds],
    );
  const count = async (table: string): Promise<number> =>
    (await app.rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`))[0]?.count ?? -1;
  const deleteBatch = async (from: string): Promise<DeletedBatch> => {
    const [batch] = await app.rows<{ rows: number; last: string | null }>(DELETE, [from]);
    return batch ?? { rows: 0, last: null };
  };

  it('deletes all of it and nothing else, also when more than a batch is of the same time', async () => {
    await makeOld(2_500, 0);
    await makeOld(2_500, 1);
    await app.rows('INSERT INTO revocations (session_id) VALUES (gen_random_uuid())');
    const batches: number[] = [];
    await deleteInBatches(async (from) => {
      const batch = await deleteBatch(from);
      batches.push(batch.rows);
      return batch;
    }, new AbortController().signal);
    expect(batches).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 0]);
    expect(await count('revocations')).toBe(1);
    await app.rows('DELETE FROM revocations');
  });

  it('ends after the batch under way when it has to stop, without a rest', async () => {
    await makeOld(2_500, 1);
    const stopping = new AbortController();
    let batches = 0;
    await deleteInBatches((from) => {
      batches += 1;
      if (batches === 2) stopping.abort();
      return deleteBatch(from);
    }, stopping.signal);
    expect(await count('revocations')).toBe(500);
    await app.rows('DELETE FROM revocations');
  });

  it('rests after each batch for longer than it took, so that requests have the database most of the time', async () => {
    const BATCH_MS = 20;
    const starts: number[] = [];
    await deleteInBatches(async () => {
      starts.push(performance.now());
      await wait(BATCH_MS);
      return { rows: starts.length < 3 ? 1_000 : 7, last: '2026-01-01' };
    }, new AbortController().signal);
    expect(starts).toHaveLength(3);
    for (const [index, start] of starts.slice(1).entries()) expect(start - (starts[index] ?? 0)).toBeGreaterThan(BATCH_MS * 4);
  });

  it('leaves what somebody has locked for the next time, and does not wait for it', async () => {
    await makeOld(10, 1);
    const other = await app.db.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT FROM revocations ORDER BY revoked_at LIMIT 3 FOR UPDATE');
      expect((await deleteBatch('-infinity')).rows).toBe(7);
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
    expect((await deleteBatch('-infinity')).rows).toBe(3);
  });

  it('walks over nothing twice while somebody, a backup say, can still see what was deleted', async () => {
    const [backup, client] = [await app.db.connect(), await app.db.connect()];
    // Of its own: nobody else reads its index.
    await client.query('CREATE TABLE things (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, made_at timestamptz NOT NULL)');
    await client.query('CREATE INDEX ix_things_made_at ON things (made_at)');
    await client.query(`INSERT INTO things (made_at) SELECT now() - nth * interval '1 second' FROM generate_series(1, 5000) AS nth`);
    try {
      await backup.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await backup.query('SELECT 1');
      await deleteInBatches(async (from) => {
        await client.query('BEGIN');
        await client.query(`SELECT ${IN_ORDER_OF_INDEX}`);
        const { rows } = await client.query<DeletedBatch>(deleteBatchSql('things', 'made_at', 'now()'), [from]);
        await client.query('COMMIT');
        return rows[0] ?? { rows: 0, last: null };
      }, new AbortController().signal);
      await client.query('SELECT pg_stat_force_next_flush()');
      const { rows } = await client.query(
        `SELECT idx_tup_read::int AS read, (SELECT count(*)::int FROM things) AS left FROM pg_stat_user_indexes WHERE indexrelname = 'ix_things_made_at'`,
      );
      // Of the batch before, the last one.
      expect(rows).toEqual([{ read: 5_005, left: 0 }]);
    } finally {
      await backup.query('ROLLBACK');
      backup.release();
      client.release(true);
    }
  });

  it('forgets ended holds of addresses along with a change of one, not all of them in one request', async () => {
    const { id, email } = await register(app);
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [id]);
    await app.rows(
      `INSERT INTO held_emails (email_key, user_id, held_until)
       SELECT 'former.' || nth || '@example.com', $1, now() - nth * interval '1 second' FROM generate_series(1, 150) AS nth`,
      [id],
    );
    const contacts = app.nest.get(ContactsRepository, { strict: false });
    await contacts.holdEmail(id, 'next@example.com', 600);
    expect(await count('held_emails')).toBe(51);
    await contacts.holdEmail(id, 'another@example.com', 600);
    expect(await contacts.findHeldEmails(id)).toEqual([{ email, heldUntil: expect.any(Date) }]);
    await contacts.holdEmail(id, email, 600);
    expect(await count('held_emails')).toBe(0);
  });
});
