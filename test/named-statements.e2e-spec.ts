import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseService } from '../src/database/database.service.js';
import { type TestApp, startApp } from './support/start-app.js';

describe('statements that are kept under a name', () => {
  let app: TestApp;
  let database: DatabaseService;
  beforeAll(async () => {
    app = await startApp();
    database = app.nest.get(DatabaseService);
    await app.rows('CREATE TABLE notes (id int PRIMARY KEY, written timestamptz, tags text[], about jsonb, done boolean, size bigint)');
  });
  afterAll(() => app.stop());

  it('give what others give, the first time and later, at the same time too', async () => {
    const sql = `SELECT $1::int AS number, $2::text AS text, $3::timestamptz AS time, $4::text[] AS list, $5::jsonb AS json, $6::boolean AS truth,
                        $7::bigint AS long, NULL::text AS none, $8::bytea AS bytes, $2::text || ' ✓ "'',\\' AS marks FROM generate_series(1, 2)`;
    const values = [
      42,
      'Ünï',
      new Date('2026-03-01T09:30:00.123Z'),
      ['a', 'b "c"', null],
      { a: [1, null] },
      true,
      '9007199254740993',
      Buffer.from('x'),
    ];
    const plain = await database.query(sql, values);
    expect(plain[1]).toMatchObject({ number: 42, time: values[2], list: values[3], json: values[4], long: values[6], none: null });
    const runs = await Promise.all(Array.from({ length: 30 }, () => database.named('note-types', sql, values)));
    for (const rows of runs) expect(rows).toEqual(plain);
    expect(
      await database.named(
        'note-types',
        sql,
        values.map(() => null),
      ),
    ).toEqual(
      await database.query(
        sql,
        values.map(() => null),
      ),
    );
  });

  it('give nothing where nothing is returned', async () => {
    for (const id of [1, 2]) expect(await database.named('note-add', 'INSERT INTO notes (id) VALUES ($1)', [id])).toEqual([]);
    for (let i = 0; i < 2; i += 1) expect(await database.named('note-none', 'SELECT id FROM notes WHERE id = $1', [9])).toEqual([]);
    expect(await app.rows('SELECT id FROM notes ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('fail as others do, and work again afterwards', async () => {
    const read = (value: unknown) => database.named('note-cast', 'SELECT ($1::text)::int AS number', [value]);
    await expect(read('one')).rejects.toMatchObject({ code: '22P02' });
    expect(await read('1')).toEqual([{ number: 1 }]);
    await expect(read('two')).rejects.toMatchObject({ code: '22P02' });
    expect(await read('2')).toEqual([{ number: 2 }]);
    await expect(database.named('note-wrong', 'SELECT nothing FROM nowhere', [])).rejects.toMatchObject({ code: '42P01' });
    await expect(database.named('note-few', 'SELECT $1::int', [])).rejects.toMatchObject({ code: '08P01' });
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    await expect(read(cyclic)).rejects.toThrow('circular');
    expect(await read('3')).toEqual([{ number: 3 }]);
  });

  it('leave their connection as it was when a value is refused, and not after other failures', async () => {
    const pool = (app.nest.get(DataSource).driver as unknown as { master: Pool }).master;
    const closed: unknown[] = [];
    const note = (failure: unknown): unknown => failure === undefined || closed.push(failure);
    pool.on('release', note);
    await database.named('note-add', 'INSERT INTO notes (id) VALUES ($1)', [7]);
    await expect(database.named('note-add', 'INSERT INTO notes (id) VALUES ($1)', [7])).rejects.toMatchObject({ code: '23505' });
    await expect(database.query('INSERT INTO notes (id) VALUES ($1)', [7])).rejects.toMatchObject({ code: '23505' });
    expect(closed).toEqual([]);
    // As a statement is that was prepared before the table changed.
    const read = () => database.named('note-all', 'SELECT * FROM notes WHERE id = $1', [7]);
    await Promise.all(Array.from({ length: 20 }, read));
    await app.rows('ALTER TABLE notes ADD COLUMN more text');
    const outcomes = [];
    for (let i = 0; i < 20; i += 1) outcomes.push((await Promise.allSettled([read()]))[0]?.status);
    pool.off('release', note);
    expect(closed.length).toBe(outcomes.filter((status) => status === 'rejected').length);
    expect(closed.length).toBeGreaterThan(0);
    expect(outcomes.at(-1)).toBe('fulfilled');
    await app.rows('DELETE FROM notes WHERE id = 7');
  });

  it('are kept in a transaction, too, and prepared anew once a table has changed', async () => {
    const read = (name: string) =>
      database.transaction(async () => ({
        rows: await database.named(name, 'SELECT * FROM notes WHERE id = $1', [1]),
        kept: await database.query('SELECT name FROM pg_prepared_statements WHERE name LIKE $1 ORDER BY name', [`${name}%`]),
      }));
    expect(await read('note-in')).toMatchObject({ rows: [{ id: 1 }], kept: [{ name: 'note-in' }] });
    await Promise.all(Array.from({ length: 20 }, () => read('note-in')));
    await app.rows('ALTER TABLE notes ADD COLUMN still_more text');
    await expect(read('note-in')).rejects.toMatchObject({ code: '0A000' });
    for (let i = 0; i < 20; i += 1) expect((await read('note-in')).rows).toMatchObject([{ id: 1, still_more: null }]);
    await expect(database.transaction(() => database.named('note-add', 'INSERT INTO notes (id) VALUES ($1)', [1]))).rejects.toMatchObject({
      code: '23505',
    });
    expect((await read('note-in')).rows).toHaveLength(1);
  });

  it('fail when their connection is lost', async () => {
    const lost = database.named('note-sleep', 'SELECT pg_sleep(30), $1::text', ['lost']);
    await Promise.all([
      expect(lost).rejects.toMatchObject({ code: '57P01' }),
      (async () => {
        const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%' AND datname = current_database()`;
        while ((await app.rows(others)).length === 0);
      })(),
    ]);
    expect(await database.named('note-after', 'SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
  });

  it('are refused when two of them have one name', async () => {
    const both = async () => {
      // As many as there are connections, so that one of them gets both.
      for (const sql of ['SELECT 1 AS a', 'SELECT 2 AS a'])
        await Promise.all(Array.from({ length: 20 }, () => database.named('note-twice', sql, [])));
    };
    await expect(both()).rejects.toThrow('Two statements are called note-twice');
  });
});
