import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { CHALLENGE_TYPES, type ChallengeType, FACTOR_TYPES, type FactorChallenge, type FactorType } from '../factor.js';

export class AskChallenge {
  @ApiProperty({
    description:
      'The factor that asks something first. `email_code` mails a code and a link, `sms_code` texts a code, for the `identifier` of the sign-in.',
    enum: CHALLENGE_TYPES,
    enumName: 'ChallengeType',
    example: 'passkey',
  })
  @IsIn(CHALLENGE_TYPES)
  type!: ChallengeType;
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
}

export function toChallengeView({ id, type, expiresAt, publicKey, maskedTo }: FactorChallenge): ChallengeView {
  return {
    id,
    type,
    expiresAt: expiresAt.toISOString(),
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(maskedTo === undefined ? {} : { maskedTo }),
  };
}
