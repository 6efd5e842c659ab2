import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { DocumentsForms } from '../../../common/body-forms.js';
import { CodeField } from '../../../common/code-field.js';
import { InvalidRequestError } from '../../../common/errors.js';
import { KeepsTogether } from '../../../common/field-checks.js';
import type { ResetProof } from '../reset-proofs.service.js';
import { KeepsPolicy } from '../../passwords/keeps-policy.js';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';
import { ShownRecoveryCode, ShownTotp } from '../../authenticators/dto/shown-factor.js';
import { ReturnTo } from '../../challenges/dto/return-to.js';

export class RequestPasswordReset {
  @ApiProperty({ description: 'E-mail address, username or mobile number of the account.', maxLength: 254, example: 'ada@example.com' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  identifier!: string;

  @ReturnTo()
  returnTo?: string;
}

/** Either `token`, from the link, or `identifier` and `code`. */
@KeepsTogether(demandProof)
@DocumentsForms({ ByToken: { requires: ['token'] }, ByCode: { requires: ['identifier', 'code'] } })
export class CheckPasswordReset {
  @ApiPropertyOptional({
    description: 'Token of the link. Replaces `identifier` and `code`.',
    maxLength: 100,
    example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo',
  })
  @ValidateIf((body: CheckPasswordReset) => body.token !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  token?: string;

  @ApiPropertyOptional({
    description: 'With `code`: e-mail address, username or mobile number.',
    maxLength: 254,
    example: 'ada@example.com',
  })
  @ValidateIf((body: CheckPasswordReset) => body.identifier !== undefined || (body.token === undefined && body.code !== undefined))
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  identifier?: string;

  @ApiPropertyOptional({ description: 'Eight digits from the mail or text message.', pattern: '^[0-9]{8}$', example: '40291738' })
  @ValidateIf((body: CheckPasswordReset) => body.code !== undefined || (body.token === undefined && body.identifier !== undefined))
  @CodeField(8)
  code?: string;
}

@DocumentsForms({ ByToken: { requires: ['token'] }, ByCode: { requires: ['identifier', 'code'] } })
export class ResetPassword extends CheckPasswordReset {
  @ApiProperty({
    description:
      'At least 15 characters (a setting) of any kind; a sentence works well. The server refuses common passwords and names of the user.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'seven calm rivers run',
  })
  @KeepsPolicy()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  newPassword!: string;

  @ShownTotp()
  totp?: string;

  @ShownRecoveryCode()
  recoveryCode?: string;
}

/** @throws InvalidRequestError unless there is one kind of proof, be it whole or not */
function demandProof({ token, identifier, code }: CheckPasswordReset): void {
  const isByCode = identifier !== undefined || code !== undefined;
  if (token !== undefined && isByCode)
    throw InvalidRequestError.field('token', 'proof.ambiguous', 'Send either token, or identifier and code.');
  if (token === undefined && !isByCode) throw InvalidRequestError.field('token', 'required', 'Send token, or identifier and code.');
}

/** @throws InvalidRequestError unless there is exactly one kind of proof */
export function toResetProof({ token, identifier, code }: CheckPasswordReset): ResetProof {
  if (token !== undefined && identifier === undefined && code === undefined) return { token };
  if (token === undefined && identifier !== undefined && code !== undefined) return { identifier, code };
  throw InvalidRequestError.field('token', 'proof.ambiguous', 'Send either token, or identifier and code.');
}
