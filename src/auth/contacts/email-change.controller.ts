import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { type ConcludeRoute, Concluding } from '../../idempotency/conclude.js';
import { Idempotent } from '../../idempotency/idempotent.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { UserView, toUserView } from '../../users/dto/user.view.js';
import { ConfirmEmailChange, RequestEmailChange, toEmailProof } from './dto/email-change.dto.js';
import { EmailChangeService } from './email-change.service.js';
import { ReturnUrls } from '../challenges/return-urls.service.js';

const EXAMPLES = {
  code: { summary: 'The code of the mail', value: { code: '402917' } },
  link: { summary: 'The link', value: { token: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo' } },
};

@ApiTags('Users')
@Controller('v1/users/me/email')
export class EmailChangeController {
  constructor(
    private readonly changes: EmailChangeService,
    private readonly returnUrls: ReturnUrls,
  ) {}

  @Post()
  @SignedIn()
  @Idempotent()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestEmailChange',
    summary: 'Change my e-mail address',
    description:
      'Mails a link and a six-digit code to the new address; the account keeps the old one until one of them is used. Answers the same, after the same time, whether or not somebody has the new address. Wrong passwords count like those of a sign-in.',
  })
  @ApiAcceptedResponse({ description: 'If the address can be had, a mail is on its way there.' })
  @ApiProblem(
    'request.throttled',
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'auth.bad_credentials',
    'user.not_found',
    'server.busy',
  )
  async requestEmailChange(
    @Body() { returnTo, ...change }: RequestEmailChange,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
    @Concluding() conclude: ConcludeRoute,
  ): Promise<void> {
    await this.changes.request(user.userId, { ...change, returnTo: this.returnUrls.check(returnTo) }, caller, conclude);
  }

  @Post('confirm')
  @SignedIn()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'confirmEmailChange',
    summary: 'Confirm my new e-mail address',
    description:
      'By the `code` or the `token` of the link, signed in to the account. From then on the account has the new address, verified; all other codes and links are dead. The former address is told, and if it was verified it can undo the change for 7 days.',
  })
  @ApiBody({ type: ConfirmEmailChange, examples: EXAMPLES })
  @ApiOkResponse({ type: UserView, description: 'The account with its new address.' })
  @ApiProblem(
    'request.throttled',
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
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
