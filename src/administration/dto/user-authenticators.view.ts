import { ApiProperty } from '@nestjs/swagger';
import { AUTHENTICATOR_TYPES, type AuthenticatorType } from '../../users/field-values.js';
import type { UserAuthenticator } from '../factor-reset.service.js';

/** One second factor of an account, as administrators see it. */
export class UserAuthenticatorView {
  @ApiProperty({ description: 'Identifies it when it is removed.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a13' })
  id!: string;

  @ApiProperty({ description: 'What it is.', enum: AUTHENTICATOR_TYPES, enumName: 'AuthenticatorType', example: 'totp' })
  type!: AuthenticatorType;

  @ApiProperty({ description: "The owner's word for it.", example: 'Phone' })
  name!: string;

  @ApiProperty({ description: 'When its owner added it.', format: 'date-time', example: '2026-03-01T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({
    description: 'When it was used last; null for never.',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: '2026-03-02T08:00:00.000Z',
  })
  lastUsedAt!: string | null;
}

export class UserAuthenticatorListView {
  @ApiProperty({ description: 'The authenticators, the oldest first.', type: [UserAuthenticatorView] })
  data!: UserAuthenticatorView[];
}

export function toUserAuthenticatorView({ id, type, name, createdAt, lastUsedAt }: UserAuthenticator): UserAuthenticatorView {
  return { id, type, name, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
