import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional } from 'class-validator';
import { Keeps } from '../../../../common/field-checks.js';
import { AuthenticatorName } from '../../../authenticators/dto/authenticator-name.js';
import { readRegistration } from '../../../webauthn/credential-json.js';
import { makerOf } from '../makers.js';
import type { ListedPasskey } from '../listed-passkey.js';
import type { PasskeySignal } from '../passkeys.service.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;
const CREDENTIAL_ID = '-R85HbTJsv3g6nAYnLo_tj9Xm6EisxOtlOw_8zAIS-Q';

export class AddPasskey {
  @AuthenticatorName({ required: false })
  @IsOptional()
  name?: string;

  @ApiProperty({
    description:
      'What `navigator.credentials.create()` returned, as its `toJSON()` writes it. The server reads `id`, `type`, and `clientDataJSON`, `attestationObject` and `transports` of `response`; further members do no harm.',
    type: 'object',
    additionalProperties: true,
    example: {
      id: CREDENTIAL_ID,
      rawId: CREDENTIAL_ID,
      type: 'public-key',
      response: {
        clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwi…',
        attestationObject: 'o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVik…',
        transports: ['internal'],
      },
      clientExtensionResults: {},
    },
  })
  @Keeps((credential: object) => readRegistration(credential))
  @IsObject()
  credential!: object;
}

/** A passkey as its owner sees it. */
export class OwnPasskeyView {
  @ApiProperty({ description: 'Id of the authenticator.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: "The owner's word for it.", example: 'iCloud Keychain' })
  name!: string;

  @ApiProperty({ description: 'Who made the authenticator, as far as known.', type: 'string', nullable: true, example: '1Password' })
  maker!: string | null;

  @ApiProperty({ description: 'Id of the passkey on its authenticator, base64url.', example: CREDENTIAL_ID })
  credentialId!: string;

  @ApiProperty({ description: 'How browsers reach the authenticator.', type: [String], example: ['internal', 'hybrid'] })
  transports!: string[];

  @ApiProperty({ description: 'Whether it may exist on several devices.', example: true })
  backupEligible!: boolean;

  @ApiProperty({ description: 'Whether there is a copy: otherwise it is lost with its device.', example: true })
  backedUp!: boolean;

  @ApiProperty({ ...TIME, description: 'When it was added.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it was last used; null if never.', nullable: true })
  lastUsedAt!: string | null;
}

/** What browsers should be told after passkeys of an account have changed. */
export class PasskeySignalView implements PasskeySignal {
  @ApiProperty({ description: 'Domain that passkeys belong to.', example: 'example.com' })
  rpId!: string;

  @ApiProperty({ description: 'The account as authenticators know it, base64url.', example: 'qIyWsBpYcVkPWrTTpCSfEYUPbUGLRbKLQ8nO7nDxXZE' })
  userId!: string;

  @ApiProperty({ description: 'Every passkey that works, base64url.', type: [String], example: [CREDENTIAL_ID] })
  allAcceptedCredentialIds!: string[];

  @ApiProperty({ description: 'E-mail address, username or mobile number.', example: 'ada@example.com' })
  name!: string;

  @ApiProperty({ description: 'Name of the person, as far as known.', example: 'Ada Lovelace' })
  displayName!: string;
}

export class PasskeysView {
  @ApiProperty({ description: 'The passkeys, the oldest first.', type: [OwnPasskeyView] })
  passkeys!: OwnPasskeyView[];

  @ApiProperty({
    description:
      'For `PublicKeyCredential.signalAllAcceptedCredentials` and `signalCurrentUserDetails`: browsers then stop offering passkeys that were removed.',
    type: PasskeySignalView,
  })
  signal!: PasskeySignalView;
}

export class PasskeyAddedView extends OwnPasskeyView {
  @ApiPropertyOptional({
    description: 'Recovery codes, if this is the first second factor of the account. Shown once: let the user keep them.',
    type: [String],
    example: ['h7kq-2mzd-9xwc-4rvt'],
  })
  recoveryCodes?: string[];

  @ApiProperty({ description: 'For the Signal API of browsers.', type: PasskeySignalView })
  signal!: PasskeySignalView;
}

export function toPasskeyView(passkey: ListedPasskey): OwnPasskeyView {
  const { authenticatorId, name, aaguid, credentialId, transports, backupEligible, backedUp, createdAt, lastUsedAt } = passkey;
  return {
    id: authenticatorId,
    name,
    maker: makerOf(aaguid),
    credentialId: credentialId.toString('base64url'),
    transports,
    backupEligible,
    backedUp,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
