import { ApiProperty } from '@nestjs/swagger';
import { AUTHENTICATOR_TYPES, type AuthenticatorType } from '../../users/field-values.js';
import type { UserAuthenticator } from '../factor-reset.service.js';

/** One second factor of an account, as administrators see it. */
export class UserAuthenticatorView {
  @ApiProperty({ format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a13' })
  id!: string;

  @ApiProperty({ enum: AUTHENTICATOR_TYPES, enumName: 'AuthenticatorType', example: 'totp' })
  type!: AuthenticatorType;

  @ApiProperty({ description: "The owner's word for it.", example: 'Phone' })
  name!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-01T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: '2026-03-02T08:00:00.000Z' })
  lastUsedAt!: string | null;
}

export class UserAuthenticatorListView {
  @ApiProperty({ type: [UserAuthenticatorView] })
  data!: UserAuthenticatorView[];
}

export function toUserAuthenticatorView({ id, type, name, createdAt, lastUsedAt }: UserAuthenticator): UserAuthenticatorView {
  return { id, type, name, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
