import { Body, Controller, HttpCode, Param, Post, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../common/access.js';
import { ApiProblem } from '../../../common/api-problem.js';
import { type Caller, From } from '../../../common/caller.js';
import { RefreshCookie } from '../../../tokens/sessions/refresh-cookie.js';
import { toChallengeView } from '../../sign-in/dto/challenges.dto.js';
import { EndedSignIns } from '../../sign-in/ended-sign-ins.interceptor.js';
import { SignInAnswer } from '../../sign-in/sign-in-answer.js';
import { InSignIn, SignInSecret } from '../../sign-in/sign-in-secret.js';
import { PasskeyCreationOptionsView } from './dto/passkey-options.view.js';
import { PasskeyEnrolledView, PasskeySignInView, StartPasskeySignIn } from './dto/passkey-sign-ins.dto.js';
import { AddPasskey, toPasskeyView } from './dto/passkeys.dto.js';
import { PasskeySignIns } from './passkey-sign-ins.service.js';
import { PasskeysService } from './passkeys.service.js';

/** Sign-ins that begin with a passkey, or in which one is set up. */
@ApiTags('Sign-in')
@Controller('v1/sign-ins')
@UseInterceptors(EndedSignIns)
export class SignInPasskeysController {
  constructor(
    private readonly signIns: PasskeySignIns,
    private readonly passkeys: PasskeysService,
    private readonly answer: SignInAnswer,
    private readonly refreshCookie: RefreshCookie,
  ) {}

  @Post('passkey')
  @Public()
  @ApiOperation({
    operationId: 'startPasskeySignIn',
    summary: 'Begin a sign-in by a passkey',
    description:
      'A sign-in and its challenge in one call, for passkeys in the autofill of a page (conditional mediation): ask when the page opens, pass `challenge.publicKey` to `navigator.credentials.get()`, and send the result with `challenge.id` to `POST /v1/sign-ins/{id}/attempts`.',
  })
  @ApiBody({ type: StartPasskeySignIn, required: false })
  @ApiCreatedResponse({ type: PasskeySignInView, description: 'The sign-in waits for a passkey, or another first factor.' })
  @ApiProblem('request.invalid', 'request.throttled', 'request.origin_refused', 'auth.method_disabled')
  async start(
    @Body() { mode = 'tokens' }: StartPasskeySignIn,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PasskeySignInView> {
    if (mode === 'cookie') this.refreshCookie.demandKnownOrigin(request);
    const { signIn, challenge } = await this.signIns.start(mode, caller);
    return {
      ...(await this.answer.of(signIn, request, reply, caller)),
      challenge: { ...toChallengeView(challenge), publicKey: challenge.publicKey },
    };
  }

  @Post(':id/authenticators/passkeys/options')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'startPasskeyInSignIn',
    summary: 'Ask for a new passkey in a sign-in',
    description: 'For a sign-in in `needs_enrollment`. As `POST /v1/users/me/authenticators/passkeys/options`.',
  })
  @InSignIn()
  @ApiOkResponse({ type: PasskeyCreationOptionsView, description: 'Options of `navigator.credentials.create()`.' })
  @ApiProblem(
    'request.throttled',
    'request.origin_refused',
    'sign_in.not_found',
    'sign_in.expired',
    'sign_in.wrong_state',
    'auth.method_disabled',
  )
  options(
    @Param('id') id: string,
    @SignInSecret() secret: string | undefined,
    @From() caller: Caller,
  ): Promise<PasskeyCreationOptionsView> {
    return this.signIns.options(id, secret, caller);
  }

  @Post(':id/authenticators/passkeys')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'addPasskeyInSignIn',
    summary: 'Set up a passkey in a sign-in',
    description:
      'For a sign-in in `needs_enrollment`: the passkey counts as its second factor, so that the sign-in is complete. The owner gets a mail.',
  })
  @InSignIn()
  @ApiOkResponse({ type: PasskeyEnrolledView, description: 'The sign-in, one step further.' })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'request.origin_refused',
    'passkey.rejected',
    'authenticator.exists',
    'authenticator.too_many',
    'auth.bad_credentials',
    'auth.account_disabled',
    'hook.denied',
    'hook.unavailable',
    'auth.unverified',
    'auth.step_up_required',
    'auth.method_disabled',
    'sign_in.not_found',
    'sign_in.expired',
    'sign_in.wrong_state',
  )
  async add(
    @Param('id') id: string,
    @SignInSecret() secret: string | undefined,
    @Body() body: AddPasskey,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PasskeyEnrolledView> {
    const { signIn, userId, passkey, recoveryCodes } = await this.signIns.enroll(id, secret, body, caller);
    return {
      ...(await this.answer.of(signIn, request, reply, caller)),
      passkey: toPasskeyView(passkey),
      ...(recoveryCodes === undefined ? {} : { recoveryCodes }),
      signal: await this.passkeys.signalOf(userId),
    };
  }
}
