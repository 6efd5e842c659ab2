import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';
import { ReturnTo } from '../../challenges/dto/return-to.js';

export class RequestEmailVerification {
  @ApiProperty({
    description: 'The address of the account, in upper or lower case.',
    format: 'email',
    maxLength: 254,
    example: 'ada@example.com',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  email!: string;

  @ReturnTo()
  returnTo?: string;
}

/** Either `token`, from the link, or `email` and `code`. */
export class ConfirmEmail {
  @ApiPropertyOptional({
    description: 'Token of the link. Needs `password`, `newPassword`, or an access token of the account as well.',
    maxLength: 100,
    example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo',
  })
  @ValidateIf((body: ConfirmEmail) => body.token !== undefined || (body.email === undefined && body.code === undefined))
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  token?: string;

  @ApiPropertyOptional({
    description: 'With `token`: the password of the account.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @ValidateIf((body: ConfirmEmail) => body.password !== undefined)
  @IsString()
  @MaxLength(MAX_PASSWORD_INPUT)
  password?: string;

  @ApiPropertyOptional({
    description: 'With `token`: a new password, if somebody else registered the account with your address. Ends every session.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'seven calm rivers run',
  })
  @ValidateIf((body: ConfirmEmail) => body.newPassword !== undefined)
  @IsString()
  @MaxLength(MAX_PASSWORD_INPUT)
  newPassword?: string;

  @ApiPropertyOptional({ description: 'With `code`.', format: 'email', maxLength: 254, example: 'ada@example.com' })
  @ValidateIf((body: ConfirmEmail) => body.token === undefined || body.email !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  email?: string;

  @ApiPropertyOptional({ description: 'Six digits from the mail.', pattern: '^[0-9]{6}$', example: '402917' })
  @ValidateIf((body: ConfirmEmail) => body.token === undefined || body.code !== undefined)
  @Matches(/^\d{6}$/, { message: 'code must be six digits' })
  code?: string;
}
