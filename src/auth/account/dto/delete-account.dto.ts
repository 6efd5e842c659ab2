import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';
import { ReturnTo } from '../../challenges/dto/return-to.js';

export class DeleteAccount {
  @ApiPropertyOptional({
    description:
      'The password of the account, because a stolen access token must not be enough. Leave it out for an account that has none: its session then needs a proof that is at most 300 s old.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @ValidateIf((body: DeleteAccount) => body.password !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  password?: string;
}

export class RequestAccountDeletion {
  @ReturnTo()
  returnTo?: string;
}
