import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import { SESSION_MODES, type SessionMode } from '../../../../tokens/sessions/session-mode.js';
import { MAX_PASSWORD_INPUT } from '../../../passwords/dto/password-input.js';
import { DEVICE_TOKEN } from '../../../sign-in/dto/sign-in.dto.js';

export class SignIn {
  @ApiProperty({ description: 'E-mail address, username or mobile number.', maxLength: 254, example: 'ada@example.com' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  identifier!: string;

  @ApiProperty({
    description: 'Compared exactly, apart from the Unicode normalisation form.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  password!: string;

  @ApiPropertyOptional({
    description:
      'Where the refresh token is stored. `tokens`: the answer contains it, and your app stores it. `cookie`, for browsers: the browser stores it in the cookie `__Host-latchkey-refresh`, which scripts cannot read, and the answer contains only the access token. This needs `Content-Type: application/json` and a page of this server or of `CORS_ORIGINS` on the same site, which fetches with `credentials: "include"`. The cookie is `Secure`; Chromium and Firefox also accept it from `http://localhost`.',
    enum: SESSION_MODES,
    enumName: 'SessionMode',
    default: 'tokens',
    example: 'tokens',
  })
  @ValidateIf((body: SignIn) => body.session !== undefined)
  @IsIn(SESSION_MODES)
  session?: SessionMode;

  @ApiPropertyOptional({
    description: 'For clients without cookies: the `deviceToken` of an earlier sign-in with `trustDevice`.',
    pattern: DEVICE_TOKEN.source,
    example: 'lkd_4fzyZl7Qb0Wk3nB1rV9sXw4fzyZl7Qb0Wk3nB1rV9sX',
  })
  @ValidateIf((body: SignIn) => body.deviceToken !== undefined)
  @IsString()
  @Matches(DEVICE_TOKEN, { message: 'Send the token as it was given out.' })
  deviceToken?: string;
}
