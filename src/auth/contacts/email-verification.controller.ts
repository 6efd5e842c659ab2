import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OptionallySignedIn, Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { UserView, toUserView } from '../../users/dto/user.view.js';
import { ConfirmEmail, RequestEmailVerification } from './dto/email-verification.dto.js';
import { EmailVerificationMails } from './email-verification-mails.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { ReturnUrls } from '../challenges/return-urls.service.js';

const TOKEN = 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo';

const EXAMPLES = {
  code: { summary: 'The code of the mail', value: { email: 'ada@example.com', code: '402917' } },
  link: { summary: 'The link, and the password', value: { token: TOKEN, password: 'four bright birds sing' } },
  takeOver: { summary: 'The link, for an account that somebody else made', value: { token: TOKEN, newPassword: 'seven calm rivers run' } },
  signedIn: { summary: 'The link, with an access token', value: { token: TOKEN } },
};

@ApiTags('Auth')
@Controller('v1/auth/email/verification')
export class EmailVerificationController {
  constructor(
    private readonly mails: EmailVerificationMails,
    private readonly verification: EmailVerificationService,
    private readonly returnUrls: ReturnUrls,
  ) {}

  @Post()
  @Public()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestEmailVerification',
    summary: 'Send the confirmation mail again',
    description:
      'Answers the same whether or not the address is registered. Earlier codes and links stop working when a new mail goes out.',
  })
  @ApiAcceptedResponse({ description: 'If the address waits for confirmation, a mail is on its way.' })
  @ApiProblem('request.invalid', 'request.throttled')
  async request(@Body() { email, returnTo }: RequestEmailVerification, @From() caller: Caller): Promise<void> {
    const checked = this.returnUrls.check(returnTo);
    await atSteadyTime(ANSWER_STEP_MS, () => this.mails.resend(email, caller, checked));
  }

  @Post('confirm')
  @OptionallySignedIn()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'confirmEmail',
    summary: 'Confirm an e-mail address',
    description:
      'By `email` and `code`, or by the `token` of the link. With the link comes proof that the account is yours: its `password`, an access token of it, or a `newPassword` (for an account that somebody else made in your name; their password and sessions end).',
  })
  @ApiBody({ type: ConfirmEmail, examples: EXAMPLES })
  @ApiOkResponse({ type: UserView, description: 'The account, verified.' })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'challenge.invalid',
    'challenge.expired',
    'auth.proof_required',
    'auth.bad_credentials',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'server.busy',
  )
  async confirm(@Body() body: ConfirmEmail, @CurrentUser() user: Principal | undefined, @From() caller: Caller): Promise<UserView> {
    const { token, email, code, password, newPassword } = body;
    if (token !== undefined) {
      return toUserView(await this.verification.confirmByLink(token, { password, newPassword, userId: user?.userId }, caller));
    }
    if (email === undefined || code === undefined)
      throw InvalidRequestError.field('token', 'token.missing', 'Send token, or email and code.');
    return toUserView(await this.verification.confirmByCode({ email }, code, caller));
  }
}
