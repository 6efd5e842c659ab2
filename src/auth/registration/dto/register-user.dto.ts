import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { GENDERS, type Gender } from '../../../users/account.js';
import { MAX_NAME_CHARS } from '../../../users/profile.js';
import { ReturnTo } from '../../challenges/dto/return-to.js';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';

export class RegisterUser {
  @ApiPropertyOptional({
    description: 'Required unless `mobile` is given. The server sends a confirmation mail there.',
    format: 'email',
    maxLength: 254,
    example: 'ada@example.com',
  })
  @IsOptional()
  @IsString()
  @MaxLength(254)
  email?: string;

  @ApiPropertyOptional({
    description: 'Required unless `email` is given. With `+` and country code, or as dialled nationally.',
    maxLength: 40,
    example: '+1 202 555 0147',
  })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  mobile?: string;

  @ApiPropertyOptional({
    description: 'Letters (a-z), digits, `.`, `_` and `-`, with at least one letter; case-insensitively unique.',
    minLength: 3,
    maxLength: 32,
    example: 'ada',
  })
  @IsOptional()
  @IsString()
  @MaxLength(32)
  username?: string;

  @ApiPropertyOptional({ description: 'On one line, without control characters.', maxLength: MAX_NAME_CHARS, example: 'Ada' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_NAME_CHARS)
  firstName?: string;

  @ApiPropertyOptional({ description: 'On one line, without control characters.', maxLength: MAX_NAME_CHARS, example: 'Lovelace' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_NAME_CHARS)
  lastName?: string;

  @ApiPropertyOptional({ description: 'Omit it for no statement.', enum: GENDERS, enumName: 'Gender', example: 'female' })
  @IsOptional()
  @IsIn(GENDERS)
  gender?: Gender;

  @ApiPropertyOptional({ description: 'BCP 47 language tag.', maxLength: 35, example: 'en-GB' })
  @IsOptional()
  @IsString()
  @MaxLength(35)
  locale?: string;

  @ApiProperty({
    description:
      'At least 15 characters (a setting) of any kind; a sentence works well. The server refuses common passwords and names of the user.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @IsString()
  @MaxLength(MAX_PASSWORD_INPUT)
  password!: string;

  @ReturnTo()
  returnTo?: string;
}
