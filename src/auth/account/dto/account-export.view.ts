import { ApiProperty } from '@nestjs/swagger';
import type { AccountExport } from '../account-export.service.js';

/** Everything that is kept of an account. Its other members are what the capabilities tell of it. */
export class AccountExportView {
  @ApiProperty({ type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z', description: 'When the export was begun.' })
  exportedAt!: string;
}

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
