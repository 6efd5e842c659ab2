import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';

/**
 * What the page sends. The password has no limit of its own here, so that one that is too long or too short comes back as a
 * sentence beside its field; the size of the whole body is limited.
 */
export class InvitationForm {
  @ApiProperty({
    description: 'Token of the link; the page has it in a hidden field.',
    maxLength: 100,
    example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
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
