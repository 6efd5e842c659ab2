import { Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RegistrationService } from '../../auth/registration/registration.service.js';
import { AUTHORIZATION, Public, SignedIn } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { UsersService } from '../../users/users.service.js';
import { ApiAnswer } from '../shared/api-answer.js';
import { ApiFailures } from '../shared/failures.js';
import { ApiFields, Fields } from '../shared/fields.js';
import { TellingSignIn } from '../shared/telling-sign-in.service.js';
import { Token } from '../shared/token.js';
import { TOKEN_FAILURES } from '../shared/token-failures.js';
import { Activate, Login, Register } from './dto/sign-up.dto.js';
import { GetOnly } from './get-only.guard.js';
import { UserAuthActivation } from './user-auth-activation.service.js';
import {
  ACTIVATE_FAILURES,
  ANY_FAILURES,
  BODY_FAILURES,
  INVALID_CREDENTIALS,
  NOT_CONFIRMED,
  REGISTER_FAILURES,
  USER_NOT_FOUND,
} from './user-auth.errors.js';
import { EXAMPLES, NULLABLE } from './user-auth.examples.js';
import { toDetail, toUser } from './user-auth.mapper.js';

const SIGN_IN = { clientId: 'user-auth', mintsAccess: true, requires: 'activated' } as const;

@ApiTags('user-auth')
@Controller('contracts/user-auth/user')
@ApiFailures(...ANY_FAILURES)
export class UserAuthController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly activation: UserAuthActivation,
    private readonly signIns: TellingSignIn,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
  ) {}

  @Post()
  @Public()
  @ApiOperation({ operationId: 'registerUser', summary: 'User Registration' })
  @ApiFields(Register)
  @ApiAnswer({ status: 201, description: 'Registered, but not activated yet.', example: EXAMPLES.registered })
  @ApiFailures(...REGISTER_FAILURES)
  async register(@Fields() { username, mobile, password }: Register, @From() caller: Caller) {
    const account = await this.registration.register({ username, mobile, password }, caller, 'user-auth');
    await this.activation.begin(account, caller);
    return { data: toUser(account), message: 'Account created successfully!', status: 201 };
  }

  @Post('activate-account')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'activateUser',
    summary: 'Activate User',
    description:
      'With `CONTRACTS_OPEN=true` anyone may activate the account, also repeatedly. Otherwise the request needs the `code` that the server texted to the number; without a `code` the server texts a fresh one.',
  })
  @ApiFields(Activate, { Open: { mobile: '01XXXXXXXXX' }, 'With a code': { mobile: '01XXXXXXXXX', code: '04291765' } })
  @ApiAnswer({ description: 'Activated.', example: EXAMPLES.detail, nullable: NULLABLE })
  @ApiFailures(...ACTIVATE_FAILURES)
  async activate(@Fields() { mobile, code }: Activate, @From() caller: Caller) {
    return toDetail(await this.activation.activate(mobile, code, caller));
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @ApiOperation({ operationId: 'loginUser', summary: 'User Login' })
  @ApiFields(Login)
  @ApiAnswer({ description: 'Signed in.', example: EXAMPLES.loggedIn })
  @ApiFailures(...BODY_FAILURES, NOT_CONFIRMED, INVALID_CREDENTIALS, USER_NOT_FOUND)
  async login(@Fields() { username, password }: Login, @From() caller: Caller) {
    const { tokens } = await this.signIns.signIn(username, password, SIGN_IN, caller);
    return { access_token: tokens.accessToken, refresh_token: tokens.refreshToken };
  }

  @Get('refresh-token')
  @UseGuards(GetOnly)
  @Public()
  @ApiOperation({
    operationId: 'refreshToken',
    summary: 'Token Refresh',
    description: 'Send the refresh token in place of the access token. It stays usable.',
  })
  @ApiAnswer({ description: 'A new access token.', example: EXAMPLES.refreshed })
  @ApiFailures(TOKEN_FAILURES.missing, TOKEN_FAILURES.revoked, TOKEN_FAILURES.forged, TOKEN_FAILURES.noJwt)
  async refresh(@Token(AUTHORIZATION) token: string, @From() caller: Caller) {
    const { accessToken } = await this.sessions.mintAccess(token, caller);
    return { access_token: accessToken };
  }

  @Get('logout')
  @UseGuards(GetOnly)
  @SignedIn()
  @ApiOperation({ operationId: 'logoutUser', summary: 'Logout', description: 'Ends the session at once.' })
  @ApiAnswer({ description: 'Signed out.', example: EXAMPLES.loggedOut })
  @ApiFailures(...Object.values(TOKEN_FAILURES))
  async logout(@CurrentUser() { userId, sessionId }: Principal, @From() caller: Caller) {
    const { username, email, mobile } = await this.users.getById(userId);
    await this.sessions.end(sessionId, 'sign-out', caller);
    return { message: `User ${username ?? email ?? mobile} successfully logged out.` };
  }
}
