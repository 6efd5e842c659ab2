import { createHash } from 'node:crypto';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { InvalidRequestError } from './errors.js';
import { KeepsTogether } from './field-checks.js';

/** Maximum and default number of entries on a page. */
const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 20;

const MAX_CURSOR_CHARS = 2_048;

/** Query parameters of a paginated list. Each list extends this class, with its filters. */
@KeepsTogether((query: PageQuery) => {
  // Checked with all other parameters, so that one answer names all that are wrong.
  if (typeof query.cursor === 'string') fromCursor(query);
})
export abstract class PageQuery {
  @ApiPropertyOptional({
    description: 'Maximum number of entries on this page.',
    type: 'integer',
    minimum: 1,
    maximum: MAX_PAGE_SIZE,
    default: DEFAULT_PAGE_SIZE,
    example: DEFAULT_PAGE_SIZE,
  })
  // Only decimal digits: `Number` would also accept `1e1`, `0x10` and an empty string.
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN))
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  limit: number = DEFAULT_PAGE_SIZE;

  @ApiPropertyOptional({
    description: 'The `nextCursor` of the previous page of the same search; omit it for the first page.',
    maxLength: MAX_CURSOR_CHARS,
    example: 'rS0cQ2wmSd1bIjAxOWE5ZjNlLTZjMWItN2MzZS1hNmQwLTVmMGY2ZjNiMWExMSJd',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_CURSOR_CHARS)
  cursor?: string;

  /** Name of the list with its filters, which may hold anything. A cursor belongs to one of them; another list refuses it. */
  abstract listName(): string;
}

/** End of a page: the sort values of its last entry. The next page begins after these values, even if entries have changed since. */
export type Position = readonly string[];

const DIGEST_BYTES = 9;

/** The `nextCursor` of a page: the position after it in the form that callers send back. Null if no page follows. */
export function toCursor(query: PageQuery, position: Position | null): string | null {
  if (position === null) return null;
  const written = Buffer.from(JSON.stringify(position));
  return Buffer.concat([digest(query.listName(), written), written]).toString('base64url');
}

/**
 * The position that the cursor of a query encodes; undefined without a cursor. Its digest reveals cursors that were cut, mistyped or taken from another list. The digest is not a
 * security measure: a forged cursor only leads to another place of a list that the caller may read anyway, so the values are checked only
 * for text that the database accepts.
 * @throws InvalidRequestError
 */
export function fromCursor(query: PageQuery): Position | undefined {
  const { cursor } = query;
  if (cursor === undefined) return undefined;
  const bytes = Buffer.from(cursor, 'base64url');
  const written = bytes.subarray(DIGEST_BYTES);
  const whole = bytes.toString('base64url') === cursor && digest(query.listName(), written).equals(bytes.subarray(0, DIGEST_BYTES));
  const position = whole ? parse(written.toString()) : undefined;
  if (position === undefined) throw invalidCursor();
  return position;
}

/** The cursor belongs to no page of the list. */
export function invalidCursor(): InvalidRequestError {
  return new InvalidRequestError([
    { pointer: '?cursor', rule: 'cursor.invalid', detail: 'Use the nextCursor of a page of this list, with the same search.' },
  ]);
}

function digest(list: string, written: Buffer): Buffer {
  return createHash('sha256').update(`${list}\n`).update(written).digest().subarray(0, DIGEST_BYTES);
}

function parse(written: string): Position | undefined {
  try {
    const position: unknown = JSON.parse(written);
    const isText = (part: unknown): part is string => typeof part === 'string' && part.isWellFormed() && !part.includes('\0');
    return Array.isArray(position) && position.every(isText) ? position : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Entries of one page, and the position of the last one if more follow.
 * @param found up to `limit` + 1 entries; an extra entry means that there is a next page
 */
export function toPage<T>(found: readonly T[], limit: number, positionOf: (last: T) => Position): { entries: T[]; next: Position | null } {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return { entries, next: found.length > limit && last !== undefined ? positionOf(last) : null };
}
