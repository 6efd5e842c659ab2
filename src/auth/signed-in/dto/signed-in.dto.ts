import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsNotEmpty, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { UserView, toUserView } from '../../../users/dto/user.view.js';
import type { IssuedTokens } from '../../../tokens/sessions/session-tokens.service.js';
import type { SessionMode } from '../../../tokens/sessions/session-mode.js';
import type { Refreshed } from '../refresh.service.js';

/** 22 characters of base64url are 128 bits; a UUID fits as well. */
const ATTEMPT_KEY = /^[\w-]{22,128}$/;

export class RefreshSession {
  @ApiPropertyOptional({
    description:
      'The refresh token of the last answer. Without it the server reads the cookie `__Host-latchkey-refresh`; with it the server ignores the cookie.',
    maxLength: 200,
    example: 'lkr_AZqfPmwbfD6m0F8PbzsaEQAAAAB…',
  })
  @ValidateIf((body: RefreshSession) => body.refreshToken !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  refreshToken?: string;

  @ApiPropertyOptional({
    description:
      'A random name for this attempt, at least 128 bits. Store it beside the refresh token before you send it, send the same one when you repeat the request because its answer got lost, and discard it with the token. Without it a repetition is answered for 60 s only.',
    pattern: ATTEMPT_KEY.source,
    example: '4fzyZl7Qb0Wk3nB1rV9sXw',
  })
  @ValidateIf((body: RefreshSession) => body.attemptKey !== undefined)
  @IsString()
  @Matches(ATTEMPT_KEY, { message: 'Use 22 to 128 letters, digits, hyphens and underscores.' })
  attemptKey?: string;

  @ApiPropertyOptional({
    description: 'Also return the account as it is now, in `user`.',
    default: false,
    example: true,
  })
  @ValidateIf((body: RefreshSession) => body.withUser !== undefined)
  @IsBoolean()
  withUser?: boolean;

  @ApiPropertyOptional({
    description:
      'For a page that cannot know whether its browser is signed in: without a session the answer is 204 and not 401, which browsers log as an error.',
    default: false,
    example: true,
  })
  @ValidateIf((body: RefreshSession) => body.ifSignedIn !== undefined)
  @IsBoolean()
  ifSignedIn?: boolean;
}

export class SignOut {
  @ApiPropertyOptional({
    description: 'The refresh token of the session, for clients without an access token that works.',
    maxLength: 200,
    example: 'lkr_AZqfPmwbfD6m0F8PbzsaEQAAAAB…',
  })
  @ValidateIf((body: SignOut) => body.refreshToken !== undefined)
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  refreshToken?: string;
}

/** The tokens of a session. */
export class TokensView {
  @ApiProperty({
    description: 'Send it as `Authorization: Bearer …`. A JWT (RFC 9068); the keys are at `/.well-known/jwks.json`.',
    example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.…',
  })
  accessToken!: string;

  @ApiPropertyOptional({
    description: 'Works for one refresh; store only the one of the latest answer. Absent in cookie mode.',
    example: 'lkr_AZqfPmwbfD6m0F8PbzsaEQAAAAB…',
  })
  refreshToken?: string;

  @ApiProperty({ description: 'How to send the access token (RFC 6750).', enum: ['Bearer'], enumName: 'TokenType', example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({ description: 'Lifetime of the access token, seconds.', type: 'integer', example: 900 })
  expiresIn!: number;
}

export class RefreshedView extends TokensView {
  @ApiPropertyOptional({ description: 'The account; only if the request says `withUser`.', type: UserView })
  user?: UserView;
}

/** @param mode with `cookie` the refresh token is left out: it travels in the cookie alone */
export function toTokensView({ accessToken, refreshToken, expiresInSeconds }: IssuedTokens, mode: SessionMode): TokensView {
  return { accessToken, ...(mode === 'cookie' ? {} : { refreshToken }), tokenType: 'Bearer', expiresIn: expiresInSeconds };
}

export function toRefreshedView({ account, tokens }: Refreshed, mode: SessionMode): RefreshedView {
  return { ...toTokensView(tokens, mode), ...(account === null ? {} : { user: toUserView(account) }) };
}
