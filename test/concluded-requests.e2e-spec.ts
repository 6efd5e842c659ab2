import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseService } from '../src/database/database.service.js';
import { type TestApp, startApp } from './support/start-app.js';

describe('a request that is concluded', () => {
  let app: TestApp;
  let database: DatabaseService;
  beforeAll(async () => {
    app = await startApp();
    database = app.nest.get(DatabaseService);
    await app.rows('CREATE TABLE acts (name text PRIMARY KEY)');
  });
  afterAll(() => app.stop());

  const act = (name: string): Promise<unknown> => database.query('INSERT INTO acts VALUES ($1)', [name]);
  const acts = async (): Promise<string[]> =>
    (await app.rows<{ name: string }>('SELECT name FROM acts ORDER BY name')).map(({ name }) => name);
  const fail = (): Promise<never> => Promise.reject(new Error('on purpose'));

  it('commits its last transaction with the conclusion, earlier ones before it, and sees what it has done', async () => {
    await app.rows('DELETE FROM acts');
    const committed: string[] = [];
    await database.conclude(
      async () => {
        await database.transaction(async () => {
          await act('1');
          database.afterCommit(() => void committed.push('1'));
        });
        expect(await acts()).toEqual([]);
        expect(await database.query('SELECT name FROM acts')).toHaveLength(1);
        await database.transaction(() => act('2'));
        expect([await acts(), committed]).toEqual([['1'], ['1']]);
      },
      async () => void (await act('3')),
    );
    expect(await acts()).toEqual(['1', '2', '3']);
  });

  it('takes its last transaction back when the conclusion fails, and commits it when the work fails after it', async () => {
    await app.rows('DELETE FROM acts');
    const early = database.conclude(async () => {
      await database.transaction(() => act('1'));
      await database.transaction(() => act('2'));
    }, fail);
    await expect(early).rejects.toThrow('on purpose');
    expect(await acts()).toEqual(['1']);
    const late = database.conclude(async () => {
      await database.transaction(() => act('3'));
      return fail();
    }, fail);
    await expect(late).rejects.toThrow('on purpose');
    expect(await acts()).toEqual(['1', '3']);
    const broken = database.conclude(async () => {
      await database.transaction(() => act('4'));
      await database.transaction(async () => {
        await act('5');
        await fail();
      });
    }, fail);
    await expect(broken).rejects.toThrow('on purpose');
    expect(await acts()).toEqual(['1', '3', '4']);
  });

  it('leaves no connection behind, whatever was left running', async () => {
    await app.rows('DELETE FROM acts');
    for (let round = 0; round < 12; round += 1) {
      let later: Promise<unknown> = Promise.resolve();
      let conclude = (): void => {};
      const concluded = new Promise<void>((resolve) => (conclude = resolve));
      await database.conclude(
        async () => {
          await Promise.all([database.transaction(() => act(`${round}a`)), database.transaction(() => act(`${round}b`))]);
          // Begins before the conclusion, and ends after it.
          later = database.transaction(async () => {
            await act(`${round}c`);
            await concluded;
          });
          await act(`${round}d`);
        },
        async () => {},
      );
      conclude();
      await later;
    }
    expect(await acts()).toHaveLength(48);
    const [open] = await app.rows<{ count: string }>(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    expect(open?.count).toBe('0');
  });
});
