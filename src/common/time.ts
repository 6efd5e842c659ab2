import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsDate, IsOptional } from 'class-validator';

/** A date, or a date with a time and its zone: what RFC 3339 §5.6 writes, to the millisecond. */
const WRITTEN_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** `undefined` for what names no time that exists: 30 February, hour 25, a date without its zone. */
export function readTime(written: unknown): Date | undefined {
  if (typeof written !== 'string' || !WRITTEN_TIME.test(written)) return undefined;
  const time = new Date(written);
  if (Number.isNaN(time.getTime())) return undefined;
  // JavaScript takes 30 February for 2 March.
  const [year, month, day] = written.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(Number(year), Number(month) - 1, day)).getUTCDate() === day ? time : undefined;
}

/** A query parameter that is a time, or left out. The property is a `Date`. */
export function Time({ description, example }: { description: string; example: string }) {
  return applyDecorators(
    ApiPropertyOptional({
      type: String,
      format: 'date-time',
      description: `${description} A date without a time means midnight UTC.`,
      example,
    }),
    IsOptional(),
    IsDate({ message: '$property must be a time such as 2026-03-01T09:30:00Z' }),
    // What cannot be read becomes something that is no date, so that it is refused and not ignored.
    Transform(({ value }: { value: unknown }) => readTime(value) ?? Number.NaN),
  );
}
