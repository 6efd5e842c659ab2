import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { SignedIn, WhileRecovered } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { SessionListView, toSessionView } from './dto/session.view.js';
import { SessionsService } from './sessions.service.js';

/** Where somebody is signed in, for themselves. */
@ApiTags('Users')
@Controller('v1/users/me/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'listSessions',
    summary: 'List my sessions',
    description: 'The active sessions of the caller, the current one first, then the most recently used; at most 100.',
  })
  @ApiOkResponse({ type: SessionListView, description: 'The sessions.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async listSessions(@CurrentUser() user: Principal): Promise<SessionListView> {
    const sessions = await this.sessions.list(user.userId, user.sessionId);
    return { data: sessions.map((session) => toSessionView(session, user.sessionId)) };
  }

  @Delete()
  @SignedIn()
  @WhileRecovered()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeOtherSessions',
    summary: 'Sign out everywhere else',
    description: 'Ends every session of the account except this one, at once.',
  })
  @ApiNoContentResponse({ description: 'All other sessions have ended.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async revokeOtherSessions(@CurrentUser() user: Principal, @From() caller: Caller): Promise<void> {
    await this.sessions.endAll(user.userId, 'by-user', { caller, keep: user.sessionId });
  }

  @Delete(':id')
  @SignedIn()
  @WhileRecovered()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeSession',
    summary: 'Sign a device out',
    description: 'Ends one session of the caller at once. Its access tokens stop working, too.',
  })
  @ApiParam({ name: 'id', format: 'uuid', description: 'From the list of sessions.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  @ApiProblem('session.not_found', 'access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async revokeSession(@Param('id') id: string, @CurrentUser() user: Principal, @From() caller: Caller): Promise<void> {
    await this.sessions.endOwn(user.userId, id, caller);
  }
}
