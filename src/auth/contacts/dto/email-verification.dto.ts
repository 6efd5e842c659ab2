import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { DocumentsForms } from '../../../common/body-forms.js';
import { CodeField } from '../../../common/code-field.js';
import { InvalidRequestError } from '../../../common/errors.js';
import { KeepsTogether } from '../../../common/field-checks.js';
import { KeepsPolicy } from '../../passwords/keeps-policy.js';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';
import { REGISTRATION_TICKET } from './registration-ticket.js';
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

/** Either `token`, from the link, or `code` with `ticket` or `email`. */
@KeepsTogether(demandProof)
@DocumentsForms({
  ByToken: { requires: ['token'], takes: ['ticket'] },
  ByCode: { requires: ['email', 'code'], takes: ['ticket'] },
  ByTicket: { requires: ['ticket', 'code'] },
})
export class ConfirmEmail {
  @ApiPropertyOptional({
    description: 'Token of the link. Needs `ticket`, `password`, `newPassword`, or an access token of the account as well.',
    maxLength: 100,
    example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo',
  })
  @ValidateIf((body: ConfirmEmail) => body.token !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  token?: string;

  @ApiPropertyOptional({
    description: 'The password of the account.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @ValidateIf((body: ConfirmEmail) => body.password !== undefined)
  @IsString()
  @MaxLength(MAX_PASSWORD_INPUT)
  password?: string;

  @ApiPropertyOptional({
    description: 'A new password, if somebody else registered the account with your address. Ends every session.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'seven calm rivers run',
  })
  @KeepsPolicy()
  @ValidateIf((body: ConfirmEmail) => body.newPassword !== undefined)
  @IsString()
  @MaxLength(MAX_PASSWORD_INPUT)
  newPassword?: string;

  @ApiPropertyOptional({
    description:
      'Ticket of the registration (`registrationTicket`), if it was made here: then `code` needs nothing else. An expired one counts as none.',
    maxLength: 100,
    example: REGISTRATION_TICKET,
  })
  @ValidateIf((body: ConfirmEmail) => body.ticket !== undefined)
  @IsString()
  @MaxLength(100)
  ticket?: string;

  @ApiPropertyOptional({
    description: 'With `code`, unless there is a `ticket`.',
    format: 'email',
    maxLength: 254,
    example: 'ada@example.com',
  })
  @ValidateIf(
    (body: ConfirmEmail) => body.email !== undefined || (body.code !== undefined && body.token === undefined && body.ticket === undefined),
  )
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  email?: string;

  @ApiPropertyOptional({
    description: 'Eight digits from the mail; six where a contract sent it.',
    pattern: '^([0-9]{6}|[0-9]{8})$',
    example: '40291738',
  })
  @ValidateIf((body: ConfirmEmail) => body.code !== undefined || (body.token === undefined && (body.email ?? body.ticket) !== undefined))
  @CodeField('6 or 8')
  code?: string;
}

function demandProof({ token, code, email, ticket }: ConfirmEmail): void {
  if ([token, code, email, ticket].some((part) => part !== undefined)) return;
  throw InvalidRequestError.field('token', 'required', 'Send token, or code with ticket or email.');
}
