import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Aal, SignedIn } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { type ConcludeRoute, Concluding } from '../../idempotency/conclude.js';
import { Idempotent } from '../../idempotency/idempotent.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { UserView, toUserView } from '../../users/dto/user.view.js';
import { ConfirmEmailChange, RequestEmailChange, toEmailProof } from './dto/email-change.dto.js';
import { EmailChangeRequestService } from './email-change-request.service.js';
import { EmailChangeService } from './email-change.service.js';
import { ReturnUrls } from '../challenges/return-urls.service.js';

const EXAMPLES = {
  code: { summary: 'With the code of the mail', value: { code: '402917' } },
  link: { summary: 'With the token of the link', value: { token: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo' } },
};

@ApiTags('Users')
@Controller('v1/users/me/email')
export class EmailChangeController {
  constructor(
    private readonly requests: EmailChangeRequestService,
    private readonly changes: EmailChangeService,
    private readonly returnUrls: ReturnUrls,
  ) {}

  @Post()
  @SignedIn()
  @Aal(2)
  @Idempotent()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestEmailChange',
    summary: 'Change my e-mail address',
    description:
      'Mails a link and a six-digit code to the new address; the account keeps the old address until one of them is used. The answer and its timing are the same whether or not the new address is taken. Wrong passwords count like failed sign-ins.',
  })
  @ApiAcceptedResponse({ description: 'If the address is free, the server sends a mail there.' })
  @ApiProblem(
    'request.throttled',
    'registration.domain_not_allowed',
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'auth.bad_credentials',
    'auth.step_up_required',
    'user.not_found',
    'server.busy',
  )
  async requestEmailChange(
    @Body() { returnTo, ...change }: RequestEmailChange,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
    @Concluding() conclude: ConcludeRoute,
  ): Promise<void> {
    await this.requests.request(user, { ...change, returnTo: this.returnUrls.check(returnTo) }, caller, conclude);
  }

  @Post('confirm')
  @SignedIn()
  @Aal(2)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'confirmEmailChange',
    summary: 'Confirm my new e-mail address',
    description:
      'Send the `code`, or the `token` of the link, with an access token of the account. The account then has the new address, verified; all other codes and links stop working. The server mails a notice to the former address; if that was verified, the notice has a link that undoes the change within 7 days.',
  })
  @ApiBody({ type: ConfirmEmailChange, examples: EXAMPLES })
  @ApiOkResponse({ type: UserView, description: 'The account with its new address.' })
  @ApiProblem(
    'request.throttled',
    'registration.domain_not_allowed',
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'auth.step_up_required',
    'challenge.invalid',
    'challenge.expired',
    'user.email_taken',
    'user.not_found',
  )
  async confirmEmailChange(@Body() body: ConfirmEmailChange, @CurrentUser() user: Principal, @From() caller: Caller): Promise<UserView> {
    const proof = toEmailProof(body);
    const account =
      'code' in proof
        ? await this.changes.confirmByCode(user.userId, proof.code, caller)
        : await this.changes.confirmByLink(proof.token, { userId: user.userId }, caller);
    return toUserView(account);
  }
}
