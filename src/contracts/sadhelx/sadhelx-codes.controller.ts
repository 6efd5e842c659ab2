import { Controller, HttpCode, Post, Put, applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { EmailVerificationService } from '../../auth/contacts/email-verification.service.js';
import { PasswordResetRequestService } from '../../auth/password-reset/password-reset-request.service.js';
import { PasswordResetService } from '../../auth/password-reset/password-reset.service.js';
import { Public } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { UserNotFoundError } from '../../users/errors.js';
import { ApiAnswer } from '../shared/api-answer.js';
import { ApiFailures, FailsWith } from '../shared/failures.js';
import { ApiFields, Fields } from '../shared/fields.js';
import { ResetPassword, WithCode, WithIdentity } from './dto/identity.dto.js';
import { CODE_FAILURES, INVALID, PASSWORDS_DIFFER, RESET_FAILURES, TELLS_UNKNOWN, UNKNOWN_IDENTITY } from './sadhelx.errors.js';
import { EXAMPLES } from './sadhelx.examples.js';
import { fromCode, ok } from './sadhelx.mapper.js';

const LEGACY = { policy: 'legacy', field: 'password' } as const;

/** Shared decorators of operations that exist under two paths. */
const VerifiesEmail = (operationId: string, description: string) =>
  applyDecorators(
    HttpCode(200),
    Public(),
    ApiOperation({ operationId, summary: 'Verify the e-mail address', description }),
    ApiFields(WithCode),
    ApiAnswer({ description: 'Verified.', example: EXAMPLES.emailVerified }),
    ApiFailures(...CODE_FAILURES, INVALID),
  );

const SendsResetCode = (operationId: string, description: string) =>
  applyDecorators(
    HttpCode(200),
    Public(),
    ApiOperation({ operationId, summary: 'Mail a code for a password reset', description }),
    ApiFields(WithIdentity),
    ApiAnswer({ description: 'The server mailed the code.', example: EXAMPLES.codeSent }),
    ApiFailures(UNKNOWN_IDENTITY, INVALID),
  );

const SetsPassword = (operationId: string, description: string) =>
  applyDecorators(
    Public(),
    ApiOperation({ operationId, summary: 'Choose a new password', description }),
    ApiFields(ResetPassword),
    ApiAnswer({ description: 'Changed; all sessions have ended.', example: EXAMPLES.passwordReset }),
    FailsWith(RESET_FAILURES),
    ApiFailures(...CODE_FAILURES, UNKNOWN_IDENTITY, PASSWORDS_DIFFER, INVALID),
  );

@ApiTags('sadhelx')
@Controller('contracts/sadhelx')
export class SadhelxCodesController {
  constructor(
    private readonly verification: EmailVerificationService,
    private readonly requests: PasswordResetRequestService,
    private readonly resets: PasswordResetService,
  ) {}

  @Post('verify/mail')
  @VerifiesEmail(
    'verifyMail',
    'Send the code from the mail of the sign-up or of a refused login. The first proof of an account ends its earlier sessions and removes its phone number; the server mails a link to choose another password.',
  )
  async verifyMail(@Fields() { identity, code }: WithCode, @From() caller: Caller) {
    await this.verification.confirmByCodeAlone(identity, code, caller);
    return ok('User email verified');
  }

  @Post('verify/email')
  @VerifiesEmail('verifyEmail', 'The same as `/verify/mail`.')
  verifyEmail(@Fields() fields: WithCode, @From() caller: Caller) {
    return this.verifyMail(fields, caller);
  }

  @Post('get-password-reset-code')
  @SendsResetCode('getPasswordResetCode', 'The code is valid for 30 minutes; earlier codes stop working.')
  async getPasswordResetCode(@Fields() { identity }: WithIdentity, @From() caller: Caller) {
    const { found } = await this.requests.request(identity, caller, { clientId: 'sadhelx', codeDigits: 6 });
    // The document promises a distinct answer.
    if (!found) throw new UserNotFoundError();
    return ok('Password reset code has been sent to email');
  }

  @Post('get-password-reset')
  @SendsResetCode('getPasswordReset', 'The same as `/get-password-reset-code`.')
  getPasswordReset(@Fields() fields: WithIdentity, @From() caller: Caller) {
    return this.getPasswordResetCode(fields, caller);
  }

  @Post('verify/password-reset')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'verifyPasswordReset',
    summary: 'Check the code for a new password',
    description: 'The code stays usable. Send `data.code` in the next step; the mailed code works there, too.',
  })
  @ApiFields(WithCode)
  @ApiAnswer({ description: 'The code is right.', example: EXAMPLES.codeVerified })
  @FailsWith(TELLS_UNKNOWN)
  @ApiFailures(...CODE_FAILURES, UNKNOWN_IDENTITY, INVALID)
  async verifyPasswordReset(@Fields() fields: WithCode, @From() caller: Caller) {
    return ok('Password reset code verified', { code: await this.resets.check(fromCode(fields), caller) });
  }

  @Put('reset-password')
  @SetsPassword('resetPassword', 'Works once and verifies the address.')
  async resetPassword(@Fields() fields: ResetPassword, @From() caller: Caller) {
    await this.resets.reset(fromCode(fields), fields.password, caller, LEGACY);
    return ok('Password has been updated');
  }

  @Put('password-reset')
  @SetsPassword('passwordReset', 'The same as `/reset-password`.')
  passwordReset(@Fields() fields: ResetPassword, @From() caller: Caller) {
    return this.resetPassword(fields, caller);
  }
}
