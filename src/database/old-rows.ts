import { pause } from '../common/pause.js';

/** Rows that go at once; more would hold locks and delay other work. */
export const BATCH_ROWS = 1_000;

/**
 * How much longer than a batch the rest after it is. Without one, millions of rows made requests wait for the log that they filled:
 * one in a hundred for almost a second, at 60,000 rows a second; nothing is in such a hurry.
 */
const REST_PER_WORK = 4;

/**
 * To be selected in the transaction of a batch: where the planner takes old rows for few, as before statistics catch up with a busy
 * table, it would gather and sort all of them for every batch.
 */
export const IN_ORDER_OF_INDEX = `set_config('enable_sort', 'off', true)`;

/** Start of the first batch: before all times. */
export const BEGINNING = '-infinity';

/** What a batch deleted, and the time of its last row, as text that keeps all digits. */
export interface DeletedBatch {
  rows: number;
  last: string | null;
}

/**
 * Deletes what is old batch by batch, the oldest first. Each batch begins where the one before ended: deleted rows stay in the index
 * for as long as anybody, a backup say, may still see them, and every batch would walk over all of them. (600,000 rows while a
 * snapshot is open: 7 s instead of 44.) A rest after each leaves most of the database's time to requests.
 * @param deleteBatch deletes at most `BATCH_ROWS` rows from a time on
 * @param stop ends it after the batch that is under way
 */
export async function deleteInBatches(deleteBatch: (from: string) => Promise<DeletedBatch>, stop: AbortSignal): Promise<void> {
  let from = BEGINNING;
  while (!stop.aborted) {
    const startedAt = performance.now();
    const { rows, last } = await deleteBatch(from);
    if (rows < BATCH_ROWS || last === null) return;
    from = last;
    await pause(REST_PER_WORK * (performance.now() - startedAt), stop);
  }
}

/**
 * The statement for one batch of a table, for a transaction with `IN_ORDER_OF_INDEX`: $1 is where it begins, and its one row a
 * `DeletedBatch`. Rows that somebody has locked are left for the next time. Keys are handed on as an array, so that they are looked up
 * by index whatever the planner believes.
 * @param time a column with an index
 * @param before SQL of the time before which rows are old
 * @param only condition of the index, where it is a partial one
 */
export function deleteBatchSql(table: string, time: string, before: string, only = 'true'): string {
  return `
    WITH old AS MATERIALIZED (
           SELECT id, ${time} AS at FROM ${table} WHERE ${time} >= $1::timestamptz AND ${time} < ${before} AND ${only}
           ORDER BY ${time} LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED),
         deleted AS (DELETE FROM ${table} WHERE id = ANY (ARRAY(SELECT id FROM old)))
    SELECT count(*)::int AS rows, max(at)::text AS last FROM old`;
}
