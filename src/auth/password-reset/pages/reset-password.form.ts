import { ApiProperty } from '@nestjs/swagger';
import { FactorField } from '../../authenticators/factor-field.js';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

/**
 * What the page sends. The password has no limit of its own here, so that one that is too long or too short comes back as a
 * sentence beside its field; the size of the whole body is limited.
 */
export class ResetPasswordForm {
  @ApiProperty({
    description: 'Token of the link; the page has it in a hidden field.',
    maxLength: 100,
    example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  token!: string;

  @ApiProperty({ description: 'The new password.', format: 'password', example: 'seven calm rivers run' })
  @IsString()
  newPassword!: string;

  @FactorField()
  factor?: string;
}
