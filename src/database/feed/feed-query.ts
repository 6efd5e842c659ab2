import type { QueryResultRow } from 'pg';

/** Runs one statement on the feed's own connection and returns its rows. */
export type FeedQuery = <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** How long the database may take for one answer on that connection before the feed drops it, ms. */
export const ANSWER_MS = 3_000;

/** The result of `work`, or an error after `ms`. */
export function within<T>(ms: number, message: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(message)), ms).unref();
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
