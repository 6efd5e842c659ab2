import { Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { PasswordResetRequestService } from '../../auth/password-reset/password-reset-request.service.js';
import { PasswordResetService } from '../../auth/password-reset/password-reset.service.js';
import { Public } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { ContactsService } from '../../users/contacts.service.js';
import { ApiAnswer } from '../shared/api-answer.js';
import { ApiFailures, FailsWith } from '../shared/failures.js';
import { ApiFields, Fields } from '../shared/fields.js';
import { Token } from '../shared/token.js';
import { AccountName, NewPassword } from './dto/credentials.dto.js';
import { ANY_FAILURES, BODY_FAILURES, PASSWORD_SHORT, RESET_FAILURES, USERNAME_INVALID } from './user-spec.errors.js';
import { EXAMPLES, RESET_REQUESTED } from './user-spec.examples.js';
import { succeeded } from './user-spec.mapper.js';
import { TOKEN_PLACE } from './user-spec.token-place.js';

@ApiTags('user-spec')
@Controller('contracts/user-spec/users/reset-password')
@ApiFailures(...ANY_FAILURES)
export class UserSpecResetController {
  constructor(
    private readonly contacts: ContactsService,
    private readonly requests: PasswordResetRequestService,
    private readonly resets: PasswordResetService,
  ) {}

  @Post()
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'requestPasswordReset',
    summary: 'Request a reset link',
    description: 'The answer and its timing are the same whether or not the account exists. The link is valid for 30 minutes.',
  })
  @ApiFields(AccountName)
  @ApiAnswer({ description: 'The server sends a link if the account exists.', example: EXAMPLES.resetRequested })
  @ApiFailures(...BODY_FAILURES, USERNAME_INVALID)
  async request(@Fields() { username }: AccountName, @From() caller: Caller) {
    await this.requests.request(this.contacts.readEmail(username, 'username').stored, caller, { clientId: 'user-spec' });
    return succeeded(RESET_REQUESTED);
  }

  @Get('verify-token')
  @Public()
  @ApiOperation({
    operationId: 'verifyResetToken',
    summary: 'Check a reset token',
    description: 'Send the token of the mailed link in `Authorization`. It stays usable.',
  })
  @ApiAnswer({ description: 'The token works.', example: EXAMPLES.verified })
  @FailsWith(RESET_FAILURES)
  async verifyToken(@Token(TOKEN_PLACE) token: string, @From() caller: Caller) {
    await this.resets.check({ token }, caller);
    return succeeded('token verified');
  }

  @Put('update-password')
  @Public()
  @ApiOperation({
    operationId: 'updatePassword',
    summary: 'Choose a new password',
    description: 'Send the token of the mailed link in `Authorization`; it works once. All sessions end.',
  })
  @ApiFields(NewPassword)
  @ApiAnswer({ description: 'The password is changed.', example: EXAMPLES.passwordUpdated })
  @FailsWith(RESET_FAILURES)
  @ApiFailures(...BODY_FAILURES, PASSWORD_SHORT)
  async updatePassword(@Token(TOKEN_PLACE) token: string, @Fields() { password }: NewPassword, @From() caller: Caller) {
    await this.resets.reset({ token }, password, caller, { policy: 'legacy', field: 'password' });
    return succeeded('password successfully updated');
  }
}
