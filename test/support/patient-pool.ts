import type { INestApplicationContext } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { PATIENCE_MS } from './poll.js';

/** How long a statement waits for a lock, ms; below the 10 s that any statement has. */
const LOCK_WAIT_MS = 9_000;

/**
 * Lets the server wait for connections as long as tests wait for anything, and long for locks. A real server gives up after 1.2 and
 * 0.5 s, and on a busy machine a handful of requests at once takes longer.
 */
export async function waitForDatabase(app: INestApplicationContext): Promise<void> {
  const { master } = app.get(DataSource).driver as unknown as { master: Pool };
  Object.assign(master.options, { connectionTimeoutMillis: PATIENCE_MS, lock_timeout: LOCK_WAIT_MS });
  // Connections that the start has opened.
  const open = await Promise.all(Array.from({ length: master.totalCount }, () => master.connect()));
  await Promise.all(open.map((client) => client.query(`SET lock_timeout = ${LOCK_WAIT_MS}`)));
  for (const client of open) client.release();
}
