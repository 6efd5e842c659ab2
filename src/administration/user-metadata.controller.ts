import { Body, Controller, Param, Put, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Roles } from '../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../common/api-problem.js';
import { ETAG_HEADER, IF_MATCH_HEADER, IfMatch, toEtag } from '../common/etag.js';
import { DirectoryService } from '../users/directory/directory.service.js';
import { ProfileService } from '../users/profile.service.js';
import { By } from './actor.js';
import { USER_ID } from './documentation.js';
import { ManagedUserView, toManagedUserView } from './dto/managed-user.view.js';
import { SetMetadata } from './dto/user-metadata.dto.js';
import type { Actor } from './user-administration.service.js';
import { UserIdPipe } from './user-id.pipe.js';

/** What administrators say of an account. */
@ApiTags('Administration')
@Controller('v1/users/:id')
@Roles('admin')
export class UserMetadataController {
  constructor(
    private readonly profiles: ProfileService,
    private readonly directory: DirectoryService,
  ) {}

  @Put('metadata')
  @ApiOperation({
    operationId: 'setUserMetadata',
    summary: 'Set the metadata of an account',
    description:
      'Replaces `publicMetadata`, which the user can read and not change; the `metadata` that the user writes stays. Access tokens that are issued from now on have the claims that `CLAIMS_TEMPLATE` makes of it.',
  })
  @ApiParam(USER_ID)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiOkResponse({ type: ManagedUserView, description: 'The account with its metadata.', headers: ETAG_HEADER })
  @ApiProblem('user.not_found', 'request.precondition_failed', ...ADMIN_ONLY)
  async setUserMetadata(
    @Param('id', UserIdPipe) id: string,
    @Body() body: SetMetadata,
    @IfMatch() versions: number[] | undefined,
    @By() { actorId, caller }: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ManagedUserView> {
    await this.profiles.setPublicMetadata(id, body.public, { actorId, caller, versions, field: 'public' });
    const entry = await this.directory.get(id);
    void reply.header('etag', toEtag(entry.version));
    return toManagedUserView(entry);
  }
}
