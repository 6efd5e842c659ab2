import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { DocumentsForms } from '../../../common/body-forms.js';
import { CodeField } from '../../../common/code-field.js';
import { InvalidRequestError } from '../../../common/errors.js';
import { Keeps, KeepsTogether } from '../../../common/field-checks.js';
import { fromEmail } from '../../../users/identifiers.js';
import { KeepsPolicy } from '../../passwords/keeps-policy.js';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';
import { ReturnTo } from '../../challenges/dto/return-to.js';
import { LinkTokenField } from '../../challenges/link-token-field.js';

export class RequestEmailChange {
  @ApiProperty({
    description: 'The new address. The server mails a link and a code there.',
    format: 'email',
    maxLength: 254,
    example: 'ada.new@example.com',
  })
  @Keeps((text: string) => fromEmail(text))
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  email!: string;

  @ApiPropertyOptional({
    description:
      'The password of the account. Leave it out for an account that has none: its session then needs a proof that is at most 300 s old.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @ValidateIf((body: RequestEmailChange) => body.currentPassword !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  currentPassword?: string;

  @ReturnTo()
  returnTo?: string;
}

/** Either `code` or `token`. */
@KeepsTogether(toEmailProof)
@DocumentsForms({ ByCode: { requires: ['code'] }, ByToken: { requires: ['token'] } })
export class ConfirmEmailChange {
  @ApiPropertyOptional({ description: 'Six digits from the mail.', pattern: '^[0-9]{6}$', example: '402917' })
  @ValidateIf((body: ConfirmEmailChange) => body.code !== undefined)
  @CodeField(6)
  code?: string;

  @ApiPropertyOptional({
    description: 'Token of the link. Replaces `code`.',
    maxLength: 100,
    example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo',
  })
  @ValidateIf((body: ConfirmEmailChange) => body.token !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  token?: string;
}

export class UndoEmailChange {
  @LinkTokenField('Token of the link in the notice to the former address.')
  token!: string;

  @ApiPropertyOptional({
    description: 'A new password for the account. Without it the server locks the old password and mails a link to choose a new one.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'seven calm rivers run',
  })
  @KeepsPolicy()
  @ValidateIf((body: UndoEmailChange) => body.newPassword !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  newPassword?: string;
}

/** @throws InvalidRequestError unless there is exactly one proof */
export function toEmailProof({ code, token }: ConfirmEmailChange): { code: string } | { token: string } {
  if (code !== undefined && token === undefined) return { code };
  if (token !== undefined && code === undefined) return { token };
  throw InvalidRequestError.field('code', token === undefined ? 'required' : 'proof.ambiguous', 'Send either code or token.');
}
