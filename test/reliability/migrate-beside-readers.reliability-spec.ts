import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/capabilities.js';
import { createIndexConcurrently } from '../../src/database/concurrent-index.js';
import { MigrationBlockedError, migrate } from '../../src/database/migrate.js';
import { signedIn } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';

class Widened9999900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users ADD COLUMN IF NOT EXISTS widened text');
  }
  async down(): Promise<void> {}
}

class Indexed9999910000000 implements MigrationInterface {
  readonly transaction = false;
  async up(runner: QueryRunner): Promise<void> {
    await createIndexConcurrently(runner, 'ix_users_widened', 'ON users (widened) WHERE widened IS NOT NULL');
  }
  async down(): Promise<void> {}
}

const PATIENT = { totalMs: 600_000, restMs: 300 };

describe('migrate, while others use the database', () => {
  let app: TestApp;
  let url: string;
  let token: string;
  const noLibraries = (): Promise<void> => Promise.resolve();
  const settings = (): { DATABASE_URL: string; DATABASE_POOL_SIZE: number } => ({ DATABASE_URL: url, DATABASE_POOL_SIZE: 2 });

  /** A transaction that stays open, like that of a long backup. */
  const open = async (sql: string): Promise<{ end(): Promise<void> }> => {
    const client = new Client({ connectionString: url, application_name: 'a-long-backup' });
    await client.connect();
    await client.query('BEGIN');
    await client.query(sql);
    return {
      async end() {
        await client.query('COMMIT');
        await client.end();
      },
    };
  };

  beforeAll(async () => {
    url = await createDatabase();
    app = await startApp({}, url);
    ({ accessToken: token } = await signedIn(app));
  });
  beforeEach(() => app.db.query(`ALTER TABLE users DROP COLUMN IF EXISTS widened`));
  beforeEach(() => app.db.query(`DELETE FROM migrations WHERE name ~ '^(Widened|Indexed)'`));
  afterAll(() => app.stop());

  it('tries again and again beside a long reader, says who keeps it waiting, and lets requests through in between', async () => {
    const events: string[] = [];
    const reader = await open('SELECT count(*) FROM users');
    const migrating = migrate(settings(), [...MIGRATIONS, Widened9999900000000], noLibraries, (line) => events.push(line), PATIENT);
    const tries = (): number => events.filter((event) => event !== 'answered').length;
    // Each of these needs the table, and begins when the migration has been trying already.
    await poll('the first try', () => tries() > 0 || undefined);
    while (tries() < 4) {
      const { status } = await app.get('/v1/users/me', { token });
      expect(status).toBe(200);
      events.push('answered');
    }
    expect(events[0]).toMatch(
      /^Widened9999900000000 did not get its lock \(try 1\); open transactions: .*a-long-backup \(pid \d+\) for \d+ s/,
    );
    // Between two tries the queue has gone, although the reader is still there.
    const between = events.map((event, i) => event !== 'answered' && events[i - 1] === 'answered').filter(Boolean).length;
    expect(between).toBeGreaterThanOrEqual(2);
    await reader.end();
    expect(await migrating).toEqual(['Widened9999900000000']);
    expect((await app.get('/v1/users/me', { token })).status).toBe(200);
  });

  it('gives up after a while, with nothing half done, and goes on from there', async () => {
    const reader = await open('SELECT count(*) FROM users');
    const migrations = [...MIGRATIONS, Widened9999900000000];
    const failed = await migrate(settings(), migrations, noLibraries, () => {}, { totalMs: 0, restMs: 0 }).catch((error: Error) => error);
    expect(failed).toBeInstanceOf(MigrationBlockedError);
    expect(String(failed)).toContain('a-long-backup');
    await reader.end();
    expect(await migrate(settings(), migrations, noLibraries)).toEqual(['Widened9999900000000']);
  });

  it('builds an index while an older transaction writes, and other writers go on', async () => {
    await migrate(settings(), [...MIGRATIONS, Widened9999900000000], noLibraries);
    const writer = await open(`UPDATE users SET widened = 'yes'`);
    const migrating = migrate(settings(), [...MIGRATIONS, Widened9999900000000, Indexed9999910000000], noLibraries);
    const building = async (): Promise<true | undefined> =>
      (
        await app.rows(
          `SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock' AND datname = current_database()`,
        )
      ).length > 0 || undefined;
    await poll('the build to wait', building);
    await signedIn(app);
    expect(await building()).toBe(true);
    await writer.end();
    expect(await migrating).toEqual(['Indexed9999910000000']);
    expect(await app.rows(`SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'ix_users_widened'::regclass`)).toEqual([
      { valid: true },
    ]);
  });

  it('makes an index anew that a broken-off try left behind', async () => {
    await migrate(settings(), [...MIGRATIONS, Widened9999900000000], noLibraries);
    await app.db.query(`UPDATE users SET widened = 'same'`);
    // A second account has the same value: the unique index fails, and stays behind.
    await signedIn(app);
    await app.db.query(`UPDATE users SET widened = 'same'`);
    await expect(app.db.query(`CREATE UNIQUE INDEX CONCURRENTLY ix_users_widened ON users (widened)`)).rejects.toThrow(/unique/);
    const state = () =>
      app.rows(`SELECT indisvalid AS valid, indisunique AS only FROM pg_index WHERE indexrelid = 'ix_users_widened'::regclass`);
    expect(await state()).toEqual([{ valid: false, only: true }]);
    await migrate(settings(), [...MIGRATIONS, Widened9999900000000, Indexed9999910000000], noLibraries);
    expect(await state()).toEqual([{ valid: true, only: false }]);
  });

  it('lets one of several nodes migrate; the others wait for it, but not for ever', async () => {
    const busy = new Client({ connectionString: url });
    await busy.connect();
    await busy.query(`SELECT pg_advisory_lock(hashtext('latchkey:migrations'))`);
    const lines: string[] = [];
    const note = (line: string): void => void lines.push(line);
    await expect(migrate(settings(), MIGRATIONS, noLibraries, note, { totalMs: 0, restMs: 0 })).rejects.toThrow(MigrationBlockedError);
    const waiting = migrate(settings(), [...MIGRATIONS, Widened9999900000000], noLibraries, note, PATIENT);
    await poll('it to wait', () => lines.length === 1 || undefined);
    // No statement waits in the database: the other node may be building an index, which would wait for that one.
    const here = `database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    expect(await app.rows(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND ${here}`)).toEqual([]);
    await busy.end();
    expect(await waiting).toEqual(['Widened9999900000000']);
    expect(lines).toEqual(['Another node migrates the database. Waiting for it.']);
  });
});
