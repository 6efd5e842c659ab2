import { Client } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../src/capabilities.js';
import { dataSourceOptions } from '../src/database/data-source.js';
import { createDatabase } from './support/databases.js';

/** Tables, columns, constraints, indexes, triggers and functions of ours, one a line. */
const SCHEMA = `
  SELECT format('column %s.%s %s %s %s %s', table_name, column_name, data_type, is_nullable, collation_name, coalesce(generation_expression, column_default)) AS line
  FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text NOT LIKE 'graphile%'
  UNION ALL SELECT format('function %s', p.oid::regprocedure) FROM pg_proc p LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
            WHERE pronamespace = 'public'::regnamespace AND d.objid IS NULL
  ORDER BY 1`;

describe('the migrations', () => {
  it('can be taken back one by one, and applied again, and what was on record stays', async () => {
    const url = await createDatabase();
    const client = new Client({ connectionString: url });
    await client.connect();
    const source = await new DataSource({
      ...dataSourceOptions({ DATABASE_URL: url, DATABASE_POOL_SIZE: 2 }),
      migrations: MIGRATIONS as (new () => MigrationInterface)[],
    }).initialize();
    const schema = async (): Promise<string[]> => (await client.query<{ line: string }>(SCHEMA)).rows.map(({ line }) => line);
    const events = async () => (await client.query(`SELECT id, action, details FROM audit_events ORDER BY id`)).rows;
    try {
      await client.query(
        `INSERT INTO audit_events (action, outcome, occurred_at, details)
         VALUES ('test.now', 'success', now(), '{}'), ('test.then', 'success', now() - interval '70 days', '{"reason": "x"}')`,
      );
      const [before, recorded] = [await schema(), await events()];
      // Down to the log as one table.
      const done = await source.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id DESC');
      const steps = done.findIndex(({ name }) => name.startsWith('AuditPartitions')) + 1;
      expect(steps).toBeGreaterThan(1);
      for (let step = 0; step < steps; step += 1) await source.undoLastMigration({ transaction: 'each' });
      expect(await events()).toEqual(recorded);
      await client.query(`INSERT INTO audit_events (action, outcome) VALUES ('test.between', 'success')`);
      expect(await source.runMigrations({ transaction: 'each' })).toHaveLength(steps);
      const [after, now] = [await schema(), await events()];
      expect(now.slice(0, 2)).toEqual(recorded);
      expect(now.map(({ action }: { action: string }) => action)).toEqual(['test.now', 'test.then', 'test.between']);
      const isMonth = (line: string): boolean => /audit_events_\d{4}_\d{2}/.test(line);
      expect(after.filter((line) => !isMonth(line))).toEqual(before.filter((line) => !isMonth(line)));
      await client.query(`INSERT INTO audit_events (action, outcome) VALUES ('test.after', 'success')`);
      expect((await events()).at(-1)).toMatchObject({ action: 'test.after' });
    } finally {
      await source.destroy();
      await client.end();
    }
  });
});
