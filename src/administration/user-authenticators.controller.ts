import { Body, Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Aal, Roles } from '../common/access.js';
import { IdentitiesService } from '../auth/identities/identities.service.js';
import { ADMIN_ONLY, ApiProblem } from '../common/api-problem.js';
import { DirectoryService } from '../users/directory/directory.service.js';
import { By } from './actor.js';
import { USER_ID } from './documentation.js';
import { UserAuthenticatorListView, toUserAuthenticatorView, toUserIdentityView } from './dto/user-authenticators.view.js';
import { GiveReason, readReason } from './dto/user-standing.dto.js';
import { FactorReset } from './factor-reset.service.js';
import type { Actor } from './user-administration.service.js';
import { UserIdPipe } from './user-id.pipe.js';

/** How recent the proof of an administrator is who removes somebody's second factor, seconds. */
const FRESH_SECONDS = 300;

/** Second factors of accounts, for owners who have lost theirs. */
@ApiTags('Administration')
@Controller('v1/users/:id/authenticators')
@Roles('admin')
export class UserAuthenticatorsController {
  constructor(
    private readonly resets: FactorReset,
    private readonly directory: DirectoryService,
    private readonly identities: IdentitiesService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listUserAuthenticators',
    summary: 'List second factors of an account',
    description:
      'Authenticator apps and passkeys that the owner has confirmed, the oldest first, and the accounts at providers by which they sign in. Shows no secret.',
  })
  @ApiParam(USER_ID)
  @ApiOkResponse({ type: UserAuthenticatorListView, description: 'The authenticators.' })
  @ApiProblem('user.not_found', ...ADMIN_ONLY)
  async listUserAuthenticators(@Param('id', UserIdPipe) id: string): Promise<UserAuthenticatorListView> {
    await this.directory.get(id);
    const [data, identities] = [await this.resets.list(id), await this.identities.list(id)];
    return { data: data.map(toUserAuthenticatorView), identities: identities.map(toUserIdentityView) };
  }

  @Delete()
  @Aal(2, { maxAgeSeconds: FRESH_SECONDS })
  @HttpCode(204)
  @ApiOperation({
    operationId: 'resetUserAuthenticators',
    summary: 'Remove all second factors of an account',
    description:
      'For an owner who has lost them: make sure first that it is the owner who asks. Removes all authenticators and recovery codes, ends every session and remembered device, and mails the owner. An account that required a second factor demands that a new one is set up at the next sign-in. Not for your own account. On the command line: `latchkey users factors reset`.',
  })
  @ApiParam(USER_ID)
  @ApiNoContentResponse({ description: 'The account has no second factor now.' })
  @ApiProblem('user.not_found', 'authenticator.own_account', ...ADMIN_ONLY)
  async resetUserAuthenticators(@Param('id', UserIdPipe) id: string, @Body() body: GiveReason, @By() by: Actor): Promise<void> {
    await this.resets.removeAll(id, readReason(body), by);
  }

  @Delete(':authenticatorId')
  @Aal(2, { maxAgeSeconds: FRESH_SECONDS })
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removeUserAuthenticator',
    summary: 'Remove a second factor of an account',
    description:
      'Ends every session and remembered device, and mails the owner. With the last one the recovery codes go, too, and an account that required a second factor demands that a new one is set up at the next sign-in. Not for your own account.',
  })
  @ApiParam(USER_ID)
  @ApiParam({
    name: 'authenticatorId',
    format: 'uuid',
    description: 'From the list of authenticators.',
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a13',
  })
  @ApiNoContentResponse({ description: 'The authenticator is removed.' })
  @ApiProblem('user.not_found', 'authenticator.not_found', 'authenticator.own_account', ...ADMIN_ONLY)
  async removeUserAuthenticator(
    @Param('id', UserIdPipe) id: string,
    @Param('authenticatorId') authenticatorId: string,
    @Body() body: GiveReason,
    @By() by: Actor,
  ): Promise<void> {
    await this.resets.removeOne(id, authenticatorId, readReason(body), by);
  }
}
