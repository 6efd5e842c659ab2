import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { Client } from 'pg';
import { inject } from 'vitest';

/** Runs one statement on a connection of its own. */
export async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

let maintenance: Promise<Client> | undefined;

/** The connection of this process over which databases are made: a new one takes half as long as a database. */
async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  // It ends with the process, which does not wait for it.
  (client as unknown as { connection: { stream: Socket } }).connection.stream.unref();
  return client;
}

/** Databases that this process has made and not dropped. */
const made = new Set<string>();

/** Creates a migrated database; it is dropped after the test file that uses it last. Copying files takes half the time of logging each page. */
export async function createDatabase(): Promise<string> {
  const url = new URL(inject('postgresUrl'));
  const name = `test_${randomBytes(6).toString('hex')}`;
  maintenance ??= connected(url.href);
  await (await maintenance).query(`CREATE DATABASE ${name} TEMPLATE latchkey_template STRATEGY FILE_COPY`);
  made.add(name);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * Drops the databases to which nothing is connected; a server that waits for a later test file is. At the end of the run, while nothing else
 * happens, hundreds would take longer to delete.
 */
export async function dropDatabases(): Promise<void> {
  if (maintenance === undefined || made.size === 0) return;
  const client = await maintenance;
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = name)`,
    [[...made]],
  );
  for (const { name } of rows) {
    await client.query(`DROP DATABASE IF EXISTS ${name}`);
    made.delete(name);
  }
}
