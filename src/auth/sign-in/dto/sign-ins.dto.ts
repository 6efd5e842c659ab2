import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsNotEmpty, IsObject, IsString, IsUUID, Matches, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { CodeField } from '../../../common/code-field.js';
import { ReturnTo } from '../../challenges/dto/return-to.js';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';
import { SIGN_IN_PURPOSES, type SignInPurpose } from '../../factors/factor.js';
import { SESSION_MODES, type SessionMode } from '../../../tokens/sessions/session-mode.js';
import { DEVICE_TOKEN } from './sign-in.dto.js';

/** A year: no route demands an older proof. */
const MAX_AGE_SECONDS = 31_536_000;

const isSent =
  (name: string) =>
  (body: object): boolean =>
    (body as Record<string, unknown>)[name] !== undefined;

export class StartSignIn {
  @ApiPropertyOptional({ description: 'E-mail address, username or mobile number.', maxLength: 254, example: 'ada@example.com' })
  @ValidateIf(isSent('identifier'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  identifier?: string;

  @ApiPropertyOptional({
    description: 'With `identifier`: the first factor at once.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @ValidateIf(isSent('password'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  password?: string;

  @ApiPropertyOptional({
    description: '`step_up` raises the session of the access token instead of opening one: same session, new access token.',
    enum: SIGN_IN_PURPOSES,
    enumName: 'SignInPurpose',
    default: 'sign_in',
    example: 'sign_in',
  })
  @ValidateIf(isSent('purpose'))
  @IsIn(SIGN_IN_PURPOSES)
  purpose?: SignInPurpose;

  @ApiPropertyOptional({
    description:
      'Where secrets are kept. `tokens`: the answers contain them. `cookie`, for browsers: the secret of the sign-in and the refresh token are in cookies that scripts cannot read; as `session` in `POST /v1/auth/login`.',
    enum: SESSION_MODES,
    enumName: 'SessionMode',
    default: 'tokens',
    example: 'tokens',
  })
  @ValidateIf(isSent('mode'))
  @IsIn(SESSION_MODES)
  mode?: SessionMode;

  @ApiPropertyOptional({
    description: 'Assurance level that the session must have: 2 for two factors or a passkey. The account may demand more.',
    type: 'integer',
    minimum: 1,
    maximum: 2,
    default: 1,
    example: 2,
  })
  @ValidateIf(isSent('requiredAal'))
  @IsIn([1, 2])
  requiredAal?: 1 | 2;

  @ApiPropertyOptional({
    description: 'For `step_up`: the `maxAge` of the refused request, seconds. Every proof of a step-up is fresh, so it changes nothing.',
    type: 'integer',
    minimum: 0,
    maximum: MAX_AGE_SECONDS,
    example: 300,
  })
  @ValidateIf(isSent('maxAge'))
  @IsInt()
  @Min(0)
  @Max(MAX_AGE_SECONDS)
  maxAge?: number;

  @ReturnTo()
  returnTo?: string;

  @ApiPropertyOptional({
    description: 'For clients without cookies: the `deviceToken` of an earlier sign-in with `trustDevice`.',
    pattern: DEVICE_TOKEN.source,
    example: 'lkd_4fzyZl7Qb0Wk3nB1rV9sXw4fzyZl7Qb0Wk3nB1rV9sX',
  })
  @ValidateIf(isSent('deviceToken'))
  @IsString()
  @Matches(DEVICE_TOKEN, { message: 'Send the token as it was given out.' })
  deviceToken?: string;
}

/** Exactly one factor, or a new password. */
export class AttemptSignIn {
  @ApiPropertyOptional({
    description: 'The password of the account.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @ValidateIf(isSent('password'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  password?: string;

  @ApiPropertyOptional({
    description: 'With `password`, if the sign-in began without an identifier.',
    maxLength: 254,
    example: 'ada@example.com',
  })
  @ValidateIf(isSent('identifier'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  identifier?: string;

  @ApiPropertyOptional({ description: 'The six digits that the authenticator app shows.', example: '492039' })
  @ValidateIf(isSent('totp'))
  @CodeField(6)
  totp?: string;

  @ApiPropertyOptional({
    description: 'One of the recovery codes, in upper or lower case, with or without hyphens. It is used up.',
    maxLength: 64,
    example: 'h7kq-2mzd-9xwc-4rvt',
  })
  @ValidateIf(isSent('recoveryCode'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  recoveryCode?: string;

  @ApiPropertyOptional({
    description: 'Id of the challenge that is answered.',
    format: 'uuid',
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
  })
  @ValidateIf(isSent('challengeId'))
  @IsUUID()
  challengeId?: string;

  @ApiPropertyOptional({
    description: 'With `challengeId`: the eight digits of the mail or text message.',
    pattern: '^[0-9]{8}$',
    example: '40291738',
  })
  @ValidateIf(isSent('code'))
  @CodeField(8)
  code?: string;

  @ApiPropertyOptional({
    description: 'With `challengeId`: the result of `navigator.credentials.get()` as JSON (`toJSON()`).',
    type: 'object',
    additionalProperties: true,
    example: { id: 'AbCd', rawId: 'AbCd', type: 'public-key', response: {}, clientExtensionResults: {} },
  })
  @ValidateIf(isSent('credential'))
  @IsObject()
  credential?: object;

  @ApiPropertyOptional({
    description: 'For native apps: slug of the identity provider that made `idToken`.',
    maxLength: 40,
    example: 'google',
  })
  @ValidateIf(isSent('provider'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(40)
  provider?: string;

  @ApiPropertyOptional({
    description:
      'For native apps: the ID token that the library of the provider gave the app, made for the `clientId` of the provider here. Its nonce has to be the id of the sign-in.',
    maxLength: 10_000,
    example: 'eyJhbGciOiJSUzI1NiJ9.…',
  })
  @ValidateIf(isSent('idToken'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(10_000)
  idToken?: string;

  @ApiPropertyOptional({
    description: 'In `needs_new_password`: the password that the account has from now on. All its other sessions end.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'five quiet foxes dream',
  })
  @ValidateIf(isSent('newPassword'))
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_PASSWORD_INPUT)
  newPassword?: string;

  @ApiPropertyOptional({
    description: 'Skip the second factor on this device from now on, for `REMEMBERED_DEVICE_DAYS`. Stepping up still asks for it.',
    default: false,
    example: true,
  })
  @ValidateIf(isSent('trustDevice'))
  @IsBoolean()
  trustDevice?: boolean;
}
