import { Body, Controller, Delete, HttpCode, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignedIn } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { type Caller, From } from '../common/caller.js';
import { CurrentUser, type Principal } from '../common/principal.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { DeleteAccount } from './dto/delete-account.dto.js';
import { RefreshCookie } from './refresh-cookie.js';

@ApiTags('Users')
@Controller('v1/users/me')
export class AccountDeletionController {
  constructor(
    private readonly deletion: AccountDeletionService,
    private readonly cookie: RefreshCookie,
  ) {}

  @Delete()
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteCurrentUser',
    summary: 'Delete my account',
    description:
      'For good, with everything that is kept of it; no mail confirms it. Every session ends at once, everywhere. The audit log keeps what happened under the bare id, without addresses. Take an export first.',
  })
  @ApiNoContentResponse({ description: 'The account is gone; its e-mail address and names are free.' })
  @ApiProblem(
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'auth.bad_credentials',
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
    await this.deletion.deleteOwn(user.userId, password, caller);
    this.cookie.clear(request, reply);
  }
}
