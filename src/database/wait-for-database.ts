import { setTimeout as wait } from 'node:timers/promises';
import { isUnavailable } from './database-errors.js';
import { clientFor } from './servers.js';

/** How long one try may take, ms; a busy machine needs seconds for what an idle one does in one. */
const CONNECT_MS = 5_000;

/** How long a start waits, and how long it rests between two tries, ms. */
export interface StartPatience {
  totalMs: number;
  restMs: number;
}

const PATIENCE: StartPatience = { totalMs: 60_000, restMs: 500 };

/**
 * Waits for a database that starts at the same time as the server, or still recovers from a crash. What does not pass by itself, such as a wrong
 * password or a database that does not exist, is thrown at once.
 * @param note told once, if there is something to wait for
 * @throws the last error, after a minute
 */
export async function waitForDatabase(url: string | undefined, note: (line: string) => void, patience = PATIENCE): Promise<void> {
  const end = performance.now() + patience.totalMs;
  for (let isFirst = true; ; isFirst = false) {
    const error = await tryOnce(url);
    if (error === null) return;
    if (!isUnavailable(error) || performance.now() > end) throw error;
    if (isFirst) note(`The database is not ready yet, waiting up to ${patience.totalMs / 1_000} s: ${error.message}`);
    await wait(patience.restMs);
  }
}

async function tryOnce(url: string | undefined): Promise<Error | null> {
  const client = clientFor(url, { connectionTimeoutMillis: CONNECT_MS, application_name: 'latchkey' });
  // The try gets the error as well; without a listener a broken connection would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return null;
  } catch (error) {
    return error as Error;
  } finally {
    await client.end().catch(() => {});
  }
}
