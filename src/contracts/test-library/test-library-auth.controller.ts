import { Controller, HttpCode, Post, Put } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RegistrationService } from '../../auth/registration/registration.service.js';
import { SignInService } from '../../auth/sign-in/sign-in.service.js';
import { Public } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { UserNotFoundError } from '../../users/errors.js';
import { ApiAnswer } from '../shared/api-answer.js';
import { ApiFailures, FailsWith } from '../shared/failures.js';
import { ApiFields, ApiForm, Fields } from '../shared/fields.js';
import { GrantedReset } from './granted-reset.service.js';
import { Token } from '../shared/token.js';
import { Login, Register } from './dto/credentials.dto.js';
import { RequestResetPassword, ResetPassword } from './dto/reset-password.dto.js';
import { BODY_FAILURES, LOGIN_FAILURES, NOT_FOUND, RESET_ANSWERS, RESET_FAILURES, SERVER_FAILURES } from './test-library.errors.js';
import { EXAMPLES, NULLABLE } from './test-library.examples.js';
import { toLibraryClaims, toLibraryUser } from './test-library.mapper.js';
import { ACCESS_TOKEN } from './test-library.token-place.js';

const SIGN_IN = { clientId: 'test-library', furtherClaims: toLibraryClaims };

/** Lifetime of an OTP: the same as that of the document's sample token. */
const OTP = { clientId: 'test-library', ttlSeconds: 15 * 60 } as const;

@ApiTags('test-library')
@ApiFailures(...SERVER_FAILURES)
@Controller('contracts/test-library/users')
export class TestLibraryAuthController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly signIns: SignInService,
    private readonly resets: GrantedReset,
  ) {}

  @Post('register')
  @Public()
  @ApiOperation({ operationId: 'registerUser', summary: 'Register' })
  @ApiForm(Register)
  @ApiAnswer({ status: 201, description: 'Registered.', example: EXAMPLES.registered, nullable: NULLABLE })
  @ApiFailures(...BODY_FAILURES)
  async register(@Fields() { email, password, username }: Register, @From() caller: Caller) {
    const account = await this.registration.register({ email, password, username }, caller, 'test-library');
    return { message: 'REGISTER SUCCESS', result: toLibraryUser(account), status: 201 };
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'login',
    summary: 'Sign in',
    description:
      'The token carries `identity` (`userid`, `username`, `email`, `propic`) and `email` as they are at the sign-in; after a change, sign in again for a token that shows it.',
  })
  @ApiFields(Login, { Login: { email: 'john_doe@sample.com', password: 'johndoe1' } })
  @ApiAnswer({ description: 'Signed in.', example: EXAMPLES.loggedIn })
  @FailsWith(LOGIN_FAILURES)
  @ApiFailures(...BODY_FAILURES)
  async login(@Fields() { email, password }: Login, @From() caller: Caller) {
    const { tokens } = await this.signIns.signIn(email, password, SIGN_IN, caller);
    return { access_token: tokens.accessToken };
  }

  @Post('requestResetPassword')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'requestResetPassword',
    summary: 'Request an OTP to reset the password',
    description:
      'Mails six digits that are valid for 15 minutes. The `access_token` of the answer works only for `reset_password`. Needs no token.',
  })
  @ApiForm(RequestResetPassword)
  @ApiAnswer({ description: 'The server mailed the code.', example: EXAMPLES.resetRequested })
  @ApiFailures(...BODY_FAILURES, NOT_FOUND)
  async requestReset(@Fields() { your_email: email }: RequestResetPassword, @From() caller: Caller) {
    const { found, grant } = await this.resets.request(email, caller, OTP);
    if (!found) throw new UserNotFoundError();
    return { access_token: grant, message: 'Reset Instructions Sent.' };
  }

  @Put('reset_password')
  @Public()
  @ApiOperation({
    operationId: 'resetPassword',
    summary: 'Reset the password using the OTP',
    description: 'Works once, ends all sessions and signs nobody in. A mismatch of the two passwords costs no attempt.',
  })
  @ApiHeader({
    name: ACCESS_TOKEN.header,
    required: true,
    description: 'The token that `requestResetPassword` returned; no other token works.',
    example: EXAMPLES.resetRequested.access_token,
  })
  @ApiForm(ResetPassword)
  @ApiAnswer({ description: 'Reset.', example: EXAMPLES.passwordReset })
  @FailsWith(RESET_FAILURES)
  @ApiFailures(...BODY_FAILURES, ...RESET_ANSWERS)
  async reset(
    @Token(ACCESS_TOKEN) grant: string,
    @Fields() { new_password: newPassword, OTP: code }: ResetPassword,
    @From() caller: Caller,
  ) {
    await this.resets.reset({ grant, code }, newPassword, caller, { policy: 'legacy', field: 'new_password' });
    return { message: 'Password reset success.', status: 200 };
  }
}
