import type { INestApplicationContext } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { PATIENCE_MS } from './poll.js';

/** How long a statement waits for a lock, ms; less than the limit of 10 s for any statement. */
const LOCK_WAIT_MS = 9_000;

/**
 * Gives the server's pool and locks the patience of the tests. In production it gives up after 1.2 s (connection) and 0.5 s (lock); on a
 * busy machine a few simultaneous requests take longer.
 */
export async function waitForDatabase(app: INestApplicationContext): Promise<void> {
  const { master } = app.get(DataSource).driver as unknown as { master: Pool };
  Object.assign(master.options, { connectionTimeoutMillis: PATIENCE_MS, lock_timeout: LOCK_WAIT_MS });
  // Connections that the server opened at its start.
  const open = await Promise.all(Array.from({ length: master.totalCount }, () => master.connect()));
  await Promise.all(open.map((client) => client.query(`SET lock_timeout = ${LOCK_WAIT_MS}`)));
  for (const client of open) client.release();
}
