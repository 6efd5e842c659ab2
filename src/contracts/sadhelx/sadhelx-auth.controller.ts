import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AvailabilityService } from '../../auth/registration/availability.service.js';
import { RegistrationService } from '../../auth/registration/registration.service.js';
import { SignInService } from '../../auth/sign-in/sign-in.service.js';
import { AvatarsService } from '../../avatars/avatars.service.js';
import { AUTHORIZATION, Public } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { EmailTakenError, UserNotFoundError, UsernameTakenError } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { ApiAnswer, ApiAnswers } from '../shared/api-answer.js';
import { ApiFailures } from '../shared/failures.js';
import { ApiFields, Fields } from '../shared/fields.js';
import { Token } from '../shared/token.js';
import { Login, WithIdentity } from './dto/identity.dto.js';
import { CheckEmail, CheckUsername, SignUp } from './dto/sign-up.dto.js';
import {
  EMAIL_TAKEN,
  INVALID,
  PHONE_TAKEN,
  TOKEN_INVALID,
  UNKNOWN_IDENTITY,
  UNVERIFIED,
  USERNAME_TAKEN,
  WRONG_CREDENTIALS,
} from './sadhelx.errors.js';
import { EXAMPLES, NULLABLE } from './sadhelx.examples.js';
import { fromSignUp, ok, toLoginData, toUser } from './sadhelx.mapper.js';

const SIGN_IN = { clientId: 'sadhelx', mintsAccess: true, requires: 'verified-email' } as const;

@ApiTags('sadhelx')
@Controller('contracts/sadhelx')
export class SadhelxAuthController {
  constructor(
    private readonly availability: AvailabilityService,
    private readonly registration: RegistrationService,
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly avatars: AvatarsService,
  ) {}

  @Get('check-username/:username')
  @Public()
  @ApiOperation({ operationId: 'checkUsername', summary: 'Check whether a username is free' })
  @ApiAnswer({ description: 'The name is free.', example: EXAMPLES.usernameFree })
  @ApiFailures(USERNAME_TAKEN, INVALID)
  async checkUsername(@Param() { username }: CheckUsername, @From() caller: Caller) {
    if (!(await this.availability.isUsernameFree(username, caller))) throw new UsernameTakenError();
    return ok('User available');
  }

  @Get('check-email/:email')
  @Public()
  @ApiOperation({ operationId: 'checkEmail', summary: 'Check whether an e-mail address is free' })
  @ApiAnswer({ description: 'The address is free.', example: EXAMPLES.emailFree })
  @ApiFailures(EMAIL_TAKEN, INVALID)
  async checkEmail(@Param() { email }: CheckEmail, @From() caller: Caller) {
    // The document promises an answer, whatever the setting for the core's own API.
    if (!(await this.availability.isEmailFree(email, caller, 'waived'))) throw new EmailTakenError();
    return ok('Email available');
  }

  @Post('signup')
  @Public()
  @ApiOperation({
    operationId: 'signUp',
    summary: 'Create a user',
    description: 'Mails a code. The user can sign in once the address is verified.',
  })
  @ApiFields(SignUp)
  @ApiAnswer({ status: 201, description: 'Created.', example: EXAMPLES.signedUp, nullable: NULLABLE })
  @ApiFailures(USERNAME_TAKEN, EMAIL_TAKEN, PHONE_TAKEN, INVALID)
  async signUp(@Fields() fields: SignUp, @From() caller: Caller) {
    const account = await this.registration.register(fromSignUp(fields), caller, 'sadhelx');
    await this.avatars.admitFirst(account.id);
    return ok('Success creating user', { user: toUser(account) });
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'login',
    summary: 'Sign in',
    description: 'If the password is right but the address is not verified yet, the server mails a fresh code.',
  })
  @ApiFields(Login)
  @ApiAnswers(200, 'Signed in.', { Login: EXAMPLES.loggedIn, 'With an avatar': EXAMPLES.loggedInWithAvatar }, NULLABLE)
  @ApiFailures(WRONG_CREDENTIALS, UNVERIFIED, INVALID)
  async login(@Fields() { identity, password }: Login, @From() caller: Caller) {
    return ok('Login successfull', toLoginData(await this.signIns.signIn(identity, password, SIGN_IN, caller)));
  }

  @Post('refresh-token')
  @HttpCode(200)
  @Public()
  @ApiBearerAuth()
  @ApiOperation({
    operationId: 'refreshToken',
    summary: 'Get a new access token',
    description: 'Send the refresh token in `Authorization: Bearer`; it stays usable. `identity` must name its owner.',
  })
  @ApiFields(WithIdentity)
  @ApiAnswer({ description: 'A new access token.', example: EXAMPLES.refreshed })
  @ApiFailures(TOKEN_INVALID, UNKNOWN_IDENTITY, INVALID)
  async refreshToken(@Fields() { identity }: WithIdentity, @Token(AUTHORIZATION) token: string, @From() caller: Caller) {
    const owner = await this.users.findByIdentifier(identity);
    const { accessToken, userId } = await this.sessions.mintAccess(token, caller);
    if (owner?.id !== userId) throw new UserNotFoundError();
    return ok('Access token successfull generated', { token: { token_access: accessToken } });
  }
}
