import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { LinkTokenField } from '../../challenges/link-token-field.js';

/**
 * What the page sends. The password has no limit of its own here, so that one that is too long or too short comes back as a
 * sentence beside its field; the size of the whole body is limited.
 */
export class UndoEmailChangeForm {
  @LinkTokenField()
  token!: string;

  @ApiPropertyOptional({
    description: 'A new password for the account; without it the server mails a link to choose one.',
    format: 'password',
    example: 'seven calm rivers run',
  })
  @IsOptional()
  @IsString()
  newPassword?: string;
}
