import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Keeps } from '../../../common/field-checks.js';
import { MAX_NAME_CHARS, cleanName } from '../../../users/field-values.js';

/** Property decorator: the owner's word for an authenticator. */
export function AuthenticatorName({ required = true }: { required?: boolean } = {}): PropertyDecorator {
  return applyDecorators(
    Keeps((name: string) => cleanName(name, 'name')),
    MaxLength(MAX_NAME_CHARS),
    IsString(),
    ApiProperty({
      description: `The owner's word for it, such as the device that it is on; on one line.`,
      maxLength: MAX_NAME_CHARS,
      required,
      example: 'Phone',
    }),
  );
}
