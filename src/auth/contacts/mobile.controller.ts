import { Body, Controller, Delete, HttpCode, Post, Put, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Aal, SignedIn } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { UserView, toUserView } from '../../users/dto/user.view.js';
import { ChangeMobile, ConfirmMobile, RemoveMobile } from './dto/mobile.dto.js';
import { MobileService } from './mobile.service.js';
import { MobileVerificationRequestService } from './mobile-verification-request.service.js';
import { MobileVerificationService } from './mobile-verification.service.js';
import { AsksForProof } from '../proof-of-work/asks-for-proof.js';
import { ProofsOfWork } from '../proof-of-work/proofs-of-work.service.js';

/** What every route here can answer with. */
const SIGNED_IN = [
  'access.unauthenticated',
  'token.invalid',
  'token.expired',
  'token.revoked',
  'user.not_found',
  'request.throttled',
] as const;

@ApiTags('Users')
@Controller('v1/users/me/mobile')
export class MobileController {
  constructor(
    private readonly mobiles: MobileService,
    private readonly requests: MobileVerificationRequestService,
    private readonly verification: MobileVerificationService,
    private readonly proofs: ProofsOfWork,
  ) {}

  @Put()
  @SignedIn()
  @Aal(2)
  @ApiOperation({
    operationId: 'changeMobile',
    summary: 'Set my mobile number',
    description:
      'Sets the number at once, unverified. If it replaces another number, the server mails a notice. A server with `ACCOUNT_PRIVACY=strict` texts a code instead, answers 202 whether or not the number is taken, and sets it once the code is confirmed. Wrong passwords count like failed sign-ins.',
  })
  @ApiOkResponse({ type: UserView, description: 'The account with its number.' })
  @ApiAcceptedResponse({ description: 'With `ACCOUNT_PRIVACY=strict`: if the number is free, the server texts a code.' })
  @ApiProblem(...SIGNED_IN, 'auth.bad_credentials', 'auth.step_up_required', 'user.mobile_taken', 'sms.not_configured', 'server.busy')
  async changeMobile(
    @Body() body: ChangeMobile,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserView | undefined> {
    const account = await this.mobiles.change(user, body, caller);
    if (account !== null) return toUserView(account);
    void reply.status(202);
    return undefined;
  }

  @Delete()
  @SignedIn()
  @Aal(2)
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removeMobile',
    summary: 'Remove my mobile number',
    description: 'Refused if the number is the only identifier of the account. Wrong passwords count like failed sign-ins.',
  })
  @ApiNoContentResponse({ description: 'The account has no mobile number now.' })
  @ApiProblem(...SIGNED_IN, 'auth.bad_credentials', 'auth.step_up_required', 'server.busy')
  async removeMobile(@Body() { currentPassword }: RemoveMobile, @CurrentUser() user: Principal, @From() caller: Caller): Promise<void> {
    await this.mobiles.remove(user, currentPassword, caller);
  }

  @Post('verification')
  @SignedIn()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestMobileVerification',
    summary: 'Text a code to my mobile number',
    description:
      'Texts eight digits, valid for 15 minutes. Earlier codes stop working. The server sends nothing to a number that is already verified.',
  })
  @ApiAcceptedResponse({ description: 'If the number is waiting for verification, the server sends a text message.' })
  @AsksForProof()
  @ApiProblem(...SIGNED_IN, 'user.mobile_unreachable', 'sms.not_configured', 'proof_of_work.required', 'proof_of_work.invalid')
  async requestMobileVerification(@CurrentUser() user: Principal, @From() caller: Caller): Promise<void> {
    await this.proofs.demand('text', [`account ${user.userId}`], caller);
    await this.requests.request(user.userId, caller);
  }

  @Post('verification/confirm')
  @SignedIn()
  @Aal(2)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'confirmMobile',
    summary: 'Verify my mobile number',
    description: 'Send the code of the text message. After five wrong codes that code stops working.',
  })
  @ApiOkResponse({ type: UserView, description: 'The account with its verified number.' })
  @ApiProblem(...SIGNED_IN, 'auth.step_up_required', 'challenge.invalid', 'challenge.expired', 'user.mobile_taken')
  async confirmMobile(@Body() { code }: ConfirmMobile, @CurrentUser() user: Principal, @From() caller: Caller): Promise<UserView> {
    return toUserView(await this.verification.confirm(user, code, caller));
  }
}
