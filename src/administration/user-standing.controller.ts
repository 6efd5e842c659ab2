import { Body, Controller, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Roles } from '../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../common/api-problem.js';
import { ETAG_HEADER, IF_MATCH_HEADER, IfMatch, toEtag } from '../common/etag.js';
import { DirectoryService } from '../users/directory/directory.service.js';
import { By } from './actor.js';
import { USER_ID } from './documentation.js';
import { ManagedUserView, toManagedUserView } from './dto/managed-user.view.js';
import { GiveReason, SetRoles, readReason } from './dto/user-standing.dto.js';
import { StandingAdministrationService } from './standing-administration.service.js';
import type { Actor } from './user-administration.service.js';
import { UserIdPipe } from './user-id.pipe.js';

/** Disabling, enabling and roles of an account. */
@ApiTags('Administration')
@Controller('v1/users/:id')
@Roles('admin')
export class UserStandingController {
  constructor(
    private readonly administration: StandingAdministrationService,
    private readonly directory: DirectoryService,
  ) {}

  @Post('disable')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'disableUser',
    summary: 'Disable an account',
    description: 'All its sessions end at once, its codes and links stop working, and nobody can sign in to it.',
  })
  @ApiParam(USER_ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiOkResponse({ type: ManagedUserView, description: 'The disabled account.', headers: ETAG_HEADER })
  @ApiProblem('user.not_found', 'user.last_admin', 'request.precondition_failed', ...ADMIN_ONLY)
  async disableUser(
    @Param('id', UserIdPipe) id: string,
    @Body() body: GiveReason,
    @IfMatch() versions: number[] | undefined,
    @By() by: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ManagedUserView> {
    await this.administration.disable(id, readReason(body), versions, by);
    return this.show(id, reply);
  }

  @Post('enable')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'enableUser',
    summary: 'Enable an account',
    description: 'The user can sign in again. Earlier sessions, codes and links stay invalid.',
  })
  @ApiParam(USER_ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiOkResponse({ type: ManagedUserView, description: 'The enabled account.', headers: ETAG_HEADER })
  @ApiProblem('user.not_found', 'request.precondition_failed', ...ADMIN_ONLY)
  async enableUser(
    @Param('id', UserIdPipe) id: string,
    @Body() body: GiveReason,
    @IfMatch() versions: number[] | undefined,
    @By() by: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ManagedUserView> {
    await this.administration.enable(id, readReason(body), versions, by);
    return this.show(id, reply);
  }

  @Post('unlock')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'unlockUser',
    summary: 'Unlock the password of an account',
    description:
      'Forgets the wrong passwords that were tried on the account, and lifts the lock after 100 of them in a row. Limits of single networks end by themselves. Does not bring back a password that a forced reset has ended.',
  })
  @ApiParam(USER_ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiOkResponse({ type: ManagedUserView, description: 'The unlocked account.', headers: ETAG_HEADER })
  @ApiProblem('user.not_found', 'user.password_ended', 'request.precondition_failed', ...ADMIN_ONLY)
  async unlockUser(
    @Param('id', UserIdPipe) id: string,
    @Body() body: GiveReason,
    @IfMatch() versions: number[] | undefined,
    @By() by: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ManagedUserView> {
    await this.administration.unlock(id, readReason(body), versions, by);
    return this.show(id, reply);
  }

  @Put('roles')
  @ApiOperation({
    operationId: 'setUserRoles',
    summary: 'Set the roles of an account',
    description: 'The account gets exactly these roles, and `user`. If the roles change, all its sessions end at once.',
  })
  @ApiParam(USER_ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiOkResponse({ type: ManagedUserView, description: 'The account with its roles.', headers: ETAG_HEADER })
  @ApiProblem('user.not_found', 'user.last_admin', 'request.precondition_failed', ...ADMIN_ONLY)
  async setUserRoles(
    @Param('id', UserIdPipe) id: string,
    @Body() { roles }: SetRoles,
    @IfMatch() versions: number[] | undefined,
    @By() by: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ManagedUserView> {
    await this.administration.setRoles(id, roles, versions, by);
    return this.show(id, reply);
  }

  private async show(id: string, reply: FastifyReply): Promise<ManagedUserView> {
    const entry = await this.directory.get(id);
    void reply.header('etag', toEtag(entry.version));
    return toManagedUserView(entry);
  }
}
