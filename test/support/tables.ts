import { poll } from './poll.js';
import type { TestApp } from './start-app.js';

/** All rows of all tables as text, by table. */
export async function dump(app: TestApp): Promise<Map<string, string[]>> {
  const tables = await app.rows<{ name: string }>(
    // Partitions are covered by their parent table.
    `SELECT format('%I.%I', nspname, relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const dumped = new Map<string, string[]>();
  for (const { name } of tables)
    dumped.set(
      name,
      (await app.rows<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)).map(({ row }) => row),
    );
  return dumped;
}

/** Tables that a running server relies on or maintains. */
const KEPT = ['migrations', 'signing_keys', 'mail_workers'];

/** Deletes all rows but those that a server expects at its start. */
export async function emptyDatabase(app: TestApp): Promise<void> {
  await poll('the end of jobs under way', async () => {
    await app.rows('DELETE FROM graphile_worker._private_jobs WHERE locked_at IS NULL');
    return (await app.rows('SELECT FROM graphile_worker._private_jobs')).length === 0 ? true : undefined;
  });
  // TRUNCATE makes every table and index anew, however empty: that takes ten times as long. Keys between tables are not looked at meanwhile.
  await app.rows(`DO $$
    DECLARE name text; found boolean;
    BEGIN
      SET LOCAL session_replication_role = replica;
      FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN (${KEPT.map((each) => `'${each}'`).join(', ')}) LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO found;
        IF found THEN EXECUTE format('DELETE FROM %I', name); END IF;
      END LOOP;
    END $$`);
}
