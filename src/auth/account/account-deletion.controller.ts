import { Body, Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Aal, SignedIn } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { AccountDeletionLinkService } from './account-deletion-link.service.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { DeleteAccount, RequestAccountDeletion } from './dto/delete-account.dto.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { RefreshCookie } from '../../tokens/sessions/refresh-cookie.js';
import { ReturnUrls } from '../challenges/return-urls.service.js';

@ApiTags('Users')
@Controller('v1/users/me')
export class AccountDeletionController {
  constructor(
    private readonly deletion: AccountDeletionService,
    private readonly links: AccountDeletionLinkService,
    private readonly returnUrls: ReturnUrls,
    private readonly cookie: RefreshCookie,
    private readonly throttle: ThrottleService,
  ) {}

  @Delete()
  @SignedIn()
  @Aal(2)
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteCurrentUser',
    summary: 'Delete my account',
    description:
      'Deletes the account permanently, with all its data; the server sends no mail about it. A user without a password leaves `password` out and needs a proof that is at most 300 s old, or requests a link (`requestAccountDeletion`). Every session ends at once on every device. The audit log keeps its events with the id of the account, but without addresses. Offer an export first.',
  })
  @ApiNoContentResponse({ description: 'The account is deleted; its e-mail address and username are free.' })
  @ApiProblem(
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'auth.bad_credentials',
    'auth.step_up_required',
    'request.throttled',
    'user.not_found',
    'user.last_admin',
    'server.busy',
  )
  async deleteCurrentUser(
    @Body() { password }: DeleteAccount,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.deletion.deleteOwn(user, password, caller);
    this.cookie.clear(request, reply);
  }

  @Post('deletion')
  @SignedIn()
  @Aal(2)
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestAccountDeletion',
    summary: 'Delete my account by mail',
    description:
      'For users without a password. Mails a link, valid for an hour, to the verified address of the account; the page behind the link asks for confirmation and then deletes the account. Earlier links stop working. The answer is the same whether or not the account has such an address.',
  })
  @ApiAcceptedResponse({ description: 'If the account has a verified address, the server sends a mail there.' })
  @ApiProblem(
    'request.throttled',
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'auth.step_up_required',
    'user.not_found',
  )
  async requestAccountDeletion(
    @Body() { returnTo }: RequestAccountDeletion,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
  ): Promise<void> {
    await this.throttle.take({ limit: 'edit', of: user.userId }, caller);
    await this.links.request(user.userId, caller, this.returnUrls.check(returnTo));
  }
}
