import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OptionallySignedIn, Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { UserView, toUserView } from '../../users/dto/user.view.js';
import { ClaimMobile, RequestMobileClaim } from './dto/mobile-claim.dto.js';
import { REGISTRATION_TICKET } from './dto/registration-ticket.js';
import { MobileClaimService } from './mobile-claim.service.js';
import { AsksForProof } from '../proof-of-work/asks-for-proof.js';
import { ProofsOfWork } from '../proof-of-work/proofs-of-work.service.js';

const MOBILE = '+1 202 555 0147';

const EXAMPLES = {
  code: { summary: 'With the ticket of the registration', value: { mobile: MOBILE, code: '40291738', ticket: REGISTRATION_TICKET } },
  takeOver: {
    summary: 'For an account that somebody else registered',
    value: { mobile: MOBILE, code: '40291738', newPassword: 'seven calm rivers run' },
  },
};

@ApiTags('Auth')
@Controller('v1/auth/mobile/verification')
export class MobileClaimController {
  constructor(
    private readonly claims: MobileClaimService,
    private readonly proofs: ProofsOfWork,
  ) {}

  @Post()
  @Public()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestMobileClaim',
    summary: 'Text a code to a number that somebody registered with',
    description:
      'The answer is the same whether or not the number is registered. A code that is less than half its lifetime old is sent again; otherwise a new one, and earlier codes stop working. Signed-in users use `POST /v1/users/me/mobile/verification`.',
  })
  @ApiAcceptedResponse({ description: 'If the number is waiting for verification, the server sends a text message.' })
  @AsksForProof()
  @ApiProblem('request.invalid', 'request.throttled', 'sms.not_configured', 'proof_of_work.required', 'proof_of_work.invalid')
  async request(@Body() { mobile }: RequestMobileClaim, @From() caller: Caller): Promise<void> {
    await this.proofs.demand('text', [mobile], caller);
    await this.claims.request(mobile, caller);
  }

  @Post('confirm')
  @OptionallySignedIn()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'claimMobile',
    summary: 'Verify a number that somebody registered with',
    description:
      'Send `mobile` and `code`, and what proves that the account is yours: the `ticket` of the registration, its `password`, an access token of the account, or a `newPassword` (for an account that somebody else registered with your number; their password, sessions and e-mail address are removed). An account with a proven e-mail address takes no `newPassword`.',
  })
  @ApiBody({ type: ClaimMobile, examples: EXAMPLES })
  @ApiOkResponse({ type: UserView, description: 'The account with its verified number.' })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'challenge.invalid',
    'challenge.expired',
    'auth.proof_required',
    'auth.bad_credentials',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'server.busy',
  )
  async confirm(@Body() body: ClaimMobile, @CurrentUser() user: Principal | undefined, @From() caller: Caller): Promise<UserView> {
    const { mobile, code, ...ownership } = body;
    return toUserView(await this.claims.confirm(mobile, code, { ...ownership, session: user }, caller));
  }
}
