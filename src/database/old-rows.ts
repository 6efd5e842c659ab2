import { pause } from '../common/pause.js';

/** Rows deleted in one batch; more would hold locks and delay other work. */
export const BATCH_ROWS = 1_000;

/**
 * The pause after a batch, as a multiple of the batch's duration. Without a pause, deleting millions of rows filled the write-ahead log and
 * delayed requests: the p99 was almost a second, at 60,000 rows a second. The purge is not that urgent.
 */
const REST_PER_WORK = 4;

/**
 * SELECT for the transaction of a batch. Without it the planner may believe that there are few old rows, before statistics catch up with a
 * busy table, and would gather and sort all of them for every batch.
 */
export const IN_ORDER_OF_INDEX = `set_config('enable_sort', 'off', true)`;

/** Start of the first batch: earlier than any time. */
export const BEGINNING = '-infinity';

/** Number of rows that a batch deleted, and the time of its last row as text, which keeps all digits. */
export interface DeletedBatch {
  rows: number;
  last: string | null;
}

/**
 * Deletes old rows batch by batch, the oldest first. Each batch begins where the previous one ended: deleted rows stay in the index for as
 * long as another transaction, such as a backup, may still see them, and every batch would scan all of them. (600,000 rows while a snapshot
 * is open: 7 s instead of 44.) A pause after each batch leaves most of the database's time to requests.
 * @param deleteBatch deletes at most `BATCH_ROWS` rows from a time on
 * @param stop stops after the current batch
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
 * The statement for one batch of a table, for a transaction with `IN_ORDER_OF_INDEX`: $1 is the time at which it begins, and its single row
 * is a `DeletedBatch`. It skips locked rows until the next run. It passes keys as an array, so that PostgreSQL looks them up by index
 * whatever the planner estimates.
 * @param time a column with an index
 * @param before SQL of the time before which rows are old
 * @param only condition of the index, if it is a partial one
 */
export function deleteBatchSql(table: string, time: string, before: string, only = 'true'): string {
  return `
    WITH old AS MATERIALIZED (
           SELECT id, ${time} AS at FROM ${table} WHERE ${time} >= $1::timestamptz AND ${time} < ${before} AND ${only}
           ORDER BY ${time} LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED),
         deleted AS (DELETE FROM ${table} WHERE id = ANY (ARRAY(SELECT id FROM old)))
    SELECT count(*)::int AS rows, max(at)::text AS last FROM old`;
}
