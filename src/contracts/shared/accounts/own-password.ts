import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString } from 'class-validator';

/** When an operation that takes `IsOwnPassword` needs it, for the descriptions of operations. */
export const WHEN_NEEDED = 'unless this contract opened the session and the account has no elevated role (`admin`)';

/**
 * Property decorator: the optional field `password` beside the documented ones. It never makes a request invalid: frontends of the
 * document do not know it, and may send something else under its name.
 */
export const IsOwnPassword = () =>
  applyDecorators(
    ApiPropertyOptional({
      description: "The caller's own password; not in the contract's document. Ignored where it is not needed.",
      type: 'string',
      format: 'password',
      example: 'the password of the account',
    }),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' && value !== '' ? value : undefined)),
    IsOptional(),
    IsString(),
  );

/** The only field of an operation whose document shows none. */
export class OwnPassword {
  @IsOwnPassword()
  password?: string;
}
