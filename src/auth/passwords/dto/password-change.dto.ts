import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { KeepsPolicy } from '../keeps-policy.js';
import { MAX_PASSWORD_INPUT } from './password-input.js';

export class ChangePassword {
  @ApiProperty({
    description: 'The current password.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  currentPassword!: string;

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
