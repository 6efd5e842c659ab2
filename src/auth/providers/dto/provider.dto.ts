import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsNotEmpty, IsObject, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { Keeps } from '../../../common/field-checks.js';
import { LINK_RULES, type LinkRule, PRESETS, PROVIDER_KINDS, type PresetName, type ProviderKind } from '../provider.js';
import { demandAcrMap, demandAddress, demandAppleKey, demandEndpoints } from '../provider-fields.js';
import { FORMS, MAX_CLIENT_ID_CHARS, MAX_SCOPES, MAX_SECRET_CHARS } from '../provider-forms.js';

const isSent =
  (name: string) =>
  (body: object): boolean =>
    (body as Record<string, unknown>)[name] !== undefined;

/** Endpoints of a plain OAuth 2 provider. */
export class ProviderEndpoints {
  @ApiProperty({ description: 'Where people sign in.', format: 'uri', example: 'https://id.example.com/authorize' })
  authorization!: string;

  @ApiProperty({ description: 'Where codes are exchanged.', format: 'uri', example: 'https://id.example.com/token' })
  token!: string;

  @ApiProperty({ description: 'Tells who signed in: JSON with `sub` or `id`.', format: 'uri', example: 'https://id.example.com/me' })
  userinfo!: string;
}

export class ProviderAppleKey {
  @ApiProperty({ description: 'Team id.', pattern: '^[A-Z0-9]{10}$', example: 'A1B2C3D4E5' })
  teamId!: string;

  @ApiProperty({ description: 'Id of the key.', pattern: '^[A-Z0-9]{10}$', example: 'F6G7H8I9J0' })
  keyId!: string;
}

/** What can be changed later. */
export class UpdateProvider {
  @ApiPropertyOptional({ description: 'Name on buttons. Default: that of the preset.', maxLength: 60, example: 'Google' })
  @ValidateIf(isSent('name'))
  @IsString()
  @Matches(FORMS.name.pattern, { message: FORMS.name.detail })
  name?: string;

  @ApiPropertyOptional({
    description:
      'The issuer, exactly as its discovery document names it. Default: that of the preset; Microsoft needs that of your tenant. A change needs `clientSecret` again.',
    format: 'uri',
    maxLength: 2_000,
    example: 'https://accounts.google.com',
  })
  @ValidateIf(isSent('issuer'))
  @Keeps((url: string, settings) => demandAddress(url, '/issuer', settings))
  @IsString()
  @MaxLength(2_000)
  issuer?: string;

  @ApiPropertyOptional({
    description: 'The id that the provider gave this server.',
    maxLength: MAX_CLIENT_ID_CHARS,
    example: '1234.apps.googleusercontent.com',
  })
  @ValidateIf(isSent('clientId'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_CLIENT_ID_CHARS)
  clientId?: string;

  @ApiPropertyOptional({
    description:
      'The secret that the provider gave this server; for Apple the private key (.p8). It is stored encrypted and never answered.',
    format: 'password',
    maxLength: MAX_SECRET_CHARS,
    example: 'GOCSPX-4fzyZl7Qb0Wk3nB1',
  })
  @ValidateIf(isSent('clientSecret'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_SECRET_CHARS)
  clientSecret?: string;

  @ApiPropertyOptional({
    description: 'Scopes that are asked for. Default: those of the preset, or `openid email profile`.',
    type: [String],
    maxItems: MAX_SCOPES,
    example: ['openid', 'email', 'profile'],
  })
  @ValidateIf(isSent('scopes'))
  @IsArray()
  @ArrayMaxSize(MAX_SCOPES)
  @IsString({ each: true })
  @Matches(FORMS.scope.pattern, { each: true, message: FORMS.scope.detail })
  scopes?: string[];

  @ApiPropertyOptional({
    description: 'For the kind `oauth2` without a preset. A change needs `clientSecret` again.',
    type: ProviderEndpoints,
  })
  @ValidateIf(isSent('endpoints'))
  @Keeps((endpoints: Record<string, unknown>, settings) => demandEndpoints(endpoints, settings))
  @IsObject()
  endpoints?: ProviderEndpoints;

  @ApiPropertyOptional({ description: 'For Apple: what its client secret is made from beside the key.', type: ProviderAppleKey })
  @ValidateIf(isSent('appleKey'))
  @Keeps((key: Record<string, unknown>) => demandAppleKey(key))
  @IsObject()
  appleKey?: ProviderAppleKey;

  @ApiPropertyOptional({
    description:
      'Whether the provider’s word for a mailbox (`email_verified: true`) is as good as a mail of ours: the first such proof takes an account over that somebody made with that address and never proved.',
    default: false,
    example: false,
  })
  @ValidateIf(isSent('emailTrusted'))
  @IsBoolean()
  emailTrusted?: boolean;

  @ApiPropertyOptional({
    description:
      'When somebody signs in by an identity that nobody has, and an account has its proven address. `ask`: they prove that account in the same sign-in (`needs_link`). `auto`: linked at once, if `emailTrusted` and the account has proven the address; otherwise as `ask`. `never`: they link it when they are signed in.',
    enum: LINK_RULES,
    enumName: 'LinkRule',
    default: 'ask',
    example: 'ask',
  })
  @ValidateIf(isSent('links'))
  @IsIn(LINK_RULES)
  links?: LinkRule;

  @ApiPropertyOptional({ description: 'Whether people without an account get one by signing in.', default: false, example: true })
  @ValidateIf(isSent('signUps'))
  @IsBoolean()
  signUps?: boolean;

  @ApiPropertyOptional({
    description: 'Assurance levels, 1 or 2, by the provider’s `acr`. What is not named is level 1.',
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 1, maximum: 2 },
    example: { 'urn:example:mfa': 2 },
  })
  @ValidateIf(isSent('acrMap'))
  @Keeps((map: Record<string, unknown>) => demandAcrMap(map))
  @IsObject()
  acrMap?: Record<string, 1 | 2>;

  @ApiPropertyOptional({ description: 'Whether people can sign in by it.', default: true, example: true })
  @ValidateIf(isSent('enabled'))
  @IsBoolean()
  enabled?: boolean;
}

export class CreateProvider extends UpdateProvider {
  @ApiProperty({
    description: 'Its name in addresses, among them the redirect URI that the provider has to be told. It cannot be changed.',
    pattern: FORMS.slug.pattern.source,
    example: 'google',
  })
  @IsString()
  @Matches(FORMS.slug.pattern, { message: FORMS.slug.detail })
  slug!: string;

  @ApiPropertyOptional({ description: 'A provider that the server knows.', enum: PRESETS, enumName: 'ProviderPreset', example: 'google' })
  @ValidateIf(isSent('preset'))
  @IsIn(PRESETS)
  preset?: PresetName;

  @ApiPropertyOptional({
    description: '`oidc`: OpenID Connect with discovery. `oauth2`: plain OAuth 2 with `endpoints`. Default: that of the preset, or `oidc`.',
    enum: PROVIDER_KINDS,
    enumName: 'ProviderKind',
    example: 'oidc',
  })
  @ValidateIf(isSent('kind'))
  @IsIn(PROVIDER_KINDS)
  kind?: ProviderKind;

  @ApiProperty({
    description: 'The id that the provider gave this server.',
    maxLength: MAX_CLIENT_ID_CHARS,
    example: '1234.apps.googleusercontent.com',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_CLIENT_ID_CHARS)
  declare clientId: string;
}
