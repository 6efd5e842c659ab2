import { ApiProperty } from '@nestjs/swagger';
import { FactorField } from '../../authenticators/factor-field.js';
import { IsString } from 'class-validator';
import { LinkTokenField } from '../../challenges/link-token-field.js';

/**
 * What the page sends. The password has no limit of its own here, so that one that is too long or too short comes back as a
 * sentence beside its field; the size of the whole body is limited.
 */
export class ResetPasswordForm {
  @LinkTokenField()
  token!: string;

  @ApiProperty({ description: 'The new password.', format: 'password', example: 'seven calm rivers run' })
  @IsString()
  newPassword!: string;

  @FactorField()
  factor?: string;
}
