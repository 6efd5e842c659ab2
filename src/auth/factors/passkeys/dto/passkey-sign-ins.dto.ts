import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, ValidateIf } from 'class-validator';
import { ChallengeView } from '../../../sign-in/dto/challenges.dto.js';
import { SignInView } from '../../../sign-in/dto/sign-in.view.js';
import { SESSION_MODES, type SessionMode } from '../../../../tokens/sessions/session-mode.js';
import { PasskeyRequestOptionsView } from './passkey-options.view.js';
import { OwnPasskeyView, PasskeySignalView } from './passkeys.dto.js';

export class StartPasskeySignIn {
  @ApiPropertyOptional({
    description: 'Where secrets are kept, as in `POST /v1/sign-ins`.',
    enum: SESSION_MODES,
    enumName: 'SessionMode',
    default: 'tokens',
    example: 'tokens',
  })
  @ValidateIf((body: StartPasskeySignIn) => body.mode !== undefined)
  @IsIn(SESSION_MODES)
  mode?: SessionMode;
}

class PasskeyChallengeView extends OmitType(ChallengeView, ['publicKey']) {
  @ApiProperty({ description: 'Options of `navigator.credentials.get()` as JSON.', type: PasskeyRequestOptionsView })
  publicKey!: PasskeyRequestOptionsView;
}

/** A sign-in with the question for a passkey. */
export class PasskeySignInView extends SignInView {
  @ApiProperty({ description: 'The challenge for a passkey of any account.', type: PasskeyChallengeView })
  challenge!: PasskeyChallengeView;
}

/** A sign-in that goes on with the passkey that was set up in it. */
export class PasskeyEnrolledView extends SignInView {
  @ApiProperty({ description: 'The passkey.', type: OwnPasskeyView })
  passkey!: OwnPasskeyView;

  @ApiPropertyOptional({
    description: 'Recovery codes. Shown once: let the user keep them.',
    type: [String],
    example: ['h7kq-2mzd-9xwc-4rvt'],
  })
  recoveryCodes?: string[];

  @ApiProperty({ description: 'For the Signal API of browsers.', type: PasskeySignalView })
  signal!: PasskeySignalView;
}
