import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString } from 'class-validator';
import type { CodeDigits } from '../../common/capability.js';
import { plainDigitsOf } from '../../common/text.js';

/** Digits of a mailed code; the fewest of any. */
const MAILED_DIGITS = 6;

/**
 * Property decorator: a code, as text or as a number; a number gets its leading zeros back.
 * @param digits length of the code: six or eight
 */
export const IsCode = (digits: CodeDigits = MAILED_DIGITS) =>
  applyDecorators(
    Transform(({ value: sent }: { value: unknown }) => {
      const value = typeof sent === 'string' ? plainDigitsOf(sent) : sent;
      if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? String(value).padStart(digits, '0') : value;
      return typeof value === 'string' && /^\d+$/.test(value) ? value.padStart(MAILED_DIGITS, '0') : value;
    }),
    IsString(),
  );
