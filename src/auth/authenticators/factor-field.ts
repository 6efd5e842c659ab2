import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { ErrorCode } from '../../common/declared.js';
import { plainDigitsOf } from '../../common/text.js';
import type { Mendable } from '../challenges/link-page.js';
import type { ShownFactor } from './second-factor-check.service.js';

/** Property decorator: the field of a page that takes a code of the app or a recovery code. */
export const FactorField = () =>
  applyDecorators(
    ApiPropertyOptional({
      description: 'For an account that requires a second factor: a code of its authenticator app, or a recovery code.',
      maxLength: 64,
      example: '287082',
    }),
    IsOptional(),
    IsString(),
    MaxLength(64),
  );

/** What somebody typed into that field; nothing, if it is empty. */
export function toShownFactor(typed: string | undefined): ShownFactor {
  if (typed === undefined || typed.trim() === '') return {};
  const digits = plainDigitsOf(typed);
  return /^\d{6}$/.test(digits) ? { totp: digits } : { recoveryCode: typed };
}

/** Failures that the reader of such a page can put right there. */
export const FACTOR_MENDS: Readonly<Partial<Record<ErrorCode, Mendable>>> = {
  'auth.second_factor_required': {
    status: 422,
    problems: [{ field: 'factor', text: 'page.shared.factor-missing' }],
  },
  'factor.invalid': {
    status: 401,
    problems: [{ field: 'factor', text: 'page.shared.factor-wrong' }],
  },
};
