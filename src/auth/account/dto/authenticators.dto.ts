import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty } from 'class-validator';
import { AuthenticatorName } from '../../authenticators/dto/authenticator-name.js';
import type { OwnIdentity } from '../../identities/identities.service.js';
import type { OwnAuthenticator, OwnAuthenticators } from '../own-authenticators.service.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;

export class RenameAuthenticator {
  @AuthenticatorName()
  @IsNotEmpty()
  name!: string;
}

/** An authenticator as its owner sees it. */
export class AuthenticatorView {
  @ApiProperty({ description: 'UUIDv7; never changes.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: "The owner's word for it.", example: 'Phone' })
  name!: string;

  @ApiProperty({ ...TIME, description: 'When it was added.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it was last used; null if never.', nullable: true })
  lastUsedAt!: string | null;
}

export class PasskeyView extends AuthenticatorView {
  @ApiProperty({ description: 'Whether it can be copied to other devices of its owner.', required: false, example: true })
  backupEligible?: boolean;

  @ApiProperty({ description: 'Whether it has been copied: it survives the loss of the device.', required: false, example: true })
  backedUp?: boolean;

  @ApiProperty({
    description: 'Make of the authenticator; null if it is not known.',
    type: 'string',
    nullable: true,
    required: false,
    example: 'iCloud Keychain',
  })
  maker?: string | null;
}

export class RecoveryCodesLeftView {
  @ApiProperty({ description: 'Recovery codes that still work.', type: 'integer', minimum: 0, example: 9 })
  left!: number;
}

/** An account at a provider, as its owner sees it. */
export class IdentityView {
  @ApiProperty({ description: 'UUIDv7; never changes.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'Slug of the provider.', example: 'google' })
  provider!: string;

  @ApiProperty({ description: 'Name of the provider.', example: 'Google' })
  name!: string;

  @ApiProperty({
    description: 'The address that the provider told last; null for none.',
    type: 'string',
    nullable: true,
    example: 'ada@example.com',
  })
  email!: string | null;

  @ApiProperty({ ...TIME, description: 'When it was linked.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it last signed in; null if never.', nullable: true })
  lastUsedAt!: string | null;
}

export class AuthenticatorsView {
  @ApiProperty({ description: 'Whether the account has a password.', example: true })
  password!: boolean;

  @ApiProperty({ description: 'Passkeys, the oldest first.', type: [PasskeyView] })
  passkeys!: PasskeyView[];

  @ApiProperty({ description: 'Authenticator apps, the oldest first; only those that were confirmed.', type: [AuthenticatorView] })
  totp!: AuthenticatorView[];

  @ApiProperty({ description: 'Recovery codes for the loss of the others.', type: RecoveryCodesLeftView })
  recoveryCodes!: RecoveryCodesLeftView;

  @ApiProperty({ description: 'Accounts at other providers that sign in to this one, the oldest first.', type: [IdentityView] })
  identities!: IdentityView[];
}

export class RecoveryCodesView {
  @ApiProperty({
    description: 'Ten codes. Each works once, instead of a lost authenticator. They are shown only now.',
    type: [String],
    example: ['7QK2-9F3D-0XWA-B6MT', 'HS4N-P2ZC-8V1E-JGY5'],
  })
  recoveryCodes!: string[];
}

export function toAuthenticatorView({ id, name, createdAt, lastUsedAt }: OwnAuthenticator): AuthenticatorView {
  return { id, name, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}

export function toAuthenticatorsView({ passkeys, totp, ...rest }: OwnAuthenticators, identities: OwnIdentity[]): AuthenticatorsView {
  return {
    ...rest,
    passkeys: passkeys.map((passkey) => ({ ...passkey, ...toAuthenticatorView(passkey) })),
    totp: totp.map(toAuthenticatorView),
    identities: identities.map(toIdentityView),
  };
}

function toIdentityView({ id, provider, email, createdAt, lastUsedAt }: OwnIdentity): IdentityView {
  const { slug, name } = provider;
  return { id, provider: slug, name, email, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
