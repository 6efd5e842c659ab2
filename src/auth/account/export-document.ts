import type { AccountExport } from './account-export.service.js';

/** The export as pieces of one JSON document; lists are read as far as the pieces are taken. */
export async function* writeAccountExport(found: AccountExport, now: Date): AsyncGenerator<string, void> {
  yield `{"exportedAt":${JSON.stringify(now)}`;
  for (const [name, told] of found) {
    yield `,${JSON.stringify(name)}:`;
    if (!(Symbol.asyncIterator in told)) {
      yield JSON.stringify(told);
      continue;
    }
    let separator = '[';
    for await (const item of told) {
      yield separator + JSON.stringify(item);
      separator = ',';
    }
    yield separator === '[' ? '[]' : ']';
  }
  yield '}';
}
