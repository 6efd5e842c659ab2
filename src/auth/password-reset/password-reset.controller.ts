import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CheckPasswordReset, RequestPasswordReset, ResetPassword, toResetProof } from './dto/password-reset.dto.js';
import { PasswordResetRequestService } from './password-reset-request.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { AsksForProof } from '../proof-of-work/asks-for-proof.js';
import { ProofsOfWork } from '../proof-of-work/proofs-of-work.service.js';
import { ReturnUrls } from '../challenges/return-urls.service.js';

const BY_LINK = { token: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo' };
const BY_CODE = { identifier: 'ada@example.com', code: '40291738' };
const NEW = { newPassword: 'seven calm rivers run' };

/** A new password for people who forgot theirs. */
@ApiTags('Auth')
@Controller('v1/auth/password')
export class PasswordResetController {
  constructor(
    private readonly requests: PasswordResetRequestService,
    private readonly resets: PasswordResetService,
    private readonly returnUrls: ReturnUrls,
    private readonly proofs: ProofsOfWork,
  ) {}

  @Post('forgot')
  @Public()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestPasswordReset',
    summary: 'Request a password reset',
    description:
      'Mails a link and an eight-digit code to the stored address of the account. If you send its mobile number, or if it has no address, the server texts a code instead, provided that the number is verified. The answer and its timing are the same whether or not the account exists. A new mail invalidates earlier codes and links, a new text message earlier texted codes.',
  })
  @ApiAcceptedResponse({ description: 'If the account exists, the server sends a mail or text message.' })
  @AsksForProof()
  @ApiProblem('request.invalid', 'request.throttled', 'proof_of_work.required', 'proof_of_work.invalid')
  async request(@Body() { identifier, returnTo }: RequestPasswordReset, @From() caller: Caller): Promise<void> {
    await this.proofs.demand('mail', [identifier], caller);
    await this.requests.request(identifier, caller, { returnTo: this.returnUrls.check(returnTo), mayText: true });
  }

  @Post('reset/check')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'checkPasswordReset',
    summary: 'Check a reset code or link',
    description:
      'For apps that ask for the code first and for the new password on the next screen. The code or link stays usable, but wrong codes count: after five from your network that code stops working there; the link of a mail still works.',
  })
  @ApiBody({ type: CheckPasswordReset, examples: { link: { value: BY_LINK }, code: { value: BY_CODE } } })
  @ApiNoContentResponse({ description: 'A reset with this code or link would work now.' })
  @ApiProblem('request.invalid', 'request.throttled', 'challenge.invalid', 'challenge.expired')
  async check(@Body() body: CheckPasswordReset, @From() caller: Caller): Promise<void> {
    await this.resets.check(toResetProof(body), caller);
  }

  @Post('reset')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'resetPassword',
    summary: 'Reset the password',
    description:
      'Send the `token` of the link, or `identifier` and `code`. Works once. Every session of the account ends, a mailed code or link verifies the e-mail address, and the server mails a notice there. The reset signs nobody in: sign in with the new password. A rejected password leaves link and code usable. An account that requires a second factor answers 403 `auth.second_factor_required` without `totp` or `recoveryCode`, and keeps its factors; whoever has lost them asks for a reset after a wait (`requestDelayedReset`).',
  })
  @ApiBody({
    type: ResetPassword,
    examples: {
      link: { value: { ...BY_LINK, ...NEW } },
      code: { value: { ...BY_CODE, ...NEW } },
      factor: { summary: 'With the second factor of the account', value: { ...BY_LINK, ...NEW, totp: '287082' } },
    },
  })
  @ApiNoContentResponse({ description: 'The server has set the new password.' })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'challenge.invalid',
    'challenge.expired',
    'auth.second_factor_required',
    'factor.invalid',
    'factor.throttled',
    'server.busy',
  )
  async reset(@Body() body: ResetPassword, @From() caller: Caller): Promise<void> {
    const { newPassword, totp, recoveryCode } = body;
    await this.resets.reset(toResetProof(body), newPassword, caller, { totp, recoveryCode, mayWaive: true });
  }
}
