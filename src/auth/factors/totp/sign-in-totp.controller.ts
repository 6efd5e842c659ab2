import { Body, Controller, HttpCode, Param, Post, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../common/access.js';
import { ApiProblem } from '../../../common/api-problem.js';
import { type Caller, From } from '../../../common/caller.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import { EndedSignIns } from '../../sign-in/ended-sign-ins.interceptor.js';
import { SignInAnswer } from '../../sign-in/sign-in-answer.js';
import { InSignIn, SignInSecret } from '../../sign-in/sign-in-secret.js';
import { SignIns } from '../../sign-in/sign-ins.service.js';
import { AddTotp, ConfirmTotp, EnrolledSignInView, NewTotpView } from './dto/totp.dto.js';
import { TotpEnrollment } from './totp-enrollment.service.js';

/** What both routes can answer. */
const ENROLLING = [
  'request.throttled',
  'request.origin_refused',
  'sign_in.not_found',
  'sign_in.expired',
  'sign_in.wrong_state',
  'auth.step_up_required',
  'auth.bad_credentials',
  'user.not_found',
] as const;

/** Setting up an authenticator app in a sign-in that goes on only with a second factor. */
@ApiTags('Sign-in')
@Controller('v1/sign-ins/:id/authenticators')
@UseInterceptors(EndedSignIns)
export class SignInTotpController {
  constructor(
    private readonly signIns: SignIns,
    private readonly enrollment: TotpEnrollment,
    private readonly answer: SignInAnswer,
    private readonly throttle: ThrottleService,
  ) {}

  @Post('totp')
  @Public()
  @ApiOperation({
    operationId: 'addTotpInSignIn',
    summary: 'Set up an authenticator app while signing in',
    description:
      'For a sign-in with the status `needs_enrollment`. Makes a secret for an authenticator app: show the QR code, and confirm with a code of the app.',
  })
  @InSignIn()
  @ApiBody({ type: AddTotp, required: false })
  @ApiCreatedResponse({ type: NewTotpView, description: 'The secret, told only now.' })
  @ApiProblem('auth.method_disabled', 'authenticator.too_many', ...ENROLLING)
  async addTotpInSignIn(
    @Param('id') id: string,
    @SignInSecret() secret: string | undefined,
    @Body() { name }: AddTotp,
    @From() caller: Caller,
  ): Promise<NewTotpView> {
    const { userId: accountId, sessionEpoch } = await this.signIns.enrolling(id, secret);
    await this.throttle.take({ limit: 'edit', of: `authenticators:${accountId}` }, caller);
    return this.enrollment.begin({ enrolling: { accountId, sessionEpoch } }, name, caller);
  }

  @Post(':authenticatorId/confirm')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'confirmTotpInSignIn',
    summary: 'Confirm an authenticator app while signing in',
    description:
      'A right code completes the sign-in: the answer has the session, and the recovery codes of the account, which are shown only now.',
  })
  @InSignIn()
  @ApiParam({
    name: 'authenticatorId',
    format: 'uuid',
    description: 'From setting it up.',
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a12',
  })
  @ApiOkResponse({ type: EnrolledSignInView, description: 'The sign-in, with the session.' })
  @ApiProblem(
    'factor.invalid',
    'factor.throttled',
    'authenticator.not_found',
    'authenticator.unconfirmed',
    'auth.account_disabled',
    'hook.denied',
    'hook.unavailable',
    'auth.unverified',
    'server.busy',
    ...ENROLLING,
  )
  async confirmTotpInSignIn(
    @Param('id') id: string,
    @Param('authenticatorId') authenticatorId: string,
    @SignInSecret() secret: string | undefined,
    @Body() { code }: ConfirmTotp,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EnrolledSignInView> {
    const { userId: accountId, sessionEpoch } = await this.signIns.enrolling(id, secret);
    const { recoveryCodes, outcome } = await this.enrollment.confirm(
      { enrolling: { accountId, sessionEpoch } },
      authenticatorId,
      code,
      caller,
      (passed) => this.signIns.enrolled(id, secret, passed, caller),
    );
    const view = await this.answer.of(outcome, request, reply, caller);
    return { ...view, ...(recoveryCodes === undefined ? {} : { recoveryCodes }) };
  }
}
