import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CheckPasswordReset, RequestPasswordReset, ResetPassword, toResetProof } from './dto/password-reset.dto.js';
import { PasswordResetRequestService } from './password-reset-request.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { ReturnUrls } from '../challenges/return-urls.service.js';

const BY_LINK = { token: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo' };
const BY_CODE = { identifier: 'ada@example.com', code: '402917' };
const NEW = { newPassword: 'seven calm rivers run' };

/** A new password for people who forgot theirs. */
@ApiTags('Auth')
@Controller('v1/auth/password')
export class PasswordResetController {
  constructor(
    private readonly requests: PasswordResetRequestService,
    private readonly resets: PasswordResetService,
    private readonly returnUrls: ReturnUrls,
  ) {}

  @Post('forgot')
  @Public()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestPasswordReset',
    summary: 'Forgot password',
    description:
      'Mails a link and a six-digit code to the address that is stored with the account. Answers the same, after the same time, whether or not there is such an account. Earlier codes and links stop working when a new mail goes out.',
  })
  @ApiAcceptedResponse({ description: 'If there is such an account, a mail is on its way.' })
  @ApiProblem('request.invalid', 'request.throttled')
  async request(@Body() { identifier, returnTo }: RequestPasswordReset, @From() caller: Caller): Promise<void> {
    await this.requests.request(identifier, caller, { returnTo: this.returnUrls.check(returnTo) });
  }

  @Post('reset/check')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'checkPasswordReset',
    summary: 'Check a reset code or link',
    description:
      'For apps that ask for the code first and for the new password on the next screen. Uses nothing up, but wrong codes count: after five no code of that mail works any more, only its link.',
  })
  @ApiBody({ type: CheckPasswordReset, examples: { link: { value: BY_LINK }, code: { value: BY_CODE } } })
  @ApiNoContentResponse({ description: 'A reset with it would work now.' })
  @ApiProblem('request.invalid', 'request.throttled', 'challenge.invalid', 'challenge.expired')
  async check(@Body() body: CheckPasswordReset, @From() caller: Caller): Promise<void> {
    await this.resets.check(toResetProof(body), caller);
  }

  @Post('reset')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'resetPassword',
    summary: 'Set a new password by mail',
    description:
      'By the `token` of the link, or by `identifier` and `code`. Works once. Every session of the account ends, the e-mail address counts as verified, and a notice goes there. Nobody is signed in: sign in with the new password. A password that is refused leaves link and code as they were.',
  })
  @ApiBody({ type: ResetPassword, examples: { link: { value: { ...BY_LINK, ...NEW } }, code: { value: { ...BY_CODE, ...NEW } } } })
  @ApiNoContentResponse({ description: 'The new password is set.' })
  @ApiProblem('request.invalid', 'request.throttled', 'challenge.invalid', 'challenge.expired', 'server.busy')
  async reset(@Body() body: ResetPassword, @From() caller: Caller): Promise<void> {
    await this.resets.reset(toResetProof(body), body.newPassword, caller);
  }
}
