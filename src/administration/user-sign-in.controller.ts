import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Aal, Roles } from '../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../common/api-problem.js';
import { type ConcludeRoute, Concluding } from '../idempotency/conclude.js';
import { Idempotent } from '../idempotency/idempotent.js';
import { CurrentUser, type Principal } from '../common/principal.js';
import { SessionListView, toSessionView } from '../tokens/sessions/dto/session.view.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import { DirectoryService } from '../users/directory/directory.service.js';
import { By } from './actor.js';
import { USER_ID } from './documentation.js';
import { type Actor, UserAdministrationService } from './user-administration.service.js';
import { UserIdPipe } from './user-id.pipe.js';

/** Password, verification and sessions of an account. */
@ApiTags('Administration')
@Controller('v1/users/:id')
@Roles('admin')
export class UserSignInController {
  constructor(
    private readonly administration: UserAdministrationService,
    private readonly sessions: SessionsService,
    private readonly directory: DirectoryService,
  ) {}

  @Post('password-reset')
  @Aal(2)
  @Idempotent()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'forcePasswordReset',
    summary: 'Force a password reset',
    description:
      'Locks the password, ends all sessions, codes and links of the account, and mails a link to choose a new password (not for a disabled account). Nobody can set a password for somebody else.',
  })
  @ApiParam(USER_ID)
  @ApiAcceptedResponse({ description: 'The password is locked, and the server sends the mail.' })
  @ApiProblem('user.not_found', 'user.email_missing', ...ADMIN_ONLY)
  async forcePasswordReset(@Param('id', UserIdPipe) id: string, @By() by: Actor, @Concluding() conclude: ConcludeRoute): Promise<void> {
    await conclude(() => this.administration.forcePasswordReset(id, by));
  }

  @Post('email-verification')
  @Idempotent()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'sendUserVerification',
    summary: 'Send the confirmation mail again',
    description:
      'Earlier codes and links stop working. The server sends no mail to a proven address, for a disabled account, or above the limit of mails to one address.',
  })
  @ApiParam(USER_ID)
  @ApiAcceptedResponse({ description: 'If the address is waiting for confirmation, the server sends a mail.' })
  @ApiProblem('user.not_found', 'user.email_missing', ...ADMIN_ONLY)
  async sendUserVerification(@Param('id', UserIdPipe) id: string, @By() by: Actor, @Concluding() conclude: ConcludeRoute): Promise<void> {
    await conclude(() => this.administration.sendVerification(id, by));
  }

  @Get('sessions')
  @ApiOperation({
    operationId: 'listUserSessions',
    summary: 'List sessions of an account',
    description: 'The active sessions of the account, the most recently used first; at most 100.',
  })
  @ApiParam(USER_ID)
  @ApiOkResponse({ type: SessionListView, description: 'The sessions.' })
  @ApiProblem('user.not_found', ...ADMIN_ONLY)
  async listUserSessions(@Param('id', UserIdPipe) id: string, @CurrentUser() { sessionId }: Principal): Promise<SessionListView> {
    await this.directory.get(id);
    const sessions = await this.sessions.list(id, sessionId);
    return { data: sessions.map((session) => toSessionView(session, sessionId)) };
  }

  @Delete('sessions')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeUserSessions',
    summary: 'Sign an account out',
    description: 'Ends all sessions of the account at once.',
  })
  @ApiParam(USER_ID)
  @ApiNoContentResponse({ description: 'All sessions of the account have ended.' })
  @ApiProblem('user.not_found', ...ADMIN_ONLY)
  async revokeUserSessions(@Param('id', UserIdPipe) id: string, @By() by: Actor): Promise<void> {
    await this.administration.revokeSessions(id, by);
  }

  @Delete('sessions/:sessionId')
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeUserSession', summary: 'Sign a device of an account out', description: 'Ends one session at once.' })
  @ApiParam(USER_ID)
  @ApiParam({
    name: 'sessionId',
    format: 'uuid',
    description: 'From the list of sessions.',
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a12',
  })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  @ApiProblem('user.not_found', 'session.not_found', ...ADMIN_ONLY)
  async revokeUserSession(@Param('id', UserIdPipe) id: string, @Param('sessionId') sessionId: string, @By() by: Actor): Promise<void> {
    await this.sessions.endOf(id, sessionId, by);
  }
}
