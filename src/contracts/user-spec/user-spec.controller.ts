import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RegistrationService } from '../../auth/registration/registration.service.js';
import { SignInService } from '../../auth/sign-in/sign-in.service.js';
import { Public, SignedIn, TokenIn } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { ContactsService } from '../../users/contacts.service.js';
import { ApiAnswer } from '../shared/api-answer.js';
import { ApiFailures, FailsWith } from '../shared/failures.js';
import { ApiFields, Fields } from '../shared/fields.js';
import { Token } from '../shared/token.js';
import { Credentials } from './dto/credentials.dto.js';
import {
  ACCESS_TOKEN_INVALID,
  ANY_FAILURES,
  BODY_FAILURES,
  NO_MATCH,
  PASSWORD_SHORT,
  REFRESH_FAILURES,
  USERNAME_INVALID,
  USERNAME_TAKEN,
} from './user-spec.errors.js';
import { EXAMPLES } from './user-spec.examples.js';
import { succeeded } from './user-spec.mapper.js';
import { TOKEN_PLACE } from './user-spec.token-place.js';

@ApiTags('user-spec')
@TokenIn(TOKEN_PLACE)
@Controller('contracts/user-spec/users')
@ApiFailures(...ANY_FAILURES)
export class UserSpecController {
  constructor(
    private readonly contacts: ContactsService,
    private readonly registration: RegistrationService,
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
  ) {}

  @Post()
  @HttpCode(200)
  @Public()
  @ApiOperation({ operationId: 'createUser', summary: 'Register' })
  @ApiFields(Credentials)
  @ApiAnswer({ description: 'Registered.', example: EXAMPLES.registered })
  @ApiFailures(...BODY_FAILURES, USERNAME_TAKEN, USERNAME_INVALID, PASSWORD_SHORT)
  async create(@Fields() { username, password }: Credentials, @From() caller: Caller) {
    const { stored: email } = this.contacts.readEmail(username, 'username');
    const account = await this.registration.register({ email, password }, caller, 'user-spec');
    return succeeded('successfully created', { username: account.email });
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @ApiOperation({ operationId: 'login', summary: 'Sign in' })
  @ApiFields(Credentials)
  @ApiAnswer({ description: 'Signed in.', example: EXAMPLES.loggedIn })
  @ApiFailures(...BODY_FAILURES, NO_MATCH, USERNAME_INVALID)
  async login(@Fields() { username, password }: Credentials, @From() caller: Caller) {
    const { stored: email } = this.contacts.readEmail(username, 'username');
    const { tokens } = await this.signIns.signIn(email, password, { clientId: 'user-spec', mintsAccess: true }, caller);
    return succeeded('successfully login', { access_token: tokens.accessToken, refresh_token: tokens.refreshToken });
  }

  @Get('verify-token')
  @SignedIn()
  @ApiOperation({
    operationId: 'verifyAccessToken',
    summary: 'Check an access token',
    description: 'Accepts access tokens of this and every other API of the server.',
  })
  @ApiAnswer({ description: 'The token works.', example: EXAMPLES.verified })
  @ApiFailures(ACCESS_TOKEN_INVALID)
  verifyToken() {
    return succeeded('token verified');
  }

  @Post('refresh-token')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'refreshToken',
    summary: 'Get a new access token',
    description: 'Send the refresh token in `Authorization`. It stays usable.',
  })
  @ApiAnswer({ description: 'A new access token.', example: EXAMPLES.refreshed })
  @FailsWith(REFRESH_FAILURES)
  async refresh(@Token(TOKEN_PLACE) token: string, @From() caller: Caller) {
    const { accessToken } = await this.sessions.mintAccess(token, caller);
    return succeeded('successfully refresh access_token', { access_token: accessToken });
  }
}
