import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { CodeField } from '../../../common/code-field.js';

/** Property decorator: a code of the account's authenticator app, beside a mailed code or link. */
export const ShownTotp = () =>
  applyDecorators(
    ApiPropertyOptional({
      description: 'For an account that requires a second factor: the code that its authenticator app shows.',
      pattern: '^[0-9]{6}$',
      example: '287082',
    }),
    ValidateIf((_, value) => value !== undefined),
    CodeField(6),
  );

/** Property decorator: one of the account's recovery codes, in place of the code of the app. */
export const ShownRecoveryCode = () =>
  applyDecorators(
    ApiPropertyOptional({
      description: 'In place of `totp`: one of the recovery codes. It is used up.',
      maxLength: 64,
      example: '7K3QD-M9XVA-2HTPE-8RWNC',
    }),
    ValidateIf((_, value) => value !== undefined),
    IsString(),
    IsNotEmpty(),
    MaxLength(64),
  );
