import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsDate, IsOptional } from 'class-validator';

/** A date, or a date with a time and its zone (RFC 3339 §5.6), to the millisecond. */
const WRITTEN_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** `undefined` if the time does not exist (30 February, hour 25) or has no zone. */
export function readTime(written: unknown): Date | undefined {
  if (typeof written !== 'string' || !WRITTEN_TIME.test(written)) return undefined;
  const time = new Date(written);
  if (Number.isNaN(time.getTime())) return undefined;
  // JavaScript reads 30 February as 2 March.
  const [year, month, day] = written.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(Number(year), Number(month) - 1, day)).getUTCDate() === day ? time : undefined;
}

/** An optional query parameter that is a time. The property is a `Date`. */
export function Time({ description, example }: { description: string; example: string }) {
  return applyDecorators(
    ApiPropertyOptional({
      type: String,
      format: 'date-time',
      description: `${description} A date without a time means midnight UTC.`,
      example,
    }),
    IsOptional(),
    IsDate(),
    // A value that cannot be parsed becomes an invalid value, so that it is refused instead of ignored.
    Transform(({ value }: { value: unknown }) => readTime(value) ?? Number.NaN),
  );
}
