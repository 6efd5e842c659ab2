import type { TestApp } from './start-app.js';

/** Every row of every table as text, by table. */
export async function dump(app: TestApp): Promise<Map<string, string[]>> {
  const tables = await app.rows<{ name: string }>(
    // Partitions are shown by the table that they are of.
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
