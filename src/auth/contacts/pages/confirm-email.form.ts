import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { LinkTokenField } from '../../challenges/link-token-field.js';

/**
 * What the page sends: `token` with `password`, or with `newPassword`. Passwords have no limit of their own here, so that one
 * that is too long comes back as a sentence beside its field; the size of the whole body is limited.
 */
export class ConfirmEmailForm {
  @LinkTokenField()
  token!: string;

  @ApiPropertyOptional({ description: 'The password of the account.', format: 'password', example: 'four bright birds sing' })
  @IsOptional()
  @IsString()
  password?: string;

  @ApiPropertyOptional({
    description: 'A new password, in place of `password`. The reader of the mail takes over the account, and every session ends.',
    format: 'password',
    example: 'seven calm rivers run',
  })
  @IsOptional()
  @IsString()
  newPassword?: string;
}
