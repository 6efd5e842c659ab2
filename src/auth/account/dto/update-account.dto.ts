import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, ValidateIf } from 'class-validator';
import { UpdateProfile } from '../../../users/dto/update-profile.dto.js';

/** What owners edit of their accounts: the profile, and whether they want a second factor at every sign-in. */
export class UpdateAccount extends UpdateProfile {
  @ApiPropertyOptional({
    description:
      'Whether a second factor is asked for at every sign-in, even if the account has only passkeys. `true` needs an authenticator app or a passkey; `false` is refused where the server demands it (`MFA`).',
    example: true,
  })
  @ValidateIf((_, value) => value !== undefined)
  @IsBoolean()
  mfaRequired?: boolean;
}
