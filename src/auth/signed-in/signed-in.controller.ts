import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestEvents } from '../../audit/request-events.js';
import { OptionallySignedIn, Public, SignedIn, WhileRecovered } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { UnauthenticatedError } from '../../common/errors.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { InvalidRefreshTokenError } from '../../tokens/sessions/errors.js';
import { RefreshCookie } from '../../tokens/sessions/refresh-cookie.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { RefreshSession, RefreshedView, SignOut, toRefreshedView } from './dto/signed-in.dto.js';
import { RefreshService } from './refresh.service.js';
import { SET_COOKIE } from './set-cookie.js';

/** Staying signed in, signing out. */
@ApiTags('Auth')
@Controller('v1/auth')
export class SignedInController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly refreshing: RefreshService,
    private readonly cookie: RefreshCookie,
    private readonly events: RequestEvents,
  ) {}

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'refreshSession',
    summary: 'Exchange the refresh token',
    description:
      'Returns a new access token and a new refresh token. The old refresh token is used. For 60 s it still gets the same answer; presenting it later ends the session, except with the `attemptKey` of the request that used it, which gets the same answer until its refresh token is used.',
  })
  @ApiBody({ type: RefreshSession, required: false })
  @ApiOkResponse({ type: RefreshedView, description: 'New tokens of the same session.', headers: SET_COOKIE })
  @ApiNoContentResponse({ description: 'Nobody is signed in; only if the request says `ifSignedIn`.' })
  @ApiProblem(
    'request.invalid',
    'refresh_token.invalid',
    'refresh_token.reused',
    'request.origin_refused',
    'hook.denied',
    'hook.unavailable',
  )
  async refresh(
    @Body() body: RefreshSession,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RefreshedView | undefined> {
    const { refreshToken, attemptKey, withUser = false, ifSignedIn = false } = body;
    const exchange = (token: string) => this.refreshing.refresh(token, caller, { attemptKey, withUser });
    try {
      if (refreshToken !== undefined) return toRefreshedView(await exchange(refreshToken), 'tokens');
      return toRefreshedView(await this.cookie.renew(request, reply, exchange), 'cookie');
    } catch (error) {
      if (!ifSignedIn || !(error instanceof InvalidRefreshTokenError)) throw error;
      const isRefused = refreshToken !== undefined || this.cookie.isIn(request);
      if (isRefused) this.events.noteRefusal('session.refresh_refused', error.code, request);
      void reply.status(204);
      return undefined;
    }
  }

  @Post('logout')
  @OptionallySignedIn()
  @WhileRecovered()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'signOut',
    summary: 'Sign out',
    description:
      'Ends a session at once on every node: that of the access token, or without one that of the refresh token in the body, or else in the cookie. A refresh token whose session has ended is no failure.',
  })
  @ApiBody({ type: SignOut, required: false })
  @ApiNoContentResponse({ description: 'Signed out.' })
  @ApiProblem(
    'request.invalid',
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'refresh_token.invalid',
    'request.origin_refused',
  )
  async signOut(
    @Body() { refreshToken }: SignOut,
    @CurrentUser() user: Principal | undefined,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (user !== undefined) {
      await this.sessions.end(user.sessionId, 'sign-out', caller);
      this.cookie.clear(request, reply);
    } else if (refreshToken !== undefined) await this.sessions.signOut(refreshToken, caller);
    else if (!(await this.cookie.spend(request, reply, (token) => this.sessions.signOut(token, caller)))) throw new UnauthenticatedError();
  }

  @Post('logout-all')
  @SignedIn()
  @WhileRecovered()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'signOutEverywhere',
    summary: 'Sign out everywhere',
    description: 'Ends every session of the account, including this one.',
  })
  @ApiNoContentResponse({ description: 'Signed out on every device.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async signOutEverywhere(
    @CurrentUser() user: Principal,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.endAll(user.userId, 'sign-out-everywhere', { caller });
    this.cookie.clear(request, reply);
  }
}
