import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { KeepsPolicy } from '../keeps-policy.js';
import { MAX_PASSWORD_INPUT } from './password-input.js';

export class ChangePassword {
  @ApiPropertyOptional({
    description:
      'The current password. Leave it out for an account that has none: its session then needs a proof that is at most 300 s old.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @ValidateIf((body: ChangePassword) => body.currentPassword !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  currentPassword?: string;

  @ApiProperty({
    description:
      'A different password: at least 15 characters (a setting) of any kind; a sentence works well. The server refuses common passwords and names of the user.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'seven calm rivers run',
  })
  @KeepsPolicy()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  newPassword!: string;
}
