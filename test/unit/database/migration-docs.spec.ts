import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../../src/capabilities.js';
import { disturbances, toMigrationTable } from '../../../src/database/migration-docs.js';

/** The newest migration that is felt; it came before the rule. */
const LAST_FELT = 'WornPasswords9013410000000';

type Query = { query(sql: string): Promise<unknown[]> };
const migration = (name: string, ...statements: string[]) =>
  ({
    [name]: class {
      async up(runner: Query): Promise<void> {
        for (const sql of statements) await runner.query(sql);
      }
    },
  })[name] as new () => { up(runner: never): Promise<void> };

describe('migrations that are felt', () => {
  it('are none of the new ones: they build indexes concurrently, check constraints later, and take nothing away', async () => {
    const from = MIGRATIONS.findIndex(({ name }) => name === LAST_FELT) + 1;
    expect(from).toBeGreaterThan(0);
    const fresh = new Set(MIGRATIONS.slice(from).map(({ name }) => name));
    expect((await disturbances(MIGRATIONS)).filter(({ migration: name }) => fresh.has(name))).toEqual([]);
  });

  it('are in the documentation', async () => {
    const text = readFileSync(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');
    expect(text).toContain(await toMigrationTable(MIGRATIONS));
  });

  it.each([
    ['CREATE INDEX ix_old ON old (a)', false],
    ['CREATE UNIQUE INDEX uq_old ON old (a)', false],
    ['ALTER TABLE old ADD COLUMN b text GENERATED ALWAYS AS (lower(a)) STORED', false],
    ['ALTER TABLE old ADD CONSTRAINT ck_old CHECK (a > 0)', false],
    ['ALTER TABLE old ALTER COLUMN a SET NOT NULL', false],
    ['ALTER TABLE old ALTER COLUMN a TYPE bigint', false],
    ['UPDATE old SET a = 1', false],
    ['INSERT INTO fresh SELECT * FROM old', false],
    ['ALTER TABLE old RENAME COLUMN a TO b', true],
    ['ALTER TABLE old DROP COLUMN a', true],
    ['DROP TABLE old', true],
  ])('are told by their statements: %s', async (sql, breaksBefore) => {
    const found = await disturbances([migration('Old1', 'CREATE TABLE old (a int)'), migration('New2', sql)]);
    expect(found).toMatchObject([{ migration: 'New2', breaksBefore }]);
  });

  it.each([
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_old ON old (a)',
    'ALTER TABLE old ADD COLUMN b text',
    'ALTER TABLE old ADD CONSTRAINT ck_old CHECK (a > 0) NOT VALID',
    'ALTER TABLE old VALIDATE CONSTRAINT ck_old',
    'CREATE TABLE fresh (a int)',
  ])('are not those that others go on beside: %s', async (sql) => {
    expect(await disturbances([migration('Old1', 'CREATE TABLE old (a int)'), migration('New2', sql)])).toEqual([]);
  });

  it('are not those that fill the tables which they make themselves', async () => {
    const both = migration('Both1', 'CREATE TABLE own (a int)', 'CREATE INDEX ix_own ON own (a)', 'UPDATE own SET a = 1');
    expect(await disturbances([both])).toEqual([]);
  });
});
