import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseService } from '../src/database/database.service.js';
import type { ConcludeRoute } from '../src/idempotency/conclude.js';
import { IdempotencyService } from '../src/idempotency/idempotency.service.js';
import { poll } from './support/poll.js';
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
  beforeEach(() => app.rows('DELETE FROM acts'));

  const act = (name: string): Promise<unknown> => database.query('INSERT INTO acts VALUES ($1)', [name]);
  const acts = async (): Promise<string[]> =>
    (await app.rows<{ name: string }>('SELECT name FROM acts ORDER BY name')).map(({ name }) => name);
  const fail = (): Promise<never> => Promise.reject(new Error('on purpose'));

  /** Does a request with a key; `toAnswer` may fail. */
  const request = (work: (conclude: ConcludeRoute) => Promise<unknown>, key: string = randomUUID(), toAnswer = (): void => {}) =>
    app.nest.get(IdempotencyService).once({ route: 'POST /test', userId: null, key, content: '' }, work, (body) => {
      toAnswer();
      return { answer: { status: 201, headers: {}, body: JSON.stringify(body) ?? null }, ownerId: null };
    });

  it('commits its act with the answer, earlier transactions before it, and tells who waits for a commit afterwards', async () => {
    const committed: string[] = [];
    const key = randomUUID();
    await request(async (conclude) => {
      await database.transaction(() => act('1'));
      expect(await acts()).toEqual(['1']);
      return conclude(
        () =>
          database.transaction(async () => {
            await act('2');
            database.afterCommit(() => void committed.push('2'));
            expect([await acts(), committed]).toEqual([['1'], []]);
            return 'done';
          }),
        (result) => `${result} and told`,
      );
    }, key);
    expect([await acts(), committed]).toEqual([['1', '2'], ['2']]);
    expect(await request(fail, key)).toEqual({ stored: { status: 201, headers: {}, body: '"done and told"' } });
  });

  it('takes its act back when the answer cannot be stored, and keeps what was committed before', async () => {
    const work = async (conclude: ConcludeRoute): Promise<void> => {
      await database.transaction(() => act('1'));
      await conclude(() => act('2'));
    };
    const unanswered = request(work, randomUUID(), () => {
      throw new Error('on purpose');
    });
    await expect(unanswered).rejects.toThrow('on purpose');
    expect(await acts()).toEqual(['1']);
  });

  it('gives the key back when its act fails, and keeps the answer when only what comes after the act does', async () => {
    const [failed, late] = [randomUUID(), randomUUID()];
    const broken = request(
      (conclude) =>
        conclude(async () => {
          await act('1');
          await fail();
        }),
      failed,
    );
    await expect(broken).rejects.toThrow('on purpose');
    expect(await acts()).toEqual([]);
    expect(await request((conclude) => conclude(() => act('1')), failed)).toMatchObject({ result: [] });
    const after = request(async (conclude) => {
      await conclude(() => act('2'));
      await fail();
    }, late);
    await expect(after).rejects.toThrow('on purpose');
    expect(await acts()).toEqual(['1', '2']);
    // Done once, although nobody was told: it is not done again.
    expect(await request(() => act('2'), late)).toMatchObject({ stored: { status: 201 } });
  });

  it('is answered again, too, when it does not say what its act is', async () => {
    const key = randomUUID();
    expect(await request(async () => 'unsaid', key)).toEqual({ result: 'unsaid' });
    expect(await request(fail, key)).toMatchObject({ stored: { body: '"unsaid"' } });
  });

  it('leaves no connection behind, whatever was left running', async () => {
    for (let round = 0; round < 12; round += 1) {
      let later: Promise<unknown> = Promise.resolve();
      let conclude = (): void => {};
      const concluded = new Promise<void>((resolve) => (conclude = resolve));
      await request(async (concluding) => {
        await Promise.all([database.transaction(() => act(`${round}a`)), database.transaction(() => act(`${round}b`))]);
        // Begins before the conclusion, and ends after it.
        later = database.transaction(async () => {
          await act(`${round}c`);
          await concluded;
        });
        await concluding(() => act(`${round}d`));
      });
      conclude();
      await later;
    }
    expect(await acts()).toHaveLength(48);
    await poll('no transaction to be open', async () => {
      const [open] = await app.rows<{ count: string }>(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
      );
      return open?.count === '0' ? true : undefined;
    });
  });
});
