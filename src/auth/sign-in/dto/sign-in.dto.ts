import { ApiProperty } from '@nestjs/swagger';
import { UserView, toUserView } from '../../../users/dto/user.view.js';
import { TokensView, toTokensView } from '../../signed-in/dto/signed-in.dto.js';
import type { SignedIn } from '../sign-in.service.js';
import type { SessionMode } from '../../../tokens/sessions/session-mode.js';

/** Token of a remembered device. */
export const DEVICE_TOKEN = /^lkd_[\w-]{43}$/;

export class SignedInView extends TokensView {
  @ApiProperty({ description: 'The account that signed in.', type: UserView })
  user!: UserView;
}

export function toSignedInView({ account, tokens }: SignedIn, mode: SessionMode): SignedInView {
  return { ...toTokensView(tokens, mode), user: toUserView(account) };
}
