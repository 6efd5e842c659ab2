import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Ext } from '../../../claims/further-claims.js';
import type { AssuranceClass, AuthenticationMethod } from '../../access-tokens/assurance.js';
import type { Introspection } from '../oauth.service.js';

/** Form parameters of introspection and revocation. */
export class OAuthTokenForm {
  @ApiProperty({ description: 'An access token or a refresh token.', example: 'lkr_AZqfPmwbfD6m0F8PbzsaEQAAAAB…' })
  token!: string;

  @ApiPropertyOptional({ description: 'Accepted but ignored.', example: 'refresh_token' })
  token_type_hint?: string;

  @ApiPropertyOptional({ description: 'Instead of HTTP Basic.', example: 'books' })
  client_id?: string;

  @ApiPropertyOptional({ description: 'Instead of HTTP Basic.', format: 'password', example: 'a-random-value' })
  client_secret?: string;
}

/** The state of a token (RFC 7662 §2.2). For an invalid token only `active`. */
export class IntrospectionView implements Introspection {
  @ApiProperty({ description: 'Whether the token is valid now.', example: true })
  active!: boolean;

  @ApiPropertyOptional({ description: 'Only for access tokens.', enum: ['Bearer'], enumName: 'TokenType', example: 'Bearer' })
  token_type?: 'Bearer';

  @ApiPropertyOptional({ description: 'The account.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  sub?: string;

  @ApiPropertyOptional({ description: 'The API that opened the session.', example: 'latchkey' })
  client_id?: string;

  @ApiPropertyOptional({ description: 'The session.', format: 'uuid', example: '019a9f3e-7d2c-7a11-9c1f-8d3c1b5e9f20' })
  sid?: string;

  @ApiPropertyOptional({
    description: 'The username of the account, or else its proven e-mail address or mobile number, as it is now; absent without any.',
    example: 'ada',
  })
  username?: string;

  @ApiPropertyOptional({
    description:
      'Whether the e-mail address of the account is proven now; the claim of the same name in an access token is as old as the token.',
    example: true,
  })
  email_verified?: boolean;

  @ApiPropertyOptional({
    description: 'Assurance of the sign-in: `urn:latchkey:aal1` by one factor, `aal2` by two. Of an access token, as it was issued.',
    type: String,
    example: 'urn:latchkey:aal1',
  })
  acr?: AssuranceClass;

  @ApiPropertyOptional({ description: 'By what somebody signed in (RFC 8176).', type: [String], example: ['pwd'] })
  amr?: readonly AuthenticationMethod[];

  @ApiPropertyOptional({
    description:
      'A recovery code stands in for a factor: count the session as `urn:latchkey:aal1`, except for setting factors in order. Absent otherwise.',
    type: Boolean,
    example: true,
  })
  recovered?: true;

  @ApiPropertyOptional({
    description: 'When somebody last showed who they are, seconds since 1970; a refresh does not change it.',
    type: 'integer',
    example: 1767605400,
  })
  auth_time?: number;

  @ApiPropertyOptional({ description: 'This server.', example: 'https://accounts.example.com' })
  iss?: string;

  @ApiPropertyOptional({ description: 'Only for access tokens: the audience.', example: 'https://accounts.example.com' })
  aud?: string;

  @ApiPropertyOptional({
    description: 'Only for access tokens: when it was signed, seconds since 1970.',
    type: 'integer',
    example: 1767605400,
  })
  iat?: number;

  @ApiPropertyOptional({ description: 'When the token expires, seconds since 1970.', type: 'integer', example: 1767606300 })
  exp?: number;

  @ApiPropertyOptional({ description: 'Only for access tokens: the id of the token.', example: '0.gkQ0XZ2yq3sT1vJd8rWm5A' })
  jti?: string;

  @ApiPropertyOptional({
    description: 'Only for access tokens: what the operator adds, by `CLAIMS_TEMPLATE` and a hook. Absent without any.',
    type: 'object',
    additionalProperties: true,
    example: { plan: 'pro' },
  })
  ext?: Ext;
}

/** Server metadata for discovery (RFC 8414 §2). */
export class ServerMetadataView {
  @ApiProperty({ description: 'The `iss` of every token.', example: 'https://accounts.example.com' })
  issuer!: string;

  @ApiProperty({ description: 'URL of the keys that verify access tokens.', example: 'https://accounts.example.com/.well-known/jwks.json' })
  jwks_uri!: string;

  @ApiProperty({ description: 'Empty: users sign in through this API, not by redirects.', type: [String], example: [] })
  response_types_supported!: string[];

  @ApiProperty({ description: 'Empty, for the same reason.', type: [String], example: [] })
  grant_types_supported!: string[];

  @ApiProperty({ description: 'RFC 7662.', example: 'https://accounts.example.com/oauth/introspect' })
  introspection_endpoint!: string;

  @ApiProperty({
    description: 'How a backend authenticates there.',
    type: [String],
    example: ['client_secret_basic', 'client_secret_post'],
  })
  introspection_endpoint_auth_methods_supported!: string[];

  @ApiProperty({ description: 'RFC 7009.', example: 'https://accounts.example.com/oauth/revoke' })
  revocation_endpoint!: string;

  @ApiProperty({
    description: 'How a backend authenticates there.',
    type: [String],
    example: ['client_secret_basic', 'client_secret_post'],
  })
  revocation_endpoint_auth_methods_supported!: string[];

  @ApiProperty({ description: 'The `aud` of every access token.', example: 'https://accounts.example.com' })
  access_token_audience!: string;

  @ApiProperty({
    description:
      'For how long after its `revokedAt` a session of `/v1/revocations` matters, seconds: the lifetime of an access token and some more.',
    type: 'integer',
    example: 965,
  })
  revocation_window_seconds!: number;
}
