import type { QueryRunner } from 'typeorm';

/**
 * How long building an index may wait for transactions that began before it, ms. Nobody waits behind it meanwhile, unlike behind other
 * migrations, so it need not be short.
 */
const OLD_TRANSACTIONS_MS = 600_000;

/**
 * Creates an index while the table is read and written, for a migration with `transaction = false`. If an index of this name exists, it
 * stays; one that a broken-off try left invalid is made anew.
 * @param definition what follows the name, such as `ON sessions (user_id)`
 * @param kind what precedes `INDEX`
 */
export async function createIndexConcurrently(
  runner: QueryRunner,
  name: string,
  definition: string,
  kind: '' | 'UNIQUE ' = '',
): Promise<void> {
  await patiently(runner, async () => {
    const broken = (await runner.query(`SELECT FROM pg_index WHERE indexrelid = to_regclass('${name}') AND NOT indisvalid`)) as unknown[];
    if (broken.length > 0) await runner.query(`DROP INDEX CONCURRENTLY ${name}`);
    await runner.query(`CREATE ${kind}INDEX CONCURRENTLY IF NOT EXISTS ${name} ${definition}`);
  });
}

/** Drops an index in the same way, if there is one of this name. */
export async function dropIndexConcurrently(runner: QueryRunner, name: string): Promise<void> {
  await patiently(runner, () => runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`));
}

async function patiently(runner: QueryRunner, work: () => Promise<unknown>): Promise<void> {
  await runner.query(`SET lock_timeout = ${OLD_TRANSACTIONS_MS}`);
  try {
    await work();
  } finally {
    await runner.query('RESET lock_timeout');
  }
}
