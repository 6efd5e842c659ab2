import { ApiProperty } from '@nestjs/swagger';
import { AUTHENTICATOR_TYPES, type AuthenticatorType } from '../../users/field-values.js';
import type { OwnIdentity } from '../../auth/identities/identities.service.js';
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

/** An account at a provider, as administrators see it. */
export class UserIdentityView {
  @ApiProperty({ description: 'Its id.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a14' })
  id!: string;

  @ApiProperty({ description: 'Slug of the provider.', example: 'google' })
  provider!: string;

  @ApiProperty({ description: 'Name of the provider.', example: 'Google' })
  name!: string;

  @ApiProperty({ description: 'Whether the provider is enabled.', example: true })
  usable!: boolean;

  @ApiProperty({ description: 'Who vouches for it.', format: 'uri', example: 'https://accounts.google.com' })
  issuer!: string;

  @ApiProperty({ description: 'What the provider calls its user.', example: '110169484474386276334' })
  subject!: string;

  @ApiProperty({ description: 'The address that the provider told last.', type: 'string', nullable: true, example: 'ada@example.com' })
  email!: string | null;

  @ApiProperty({ description: 'When it was linked.', format: 'date-time', example: '2026-03-01T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({
    description: 'When it signed in last; null for never.',
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

  @ApiProperty({ description: 'The accounts at providers by which the owner signs in, the oldest first.', type: [UserIdentityView] })
  identities!: UserIdentityView[];
}

export function toUserAuthenticatorView({ id, type, name, createdAt, lastUsedAt }: UserAuthenticator): UserAuthenticatorView {
  return { id, type, name, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}

export function toUserIdentityView({
  id,
  provider,
  isUsable,
  issuer,
  subject,
  email,
  createdAt,
  lastUsedAt,
}: OwnIdentity): UserIdentityView {
  const times = { createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
  return { id, provider: provider.slug, name: provider.name, usable: isUsable, issuer, subject, email, ...times };
}
