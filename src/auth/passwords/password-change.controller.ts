import { Body, Controller, HttpCode, Put, Req, Res, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Aal, SignedIn } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { ChangePassword } from './dto/password-change.dto.js';
import { PasswordChangeService } from './password-change.service.js';
import { RefreshCookie } from '../../tokens/sessions/refresh-cookie.js';
import { SessionEditsGuard } from '../../throttling/session-edits.guard.js';

@ApiTags('Auth')
@Controller('v1/auth/password')
export class PasswordChangeController {
  constructor(
    private readonly changes: PasswordChangeService,
    private readonly cookie: RefreshCookie,
  ) {}

  @Put()
  @SignedIn()
  @Aal(2)
  @UseGuards(SessionEditsGuard)
  @HttpCode(204)
  @ApiOperation({
    operationId: 'changePassword',
    summary: 'Change the password',
    description:
      'Without `currentPassword` it gives a password to an account that has none; the session needs a proof that is at most 300 s old then. Every session ends at once, including the current one: sign in again with the new password. Codes and links in earlier mails stop working, except those that prove the address or number which the account registered with, and the server mails a notice. Wrong current passwords count like failed sign-ins.',
  })
  @ApiNoContentResponse({ description: 'The password is changed, and all devices are signed out.' })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'auth.bad_credentials',
    'auth.step_up_required',
    'server.busy',
  )
  async change(
    @Body() body: ChangePassword,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.changes.change(user, body, caller);
    this.cookie.clear(request, reply);
  }
}
