import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString } from 'class-validator';
import { plainDigitsOf } from '../../common/text.js';

/** Digits of a mailed code. */
const CODE_DIGITS = 6;

/** Property decorator: a six-digit code, as text or as a number; a number gets its leading zeros back. */
export const IsCode = () =>
  applyDecorators(
    Transform(({ value: sent }: { value: unknown }) => {
      const value = typeof sent === 'string' ? plainDigitsOf(sent) : sent;
      const isShort = typeof value === 'string' ? /^\d+$/.test(value) : Number.isInteger(value) && Number(value) >= 0;
      return isShort ? String(value).padStart(CODE_DIGITS, '0') : value;
    }),
    IsString(),
  );
