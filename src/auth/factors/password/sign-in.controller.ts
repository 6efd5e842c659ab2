import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../common/access.js';
import { ApiProblem } from '../../../common/api-problem.js';
import { type Caller, From } from '../../../common/caller.js';
import { SignedInView } from '../../sign-in/dto/sign-in.dto.js';
import { SignIn } from './dto/sign-in-with-password.dto.js';
import { SET_COOKIE } from '../../signed-in/set-cookie.js';
import { RefreshCookie } from '../../../tokens/sessions/refresh-cookie.js';
import { DeviceCookie } from '../../devices/device-cookie.js';
import {
  EnrollmentRequiredError,
  NewPasswordRequiredError,
  SecondFactorRequiredError,
  type UnfinishedError,
} from '../../sign-in/errors.js';
import type { SignInView } from '../../sign-in/dto/sign-in.view.js';
import { SignInAnswer } from '../../sign-in/sign-in-answer.js';
import { SignInStarts } from '../../sign-in/sign-in-starts.service.js';

/** Signing in by password in one step. */
@ApiTags('Auth')
@Controller('v1/auth')
export class SignInController {
  constructor(
    private readonly starts: SignInStarts,
    private readonly answer: SignInAnswer,
    private readonly deviceCookie: DeviceCookie,
    private readonly cookie: RefreshCookie,
  ) {}

  @Post('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'signIn',
    summary: 'Sign in',
    description:
      'Send an e-mail address, a username or a mobile number, and the password. In cookie mode this ends the session that the cookie held before. If the account needs more than a password, the answer is 403 with the sign-in to go on with in `signIn`, and there is no session yet.',
  })
  @ApiOkResponse({ type: SignedInView, description: 'A new session.', headers: SET_COOKIE })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'auth.bad_credentials',
    'auth.account_disabled',
    'hook.denied',
    'hook.unavailable',
    'auth.unverified',
    'auth.second_factor_required',
    'auth.enrollment_required',
    'auth.new_password_required',
    'request.origin_refused',
    'server.busy',
  )
  async signIn(
    @Body() { identifier, password, session = 'tokens', deviceToken }: SignIn,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInView> {
    if (session === 'cookie') this.cookie.demandKnownOrigin(request);
    const device = deviceToken ?? this.deviceCookie.read(request);
    const outcome = await this.starts.begin({ identifier, password, mode: session, deviceToken: device }, undefined, caller);
    const signIn = await this.answer.of(outcome, request, reply, caller);
    if (signIn.session === undefined) throw unfinished(signIn);
    return signIn.session;
  }
}

/** What is missing in a sign-in by password, with the sign-in in which it can be shown. */
function unfinished(signIn: SignInView): UnfinishedError {
  if (signIn.status === 'needs_enrollment') return new EnrollmentRequiredError(signIn);
  return signIn.status === 'needs_new_password' ? new NewPasswordRequiredError(signIn) : new SecondFactorRequiredError(signIn);
}
