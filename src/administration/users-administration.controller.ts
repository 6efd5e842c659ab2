import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Aal, Roles } from '../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../common/api-problem.js';
import { ETAG_HEADER, IF_MATCH_HEADER, IfMatch, toEtag } from '../common/etag.js';
import { fromCursor, toCursor } from '../common/pagination.js';
import { PasswordLocks } from '../auth/passwords/password-locks.service.js';
import { ReplicaReads } from '../database/replica-reads.service.js';
import { DeliveriesService } from '../mail/deliveries.service.js';
import { DirectoryService } from '../users/directory/directory.service.js';
import { UpdateProfile } from '../users/dto/update-profile.dto.js';
import { ProfileService } from '../users/profile.service.js';
import { By } from './actor.js';
import { USER_ID } from './documentation.js';
import { ListUsersQuery } from './dto/list-users.query.js';
import {
  ManagedUserDetailsView,
  ManagedUserListView,
  ManagedUserView,
  toMailDeliveryView,
  toManagedUserView,
} from './dto/managed-user.view.js';
import { type Actor, UserAdministrationService } from './user-administration.service.js';
import { UserIdPipe } from './user-id.pipe.js';

/** Maximum number of mails shown with an account. */
const MAX_MAILS = 20;

@ApiTags('Administration')
@Controller('v1/users')
@Roles('admin')
export class UsersAdministrationController {
  constructor(
    private readonly directory: DirectoryService,
    private readonly replica: ReplicaReads,
    private readonly profiles: ProfileService,
    private readonly deliveries: DeliveriesService,
    private readonly locks: PasswordLocks,
    private readonly administration: UserAdministrationService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listUsers',
    summary: 'List or search accounts',
    description:
      'Returns one page. Use one of `search`, `email`, `username`, `mobile` and `name` to find accounts; accounts also have to match all other parameters.',
  })
  @ApiOkResponse({ type: ManagedUserListView, description: 'One page.' })
  @ApiProblem(...ADMIN_ONLY)
  async listUsers(@Query() query: ListUsersQuery): Promise<ManagedUserListView> {
    const { limit, cursor: _, ...filter } = query;
    const after = fromCursor(query);
    const { entries, next } = await this.replica.read(() => this.directory.list(filter, limit, after));
    return { data: entries.map(toManagedUserView), nextCursor: toCursor(query, next) };
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getUser',
    summary: 'Read an account',
    description: 'Returns the current account, whether sign-ins to it are throttled, and the state of its latest mails.',
  })
  @ApiParam(USER_ID)
  @ApiOkResponse({ type: ManagedUserDetailsView, description: 'The account.', headers: ETAG_HEADER })
  @ApiProblem('user.not_found', ...ADMIN_ONLY)
  async getUser(@Param('id', UserIdPipe) id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<ManagedUserDetailsView> {
    const entry = await this.directory.get(id);
    const throttledUntil = await this.locks.throttledUntil(id);
    const mails = await this.deliveries.find({ userId: id }, MAX_MAILS);
    void reply.header('etag', toEtag(entry.version));
    return {
      ...toManagedUserView(entry),
      throttledUntil: throttledUntil?.toISOString() ?? null,
      mails: mails.map(toMailDeliveryView),
    };
  }

  @Patch(':id')
  @ApiOperation({
    operationId: 'updateUser',
    summary: 'Edit an account',
    description: 'Changes all fields that are sent, or none of them: null clears a field, an absent field stays.',
  })
  @ApiParam(USER_ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiOkResponse({ type: ManagedUserView, description: 'The edited account.', headers: ETAG_HEADER })
  @ApiProblem('user.not_found', 'user.username_taken', 'request.precondition_failed', ...ADMIN_ONLY)
  async updateUser(
    @Param('id', UserIdPipe) id: string,
    @Body() body: UpdateProfile,
    @IfMatch() versions: number[] | undefined,
    @By() by: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ManagedUserView> {
    await this.profiles.change(id, body, { ...by, versions });
    const entry = await this.directory.get(id);
    void reply.header('etag', toEtag(entry.version));
    return toManagedUserView(entry);
  }

  @Delete(':id')
  @Aal(2)
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteUser',
    summary: 'Delete an account',
    description:
      'Deletes the account permanently, with all its data; the server sends no mail about it. All its sessions end at once. The audit log keeps its events with the id of the account.',
  })
  @ApiParam(USER_ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiNoContentResponse({ description: 'The account is deleted; its e-mail address and username are free.' })
  @ApiProblem('user.not_found', 'user.last_admin', 'request.precondition_failed', ...ADMIN_ONLY)
  async deleteUser(@Param('id', UserIdPipe) id: string, @IfMatch() versions: number[] | undefined, @By() by: Actor): Promise<void> {
    await this.administration.delete(id, versions, by);
  }
}
