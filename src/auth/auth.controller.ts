import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, SignedIn } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { type Caller, From } from '../common/caller.js';
import { CurrentUser, type Principal } from '../common/principal.js';
import { SessionsService } from '../tokens/sessions.service.js';
import { UserView, toUserView } from '../users/dto/user.view.js';
import { RegisterUser } from './dto/register-user.dto.js';
import { RefreshSession, SignIn, SignedInView, TokensView, toSignedInView, toTokensView } from './dto/sign-in.dto.js';
import { RegistrationService } from './registration.service.js';
import { SignInService } from './sign-in.service.js';

/** `client_id` of sessions that the core's own API opens. */
const CLIENT_ID = 'latchkey';

@ApiTags('Auth')
@Controller('v1/auth')
export class AuthController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
  ) {}

  @Post('register')
  @Public()
  @ApiOperation({
    operationId: 'registerUser',
    summary: 'Create an account',
    description: 'With an e-mail address, a mobile number, or both. A mail with a link and a six-digit code goes to the address.',
  })
  @ApiCreatedResponse({ type: UserView, description: 'The account; its e-mail address is not verified yet.' })
  @ApiProblem('request.invalid', 'request.throttled', 'user.email_taken', 'user.username_taken', 'user.mobile_taken', 'server.busy')
  async register(@Body() body: RegisterUser, @From() caller: Caller): Promise<UserView> {
    return toUserView(await this.registration.register(body, caller));
  }

  @Post('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({ operationId: 'signIn', summary: 'Sign in', description: 'With an e-mail address, a username or a mobile number, and the password.' })
  @ApiOkResponse({ type: SignedInView, description: 'A new session.' })
  @ApiProblem('request.invalid', 'request.throttled', 'auth.bad_credentials', 'auth.account_disabled', 'auth.unverified', 'server.busy')
  async signIn(@Body() body: SignIn, @From() caller: Caller): Promise<SignedInView> {
    return toSignedInView(await this.signIns.signIn(body.identifier, body.password, { clientId: CLIENT_ID }, caller));
  }

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'refreshSession',
    summary: 'Exchange the refresh token',
    description: 'Gives a new access token and a new refresh token. The old refresh token is used up: presenting it again later ends the session.',
  })
  @ApiOkResponse({ type: TokensView, description: 'New tokens of the same session.' })
  @ApiProblem('request.invalid', 'refresh_token.invalid', 'refresh_token.reused')
  async refresh(@Body() body: RefreshSession, @From() caller: Caller): Promise<TokensView> {
    return toTokensView(await this.sessions.refresh(body.refreshToken, caller));
  }

  @Post('logout')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ operationId: 'signOut', summary: 'Sign out', description: 'Ends the session of the access token at once, everywhere.' })
  @ApiNoContentResponse({ description: 'Signed out.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async signOut(@CurrentUser() user: Principal, @From() caller: Caller): Promise<void> {
    await this.sessions.end(user.sessionId, 'sign-out', caller);
  }

  @Post('logout-all')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ operationId: 'signOutEverywhere', summary: 'Sign out everywhere', description: 'Ends every session of the account, this one too.' })
  @ApiNoContentResponse({ description: 'Signed out on every device.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async signOutEverywhere(@CurrentUser() user: Principal, @From() caller: Caller): Promise<void> {
    await this.sessions.endAll(user.userId, 'sign-out-everywhere', { caller });
  }

  @Get('verify')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'verifyAccessToken',
    summary: 'Check an access token',
    description: 'For gateways (`auth_request`, `forward_auth`): no body, no database query.',
  })
  @ApiNoContentResponse({ description: 'The token is good.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  verify(): void {
    // The access guard has said it all.
  }
}
