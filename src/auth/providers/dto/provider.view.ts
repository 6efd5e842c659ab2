import { ApiProperty, ApiPropertyOptional, IntersectionType, OmitType, PartialType } from '@nestjs/swagger';
import { LINK_RULES, type LinkRule, PRESETS, PROVIDER_KINDS, type PresetName, type Provider, type ProviderKind } from '../provider.js';
import { ProviderAppleKey, ProviderEndpoints } from './provider.dto.js';

/** What a sign-in page needs for a button. */
export class ListedProviderView {
  @ApiProperty({ description: 'What a sign-in names it by.', example: 'google' })
  slug!: string;

  @ApiProperty({ description: 'Name on buttons.', example: 'Google' })
  name!: string;

  @ApiProperty({
    description: 'Whose logo it has; null for others.',
    enum: PRESETS,
    enumName: 'ProviderPreset',
    nullable: true,
    example: 'google',
  })
  preset!: PresetName | null;
}

/** A provider as administrators see it, without its secret. */
export class ProviderView extends ListedProviderView {
  @ApiProperty({ description: 'UUIDv7; never changes.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'How it speaks.', enum: PROVIDER_KINDS, enumName: 'ProviderKind', example: 'oidc' })
  kind!: ProviderKind;

  @ApiProperty({ description: 'The issuer.', format: 'uri', example: 'https://accounts.google.com' })
  issuer!: string;

  @ApiProperty({ description: 'The id that the provider gave this server.', example: '1234.apps.googleusercontent.com' })
  clientId!: string;

  @ApiProperty({ description: 'Whether a secret is stored.', example: true })
  hasSecret!: boolean;

  @ApiProperty({ description: 'Scopes that are asked for.', type: [String], example: ['openid', 'email', 'profile'] })
  scopes!: string[];

  @ApiPropertyOptional({ description: 'For plain OAuth 2.', type: ProviderEndpoints })
  endpoints?: ProviderEndpoints;

  @ApiPropertyOptional({ description: 'For Apple.', type: ProviderAppleKey })
  appleKey?: ProviderAppleKey;

  @ApiProperty({ description: 'Whether its word for a mailbox is trusted.', example: false })
  emailTrusted!: boolean;

  @ApiProperty({
    description: 'What happens when an account has the address already.',
    enum: LINK_RULES,
    enumName: 'LinkRule',
    example: 'ask',
  })
  links!: LinkRule;

  @ApiProperty({ description: 'Whether people without an account get one.', example: false })
  signUps!: boolean;

  @ApiProperty({
    description: 'Assurance levels by the provider’s `acr`.',
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 1, maximum: 2 },
    example: {},
  })
  acrMap!: Record<string, number>;

  @ApiProperty({ description: 'Whether people can sign in by it.', example: true })
  enabled!: boolean;

  @ApiProperty({ description: 'Whether the setting `PROVIDERS` sets it up: then it can only be changed there.', example: false })
  fromSettings!: boolean;

  @ApiProperty({
    description: 'Where the provider sends people back to. Enter it there, exactly as it is.',
    format: 'uri',
    example: 'https://accounts.example.com/v1/sign-ins/callback/google',
  })
  redirectUri!: string;

  @ApiProperty({ description: 'When it was set up.', type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' })
  createdAt!: string;
}

/** The settings are there for administrators only. */
export class ProviderInListView extends IntersectionType(
  ListedProviderView,
  PartialType(OmitType(ProviderView, ['slug', 'name', 'preset'] as const)),
) {}

export function toListedProvider({ slug, name, preset }: Provider): ListedProviderView {
  return { slug, name, preset };
}

export function toProviderView(provider: Provider, redirectUri: string): ProviderView {
  const { enabledAt, createdAt, endpoints, appleKey, version: _, ...shown } = provider;
  return {
    ...shown,
    acrMap: { ...shown.acrMap },
    ...(endpoints === null ? {} : { endpoints }),
    ...(appleKey === null ? {} : { appleKey }),
    enabled: enabledAt !== null,
    redirectUri,
    createdAt: createdAt.toISOString(),
  };
}
