import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, ValidateIf } from 'class-validator';
import { ChallengeView, SignInView } from '../../../sign-in/dto/sign-ins.dto.js';
import { SESSION_MODES, type SessionMode } from '../../../sign-in/session-mode.js';
import { PasskeySignalView, OwnPasskeyView } from './passkeys.dto.js';

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

/** A sign-in with the question for a passkey. */
export class PasskeySignInView extends SignInView {
  @ApiProperty({ description: 'The challenge for a passkey of any account.', type: ChallengeView })
  challenge!: ChallengeView;
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
