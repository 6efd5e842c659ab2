import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { toUserView } from '../../../users/dto/user.view.js';
import { FACTOR_TYPES, type FactorOffer, type FactorRole, type FactorType } from '../../factors/factor.js';
import type { SignInOutcome } from '../sign-in-outcomes.service.js';
import { SIGN_IN_STATUSES, type SignInStatus } from '../sign-in-status.js';
import { PendingLinkView } from './pending-link.view.js';
import type { TokensView } from '../../signed-in/dto/signed-in.dto.js';
import { SignedInView, toSignedInView } from './sign-in.dto.js';

/** A factor that a sign-in offers or waits for. */
export class FactorOfferView implements FactorOffer {
  @ApiProperty({ description: 'The factor.', enum: FACTOR_TYPES, enumName: 'FactorType', example: 'totp' })
  type!: FactorType;

  @ApiProperty({
    description: '`first` names the account, `second` adds to that.',
    enum: ['first', 'second'],
    enumName: 'FactorRole',
    example: 'second',
  })
  role!: FactorRole;

  @ApiPropertyOptional({ description: "The owner's word for the authenticator; only after the first factor.", example: 'Phone' })
  name?: string;

  @ApiPropertyOptional({
    description: 'Id of the authenticator; only after the first factor.',
    format: 'uuid',
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
  })
  authenticatorId?: string;

  @ApiPropertyOptional({
    description: 'Present for a factor that is weak by design, such as a text message (NIST SP 800-63B-4 §3.1.3.3): offer others first.',
    type: Boolean,
    example: true,
  })
  restricted?: true;

  @ApiPropertyOptional({ description: 'For `provider`: the slug of the identity provider.', example: 'google' })
  provider?: string;
}

/** The session that a sign-in opened, or raised: then the refresh token stays as it is. */
export class SignInSessionView extends SignedInView {}

/** A sign-in that is under way. */
export class SignInView {
  @ApiProperty({
    description: 'Id of the sign-in. Alone it permits nothing.',
    format: 'uuid',
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
  })
  id!: string;

  @ApiPropertyOptional({
    description: 'Send it as `Sign-In-Secret` with every step. Only in the first answer; in cookie mode the browser has it.',
    example: '4fzyZl7Qb0Wk3nB1rV9sXw4fzyZl7Qb0Wk3nB1rV9sX',
  })
  secret?: string;

  @ApiProperty({
    description:
      'What it waits for. `needs_link`: an account has the address of the identity in `link`; show any first factor of that account. `needs_enrollment`: the account has to set up a second factor first. `needs_new_password`: its password does not keep the rules any more.',
    enum: SIGN_IN_STATUSES,
    enumName: 'SignInStatus',
    example: 'needs_second_factor',
  })
  status!: SignInStatus;

  @ApiProperty({
    description: 'The factors that go on from here. Before the first one: what the server offers, whatever the account has.',
    type: [FactorOfferView],
  })
  factors!: FactorOfferView[];

  @ApiProperty({
    description: 'The assurance level that the session will have at least.',
    type: 'integer',
    minimum: 1,
    maximum: 3,
    example: 2,
  })
  requiredAal!: number;

  @ApiProperty({ description: 'When it ends, complete or not.', format: 'date-time', type: 'string', example: '2026-03-01T09:45:00.000Z' })
  expiresAt!: string;

  @ApiPropertyOptional({
    description: 'The account at an identity provider that is linked when the sign-in is complete.',
    type: PendingLinkView,
  })
  link?: PendingLinkView;

  @ApiPropertyOptional({ description: 'With `complete`, once: the session.', type: SignInSessionView })
  session?: SignInSessionView;

  @ApiPropertyOptional({
    description: 'After `trustDevice`, for clients without cookies: send it with the next sign-in on this device.',
    example: 'lkd_4fzyZl7Qb0Wk3nB1rV9sXw4fzyZl7Qb0Wk3nB1rV9sX',
  })
  deviceToken?: string;
}

export function toSignInView({
  id,
  mode,
  secret,
  status,
  factors,
  required,
  expiresAt,
  link,
  session,
  raised,
  device,
}: SignInOutcome): SignInView {
  return {
    id,
    ...(secret === undefined || mode === 'cookie' ? {} : { secret }),
    status,
    factors,
    requiredAal: required,
    expiresAt: expiresAt.toISOString(),
    ...(link && { link }),
    ...(session && { session: toSignedInView(session, mode) }),
    ...(raised && { session: { ...raisedTokens(raised.tokens), user: toUserView(raised.account) } }),
    ...(device && mode === 'tokens' && { deviceToken: device.token }),
  };
}

function raisedTokens({ accessToken, expiresInSeconds }: { accessToken: string; expiresInSeconds: number }): TokensView {
  return { accessToken, tokenType: 'Bearer', expiresIn: expiresInSeconds };
}
