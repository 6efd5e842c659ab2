import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { LinkTokenField } from '../../challenges/link-token-field.js';

/** What the page sends. */
export class ConfirmNewEmailForm {
  @LinkTokenField()
  token!: string;

  @ApiPropertyOptional({
    description: 'The password of the account; without it the page shows the form again.',
    format: 'password',
    example: 'four bright birds sing',
  })
  @IsOptional()
  @IsString()
  password?: string;
}
