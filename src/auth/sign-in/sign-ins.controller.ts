import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OptionallySignedIn, Public, WhileRecovered } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { RefreshCookie } from '../../tokens/sessions/refresh-cookie.js';
import { DeviceCookie } from '../devices/device-cookie.js';
import { AskChallenge, ChallengeView, toChallengeView } from './dto/challenges.dto.js';
import { SignInView } from './dto/sign-in.view.js';
import { AttemptSignIn, StartSignIn } from './dto/sign-ins.dto.js';
import { AsksForProof } from '../proof-of-work/asks-for-proof.js';
import { BrowserCookie } from './browser-cookie.js';
import { EndedSignIns } from './ended-sign-ins.interceptor.js';
import { SignInAnswer } from './sign-in-answer.js';
import { InSignIn, SignInSecret } from './sign-in-secret.js';
import { SignInStarts } from './sign-in-starts.service.js';
import { SignIns } from './sign-ins.service.js';

/** Signing in step by step, and stepping up. */
@ApiTags('Sign-in')
@Controller('v1/sign-ins')
@UseInterceptors(EndedSignIns)
export class SignInsController {
  constructor(
    private readonly starts: SignInStarts,
    private readonly signIns: SignIns,
    private readonly answer: SignInAnswer,
    private readonly refreshCookie: RefreshCookie,
    private readonly deviceCookie: DeviceCookie,
    private readonly browserCookie: BrowserCookie,
  ) {}

  @Post()
  @OptionallySignedIn()
  @WhileRecovered()
  @ApiOperation({
    operationId: 'startSignIn',
    summary: 'Begin a sign-in',
    description:
      'With `identifier` and `password` the first factor is shown at once; if it is enough, the answer is 200 with the session. Without a password the sign-in waits for a first factor; the answer does not depend on whether such an account exists. With `purpose: "step_up"` and an access token it raises that session. A sign-in ends after 15 minutes or ten wrong tries.',
  })
  @ApiCreatedResponse({ type: SignInView, description: 'The sign-in waits for a factor.' })
  @ApiOkResponse({ type: SignInView, description: 'The sign-in is complete: `session` has the tokens.' })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'auth.bad_credentials',
    'auth.account_disabled',
    'hook.denied',
    'hook.unavailable',
    'auth.unverified',
    'request.origin_refused',
    'access.unauthenticated',
    'access.forbidden',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'server.busy',
  )
  async startSignIn(
    @Body() { mode = 'tokens', deviceToken, ...start }: StartSignIn,
    @CurrentUser() user: Principal | undefined,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInView> {
    if (mode === 'cookie') this.refreshCookie.demandKnownOrigin(request);
    const device = deviceToken ?? this.deviceCookie.read(request);
    const outcome = await this.starts.begin({ ...start, mode, deviceToken: device }, user, caller);
    void reply.status(outcome.status === 'complete' ? 200 : 201);
    return this.answer.of(outcome, request, reply, caller);
  }

  @Get(':id')
  @Public()
  @ApiOperation({
    operationId: 'getSignIn',
    summary: 'Read a sign-in',
    description:
      'How it stands, and what it waits for. After the browser came back from an identity provider, this completes the sign-in if nothing is missing: the answer has the session, once.',
  })
  @InSignIn()
  @ApiOkResponse({ type: SignInView, description: 'The sign-in.' })
  @ApiProblem(
    'sign_in.not_found',
    'sign_in.expired',
    'sign_in.wrong_state',
    'auth.account_disabled',
    'hook.denied',
    'hook.unavailable',
    'auth.unverified',
    'auth.bad_credentials',
    'auth.step_up_required',
    'identity.linked_elsewhere',
    'identity.too_many',
    'provider.not_found',
  )
  async getSignIn(
    @Param('id') id: string,
    @SignInSecret() secret: string | undefined,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInView> {
    return this.answer.of(await this.signIns.read(id, secret, caller), request, reply, caller);
  }

  @Post(':id/challenges')
  @Public()
  @ApiOperation({
    operationId: 'createSignInChallenge',
    summary: 'Ask for a challenge',
    description:
      'For factors that ask something first. A passkey signs a challenge and needs no identifier. A code is mailed or texted for the `identifier` of the sign-in; the answer, and when it comes, does not depend on whether an account has that identifier: for an address that nobody has, the code makes an account, where the server lets people sign up by code. An identity provider signs people in itself: send the browser to `redirectUrl`. That answer sets a cookie by which this server knows the browser when it comes back, so send the request from that browser with `credentials: "include"`.',
  })
  @AsksForProof()
  @InSignIn()
  @ApiCreatedResponse({ type: ChallengeView, description: 'The challenge; it is good for one answer.' })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'request.origin_refused',
    'sign_in.not_found',
    'sign_in.expired',
    'sign_in.wrong_state',
    'provider.not_found',
    'provider.unavailable',
    'provider.not_reauthenticated',
    'auth.method_disabled',
    'proof_of_work.required',
    'proof_of_work.invalid',
  )
  async createSignInChallenge(
    @Param('id') id: string,
    @SignInSecret() secret: string | undefined,
    @Body() asked: AskChallenge,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChallengeView> {
    const challenge = await this.signIns.challenge(id, secret, { ...asked, marks: this.browserCookie.read(request) }, caller);
    if (challenge.mark !== undefined) this.browserCookie.set(reply, challenge.mark);
    return toChallengeView(challenge);
  }

  @Post(':id/attempts')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'attemptSignIn',
    summary: 'Answer with a factor',
    description:
      'Send one factor. A right one goes on to the next status; the last one completes the sign-in, and the answer has the session. A wrong one is 401 and counts: after ten the sign-in is over.',
  })
  @InSignIn()
  @ApiOkResponse({ type: SignInView, description: 'The sign-in, one step further.' })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'request.origin_refused',
    'factor.invalid',
    'factor.throttled',
    'auth.bad_credentials',
    'auth.account_disabled',
    'hook.denied',
    'hook.unavailable',
    'auth.unverified',
    'sign_in.not_found',
    'sign_in.expired',
    'sign_in.wrong_state',
    'server.busy',
    'auth.step_up_required',
    'identity.linked_elsewhere',
    'identity.link_required',
    'identity.too_many',
    'provider.not_found',
    'provider.unavailable',
    'provider.answer_invalid',
    'provider.not_reauthenticated',
    'provider.sign_ups_closed',
    'registration.closed',
    'registration.invitation_required',
    'registration.domain_not_allowed',
    'provider.email_unproven',
  )
  async attemptSignIn(
    @Param('id') id: string,
    @SignInSecret() secret: string | undefined,
    @Body() body: AttemptSignIn,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignInView> {
    return this.answer.of(await this.signIns.attempt(id, secret, body, caller), request, reply, caller);
  }
}
