import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public, SignedIn } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { RefreshSession, SignIn, SignedInView, TokensView, toSignedInView, toTokensView } from './dto/sign-in.dto.js';
import { RefreshCookie } from '../../tokens/sessions/refresh-cookie.js';
import { SignInService } from './sign-in.service.js';

const SET_COOKIE = {
  'Set-Cookie': {
    description: 'In cookie mode: `__Host-latchkey-refresh`, valid for the longest lifetime of the session.',
    schema: { type: 'string' as const },
  },
};

/** `client_id` of sessions that the core's own API opens. */
const CLIENT_ID = 'latchkey';

/** Signing in, staying signed in, signing out. */
@ApiTags('Auth')
@Controller('v1/auth')
export class SignInController {
  constructor(
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
    private readonly cookie: RefreshCookie,
  ) {}

  @Post('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'signIn',
    summary: 'Sign in',
    description: 'Send an e-mail address, a username or a mobile number, and the password.',
  })
  @ApiOkResponse({ type: SignedInView, description: 'A new session.', headers: SET_COOKIE })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'auth.bad_credentials',
    'auth.account_disabled',
    'auth.unverified',
    'request.origin_refused',
    'server.busy',
  )
  async signIn(
    @Body() { identifier, password, session = 'tokens' }: SignIn,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInView> {
    if (session === 'cookie') this.cookie.demandKnownOrigin(request);
    const signedIn = await this.signIns.signIn(identifier, password, { clientId: CLIENT_ID }, caller);
    if (session === 'cookie') this.cookie.set(reply, signedIn.tokens);
    return toSignedInView(signedIn, session);
  }

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'refreshSession',
    summary: 'Exchange the refresh token',
    description:
      'Returns a new access token and a new refresh token. The old refresh token is used: presenting it again later ends the session.',
  })
  @ApiBody({ type: RefreshSession, required: false })
  @ApiOkResponse({ type: TokensView, description: 'New tokens of the same session.', headers: SET_COOKIE })
  @ApiProblem('request.invalid', 'refresh_token.invalid', 'refresh_token.reused', 'request.origin_refused')
  async refresh(
    @Body() { refreshToken }: RefreshSession,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokensView> {
    if (refreshToken !== undefined) return toTokensView(await this.sessions.refresh(refreshToken, caller), 'tokens');
    return toTokensView(await this.cookie.renew(request, reply, (token) => this.sessions.refresh(token, caller)), 'cookie');
  }

  @Post('logout')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ operationId: 'signOut', summary: 'Sign out', description: 'Ends the session of the access token at once on every node.' })
  @ApiNoContentResponse({ description: 'Signed out.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async signOut(
    @CurrentUser() user: Principal,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(user.sessionId, 'sign-out', caller);
    this.cookie.clear(request, reply);
  }

  @Post('logout-all')
  @SignedIn()
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
