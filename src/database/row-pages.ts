/** Rows per page when a result may be arbitrarily large: enough to be quick, few enough to hold in memory. */
export const PAGE_ROWS = 500;

/**
 * Reads all rows of a query page by page.
 * @param load returns at most `PAGE_ROWS` rows after the last row of the previous page
 */
export async function* inPages<Row>(load: (last: Row | undefined) => Promise<Row[]>): AsyncGenerator<Row, void> {
  let last: Row | undefined;
  for (;;) {
    const rows = await load(last);
    yield* rows;
    last = rows.at(-1);
    if (rows.length < PAGE_ROWS) return;
  }
}
