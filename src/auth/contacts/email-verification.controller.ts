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
import { REGISTRATION_TICKET } from './dto/registration-ticket.js';
import { AsksForProof } from '../proof-of-work/asks-for-proof.js';
import { ProofsOfWork } from '../proof-of-work/proofs-of-work.service.js';
import { ReturnUrls } from '../challenges/return-urls.service.js';

const TOKEN = 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo';

const EXAMPLES = {
  code: {
    summary: 'With the code of the mail and the ticket of the registration',
    value: { ticket: REGISTRATION_TICKET, code: '40291738' },
  },
  codeAndPassword: {
    summary: 'With the code of the mail and the password',
    value: { email: 'ada@example.com', code: '40291738', password: 'four bright birds sing' },
  },
  link: { summary: 'With the token of the link and the password', value: { token: TOKEN, password: 'four bright birds sing' } },
  takeOver: {
    summary: 'With the token of the link, for an account that somebody else registered',
    value: { token: TOKEN, newPassword: 'seven calm rivers run' },
  },
  signedIn: { summary: 'With the token of the link and an access token', value: { token: TOKEN } },
};

@ApiTags('Auth')
@Controller('v1/auth/email/verification')
export class EmailVerificationController {
  constructor(
    private readonly mails: EmailVerificationMails,
    private readonly verification: EmailVerificationService,
    private readonly returnUrls: ReturnUrls,
    private readonly proofs: ProofsOfWork,
  ) {}

  @Post()
  @Public()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestEmailVerification',
    summary: 'Send the confirmation mail again',
    description: 'The answer is the same whether or not the address is registered. A new mail invalidates earlier codes and links.',
  })
  @ApiAcceptedResponse({ description: 'If the address is waiting for confirmation, the server sends a mail.' })
  @AsksForProof()
  @ApiProblem('request.invalid', 'request.throttled', 'proof_of_work.required', 'proof_of_work.invalid')
  async request(@Body() { email, returnTo }: RequestEmailVerification, @From() caller: Caller): Promise<void> {
    await this.proofs.demand('mail', [email], caller);
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
      'Send the `code` with the `ticket` of your registration, or with `email`, or the `token` of the link. Without the ticket also prove that the account is yours: send its `password`, an access token of the account, or a `newPassword` (for an account that somebody else registered with your address; their password, sessions and mobile number are removed).',
  })
  @ApiBody({ type: ConfirmEmail, examples: EXAMPLES })
  @ApiOkResponse({ type: UserView, description: 'The account, now verified.' })
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
    const { token, email, code, ticket, password, newPassword } = body;
    const ownership = { ticket, password, newPassword, session: user };
    if (token !== undefined) return toUserView(await this.verification.confirmByLink(token, ownership, caller));
    if (code === undefined || (email === undefined && ticket === undefined))
      throw InvalidRequestError.field('token', 'required', 'Send token, or code with ticket or email.');
    return toUserView(await this.verification.confirmByCode(email, code, ownership, caller));
  }
}
