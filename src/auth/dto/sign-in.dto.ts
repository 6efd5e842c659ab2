import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { UserView, toUserView } from '../../users/dto/user.view.js';
import type { SignedIn } from '../sign-in.service.js';
import type { IssuedTokens } from '../../tokens/sessions.service.js';
import { MAX_PASSWORD_INPUT } from './register-user.dto.js';

export class SignIn {
  @ApiProperty({ description: 'E-mail address, username or mobile number.', maxLength: 254, example: 'ada@example.com' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  identifier!: string;

  @ApiProperty({ description: 'Exactly as it was set; only the Unicode normal form does not matter.', format: 'password', maxLength: MAX_PASSWORD_INPUT, example: 'four bright birds sing' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  password!: string;
}

export class RefreshSession {
  @ApiProperty({ description: 'The refresh token of the last answer.', maxLength: 200, example: 'lkr_AZqfPmwbfD6m0F8PbzsaEQAAAAB…' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  refreshToken!: string;
}

/** The tokens of a session. */
export class TokensView {
  @ApiProperty({ description: 'Send it as `Authorization: Bearer …`. A JWT (RFC 9068); its keys are at `/.well-known/jwks.json`.', example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.…' })
  accessToken!: string;

  @ApiProperty({ description: 'Good for one refresh; keep the one of the latest answer only.', example: 'lkr_AZqfPmwbfD6m0F8PbzsaEQAAAAB…' })
  refreshToken!: string;

  @ApiProperty({ description: 'How the access token is sent (RFC 6750).', enum: ['Bearer'], enumName: 'TokenType', example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({ description: 'Lifetime of the access token, seconds.', type: 'integer', example: 900 })
  expiresIn!: number;
}

export class SignedInView extends TokensView {
  @ApiProperty({ description: 'Who signed in.', type: UserView })
  user!: UserView;
}

export function toTokensView({ accessToken, refreshToken, expiresInSeconds }: IssuedTokens): TokensView {
  return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn: expiresInSeconds };
}

export function toSignedInView({ account, tokens }: SignedIn): SignedInView {
  return { ...toTokensView(tokens), user: toUserView(account) };
}
