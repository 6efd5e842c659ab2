/** Rows that are read at once where there may be any number: enough to be quick, few enough to hold in memory. */
export const PAGE_ROWS = 500;

/**
 * All rows of a statement that is asked page by page.
 * @param load gives at most `PAGE_ROWS` rows after the last one of the page before
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
