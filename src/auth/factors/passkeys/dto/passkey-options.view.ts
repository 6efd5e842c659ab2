import { ApiProperty } from '@nestjs/swagger';
import type { CreationOptions, CredentialDescriptor, RequestOptions } from '../passkey-options.js';

const CHALLENGE = 'AMMPt4UxxGStnnZg21N3dhHyzQZmg70xZGLxcnL8n2Y';
const CREDENTIAL_ID = '-R85HbTJsv3g6nAYnLo_tj9Xm6EisxOtlOw_8zAIS-Q';

class RelyingPartyView {
  @ApiProperty({ description: 'Domain that the passkey belongs to.', example: 'example.com' })
  id!: string;

  @ApiProperty({ description: 'Name of the product.', example: 'Latchkey' })
  name!: string;
}

class PasskeyUserView {
  @ApiProperty({ description: 'The account as authenticators know it, base64url.', example: 'qIyWsBpYcVkPWrTTpCSfEYUPbUGLRbKLQ8nO7nDxXZE' })
  id!: string;

  @ApiProperty({ description: 'E-mail address, username or mobile number.', example: 'ada@example.com' })
  name!: string;

  @ApiProperty({ description: 'Name of the person, as far as known.', example: 'Ada Lovelace' })
  displayName!: string;
}

class CredentialParameterView {
  @ApiProperty({ description: 'Always this one.', enum: ['public-key'], enumName: 'CredentialType', example: 'public-key' })
  type!: 'public-key';

  @ApiProperty({ description: 'Signature algorithm (COSE).', type: 'integer', example: -7 })
  alg!: number;
}

export class CredentialDescriptorView implements CredentialDescriptor {
  @ApiProperty({ description: 'Id of the passkey, base64url.', example: CREDENTIAL_ID })
  id!: string;

  @ApiProperty({ description: 'Always this one.', enum: ['public-key'], enumName: 'CredentialType', example: 'public-key' })
  type!: 'public-key';

  @ApiProperty({ description: 'How browsers reach the authenticator.', type: [String], example: ['internal', 'hybrid'] })
  transports!: string[];
}

class AuthenticatorSelectionView {
  @ApiProperty({
    description: 'The passkey names the account, so that nobody types an address.',
    enum: ['required'],
    enumName: 'WebauthnRequirement',
    example: 'required',
  })
  residentKey!: 'required';

  @ApiProperty({ description: 'The same for older browsers.', example: true })
  requireResidentKey!: true;

  @ApiProperty({
    description: 'The authenticator verifies its user by a PIN, a fingerprint or the like.',
    enum: ['required'],
    enumName: 'WebauthnRequirement',
    example: 'required',
  })
  userVerification!: 'required';
}

class CreationExtensionsView {
  @ApiProperty({ description: 'Asks whether the passkey names the account.', example: true })
  credProps!: true;
}

/** Options of `navigator.credentials.create()` in JSON. */
export class PasskeyCreationOptionsView implements CreationOptions {
  @ApiProperty({ description: 'Who asks.', type: RelyingPartyView })
  rp!: RelyingPartyView;

  @ApiProperty({ description: 'For which account.', type: PasskeyUserView })
  user!: PasskeyUserView;

  @ApiProperty({ description: 'Works once, for 5 minutes and for this session, base64url.', example: CHALLENGE })
  challenge!: string;

  @ApiProperty({ description: 'Algorithms that the passkey may sign by, the preferred first.', type: [CredentialParameterView] })
  pubKeyCredParams!: CredentialParameterView[];

  @ApiProperty({ description: 'How long the browser may ask, ms.', type: 'integer', example: 300_000 })
  timeout!: number;

  @ApiProperty({
    description: 'Passkeys that the account has: the same authenticator makes no second one.',
    type: [CredentialDescriptorView],
  })
  excludeCredentials!: CredentialDescriptorView[];

  @ApiProperty({ description: 'What the authenticator has to do.', type: AuthenticatorSelectionView })
  authenticatorSelection!: AuthenticatorSelectionView;

  @ApiProperty({
    description: 'The server does not ask who made the authenticator.',
    enum: ['none'],
    enumName: 'AttestationConveyance',
    example: 'none',
  })
  attestation!: 'none';

  @ApiProperty({ description: 'Extensions.', type: CreationExtensionsView })
  extensions!: CreationExtensionsView;
}

/** Options of `navigator.credentials.get()` in JSON. */
export class PasskeyRequestOptionsView implements RequestOptions {
  @ApiProperty({ description: 'Works once, for 5 minutes and for this sign-in, base64url.', example: CHALLENGE })
  challenge!: string;

  @ApiProperty({ description: 'How long the browser may ask, ms.', type: 'integer', example: 300_000 })
  timeout!: number;

  @ApiProperty({ description: 'Domain that the passkey belongs to.', example: 'example.com' })
  rpId!: string;

  @ApiProperty({ description: 'Passkeys of the account; empty where the passkey names the account.', type: [CredentialDescriptorView] })
  allowCredentials!: CredentialDescriptorView[];

  @ApiProperty({
    description: 'The authenticator verifies its user by a PIN, a fingerprint or the like.',
    enum: ['required'],
    enumName: 'WebauthnRequirement',
    example: 'required',
  })
  userVerification!: 'required';
}
