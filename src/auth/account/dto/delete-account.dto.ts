import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';
import { ReturnTo } from '../../challenges/dto/return-to.js';

export class DeleteAccount {
  @ApiProperty({
    description: 'The password of the account, because a stolen access token must not be enough.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  password!: string;
}

export class RequestAccountDeletion {
  @ReturnTo()
  returnTo?: string;
}
