import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { LinkTokenField } from '../../challenges/link-token-field.js';

/**
 * What the page sends. The password has no limit of its own here, so that one that is too long or too short comes back as a
 * sentence beside its field; the size of the whole body is limited.
 */
export class InvitationForm {
  @LinkTokenField()
  token!: string;

  @ApiPropertyOptional({
    description: 'A password for the new account; without it the account signs in by mailed codes.',
    format: 'password',
    example: 'seven calm rivers run',
  })
  @IsOptional()
  @IsString()
  password?: string;
}
