import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Aal, SignedIn, WhileRecovered } from '../../../common/access.js';
import { ApiProblem } from '../../../common/api-problem.js';
import { type Caller, From } from '../../../common/caller.js';
import { CurrentUser, type Principal } from '../../../common/principal.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import { AddTotp, ConfirmTotp, ConfirmedTotpView, NewTotpView } from './dto/totp.dto.js';
import { TotpEnrollment } from './totp-enrollment.service.js';

/** What both routes can answer. */
const CHANGES = [
  'access.unauthenticated',
  'access.forbidden',
  'token.invalid',
  'token.expired',
  'token.revoked',
  'auth.step_up_required',
  'auth.bad_credentials',
  'user.not_found',
  'request.throttled',
] as const;

/** Authenticator apps of those who are signed in. */
@ApiTags('Users')
@Controller('v1/users/me/authenticators')
export class TotpController {
  constructor(
    private readonly enrollment: TotpEnrollment,
    private readonly throttle: ThrottleService,
  ) {}

  @Post('totp')
  @SignedIn()
  @Aal(2, { maxAgeSeconds: 300 })
  @WhileRecovered()
  @ApiOperation({
    operationId: 'addTotp',
    summary: 'Set up an authenticator app',
    description:
      'Makes a secret for an authenticator app. Show the QR code, and confirm with a code of the app within 15 minutes; until then it is no second factor. Needs a proof that is at most 300 s old, by a second factor if the account has one.',
  })
  @ApiBody({ type: AddTotp, required: false })
  @ApiCreatedResponse({ type: NewTotpView, description: 'The secret, told only now.' })
  @ApiProblem('auth.method_disabled', 'authenticator.too_many', ...CHANGES)
  async addTotp(@Body() { name }: AddTotp, @CurrentUser() user: Principal, @From() caller: Caller): Promise<NewTotpView> {
    await this.throttle.take({ limit: 'edit', of: `authenticators:${user.userId}` }, caller);
    return this.enrollment.begin({ user }, name, caller);
  }

  @Post(':id/confirm')
  @SignedIn()
  @Aal(2, { maxAgeSeconds: 300 })
  @WhileRecovered()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'confirmTotp',
    summary: 'Confirm an authenticator app',
    description:
      'From now on sign-ins ask for its codes; the server mails a notice. With the first second factor of the account come recovery codes, which are shown only in this answer. The session keeps its level: step up to use what needs a second factor.',
  })
  @ApiParam({ name: 'id', format: 'uuid', description: 'From setting it up.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  @ApiOkResponse({ type: ConfirmedTotpView, description: 'It is a second factor now.' })
  @ApiProblem('factor.invalid', 'factor.throttled', 'authenticator.not_found', 'authenticator.unconfirmed', 'server.busy', ...CHANGES)
  async confirmTotp(
    @Param('id') id: string,
    @Body() { code }: ConfirmTotp,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
  ): Promise<ConfirmedTotpView> {
    const { recoveryCodes } = await this.enrollment.confirm({ user }, id, code, caller, () => Promise.resolve());
    return recoveryCodes === undefined ? {} : { recoveryCodes };
  }
}
