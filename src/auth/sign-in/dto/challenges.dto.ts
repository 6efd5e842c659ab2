import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { ReturnTo } from '../../challenges/dto/return-to.js';
import { CHALLENGE_TYPES, type ChallengeType, FACTOR_TYPES, type FactorChallenge, type FactorType } from '../../factors/factor.js';

export class AskChallenge {
  @ApiProperty({
    description:
      'The factor that asks something first. `email_code` mails a code and a link, `sms_code` texts a code, for the `identifier` of the sign-in. `provider` leads to an identity provider.',
    enum: CHALLENGE_TYPES,
    enumName: 'ChallengeType',
    example: 'passkey',
  })
  @IsIn(CHALLENGE_TYPES)
  type!: ChallengeType;

  @ApiPropertyOptional({ description: 'For `provider`: the slug of the identity provider.', maxLength: 40, example: 'google' })
  @ValidateIf(({ provider }: AskChallenge) => provider !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(40)
  provider?: string;

  @ReturnTo(
    'For `provider`: where the browser comes back to, one of the setting `RETURN_URLS`. Default: the `returnTo` of the sign-in, or the first of the setting.',
  )
  returnTo?: string;
}

export class ChallengeView {
  @ApiProperty({ description: 'Send it with the answer.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'The factor.', enum: FACTOR_TYPES, enumName: 'FactorType', example: 'passkey' })
  type!: FactorType;

  @ApiProperty({ description: 'When it has to be answered.', format: 'date-time', type: 'string', example: '2026-03-01T09:35:00.000Z' })
  expiresAt!: string;

  @ApiPropertyOptional({
    description: 'For a passkey: the options of `navigator.credentials.get()` as JSON (`PublicKeyCredential.parseRequestOptionsFromJSON`).',
    type: 'object',
    additionalProperties: true,
    example: { challenge: 'r4nd0m', rpId: 'example.com', userVerification: 'required' },
  })
  publicKey?: object;

  @ApiPropertyOptional({
    description:
      'Where a code goes, in part. While nobody has proven whose sign-in it is, it repeats what was typed, whether or not an account has it.',
    example: 'a•••@example.com',
  })
  maskedTo?: string;

  @ApiPropertyOptional({
    description:
      'For `provider`: send the browser there. The provider sends it back to this server, and this server to `returnTo` with the parameter `sign_in`, and `error` with a code if it failed. Then read the sign-in.',
    format: 'uri',
    example: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=1234',
  })
  redirectUrl?: string;
}

export function toChallengeView({ id, type, expiresAt, publicKey, maskedTo, redirectUrl }: FactorChallenge): ChallengeView {
  return {
    id,
    type,
    expiresAt: expiresAt.toISOString(),
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(maskedTo === undefined ? {} : { maskedTo }),
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
  };
}
