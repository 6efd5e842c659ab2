import { Controller, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RegistrationService } from '../../auth/registration/registration.service.js';
import { AUTHORIZATION, Public, SignedIn } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { ApiAnswer, ApiAnswers } from '../shared/api-answer.js';
import { ApiFailures, FailsWith } from '../shared/failures.js';
import { ApiForm, Fields } from '../shared/fields.js';
import { TellingSignIn } from '../shared/telling-sign-in.service.js';
import { Token } from '../shared/token.js';
import { TOKEN_FAILURES } from '../shared/token-failures.js';
import { Login, RegisterOrLogin } from './dto/credentials.dto.js';
import { BODY_FAILURES, LOGIN_FAILURES, takenIn } from './entity-user.errors.js';
import { EXAMPLES, NULLABLE } from './entity-user.examples.js';
import { toLoginAnswer } from './entity-user.mapper.js';

const SIGN_IN = { clientId: 'entity-user', mintsAccess: true };

@ApiTags('entity-user')
@Controller('contracts/entity-user')
export class EntityUserAuthController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly signIns: TellingSignIn,
    private readonly sessions: SessionsService,
  ) {}

  @Post('user')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'registerOrLogin',
    summary: 'Register or sign in',
    description: 'Registers if the body has a `username`, and signs in otherwise.',
  })
  @ApiForm(RegisterOrLogin, {
    Register: { username: 'oda', email: 'oda@mail.com', password: 'oda123' },
    Login: { email: 'oda@mail.com', password: 'oda123' },
  })
  @ApiAnswers(200, 'Registered, or signed in.', { Registered: EXAMPLES.registered, 'Signed in': EXAMPLES.loggedIn }, NULLABLE)
  @FailsWith({ ...takenIn('create user'), ...LOGIN_FAILURES })
  @ApiFailures(...BODY_FAILURES)
  async registerOrLogin(@Fields() { username, email, password }: RegisterOrLogin, @From() caller: Caller) {
    if (username === undefined) return toLoginAnswer(await this.signIns.signIn(email, password, SIGN_IN, caller));
    const account = await this.registration.register({ username, email, password }, caller, 'entity-user');
    // Keyed by value, as in the document.
    const data = Object.fromEntries([account.username, account.email].map((value) => [value, value]));
    return { data, message: 'Success create user data.' };
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @ApiOperation({ operationId: 'login', summary: 'Sign in' })
  @ApiForm(Login)
  @ApiAnswer({ description: 'Signed in.', example: EXAMPLES.loggedIn, nullable: NULLABLE })
  @FailsWith(LOGIN_FAILURES)
  @ApiFailures(...BODY_FAILURES)
  async login(@Fields() { email, password }: Login, @From() caller: Caller) {
    return toLoginAnswer(await this.signIns.signIn(email, password, SIGN_IN, caller));
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'refresh',
    summary: 'Get a new access token',
    description: 'Send the refresh token in place of the access token. It stays usable.',
  })
  @ApiAnswer({ description: 'A new access token.', example: EXAMPLES.refreshed })
  @ApiFailures(TOKEN_FAILURES.missing, TOKEN_FAILURES.revoked, TOKEN_FAILURES.forged, TOKEN_FAILURES.noJwt)
  async refresh(@Token(AUTHORIZATION) token: string, @From() caller: Caller) {
    const { accessToken } = await this.sessions.mintAccess(token, caller);
    return { data: { access_token: accessToken }, message: 'Success refresh token.' };
  }

  @Patch('logout')
  @SignedIn()
  @ApiOperation({ operationId: 'logout', summary: 'Sign out', description: 'Ends the session at once. The server ignores a body.' })
  @ApiAnswer({ description: 'Signed out.', example: EXAMPLES.loggedOut })
  @ApiFailures(...Object.values(TOKEN_FAILURES))
  async logout(@CurrentUser() { sessionId }: Principal, @From() caller: Caller) {
    await this.sessions.end(sessionId, 'sign-out', caller);
    return { data: [], message: 'Success logout user.' };
  }
}
