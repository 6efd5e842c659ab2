import { Controller, Delete, HttpCode, Put, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SignedIn } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { type Caller, From } from '../common/caller.js';
import { CurrentUser, type Principal } from '../common/principal.js';
import { Settings } from '../config/settings.js';
import { UserView, toUserView } from '../users/dto/user.view.js';
import { UsersService } from '../users/users.service.js';
import { AvatarsService } from './avatars.service.js';
import { readUpload } from './upload.js';

@ApiTags('Users')
@Controller('v1/users/me/avatar')
export class AvatarsController {
  constructor(
    private readonly avatars: AvatarsService,
    private readonly users: UsersService,
    private readonly settings: Settings,
  ) {}

  @Put()
  @SignedIn()
  @ApiOperation({
    operationId: 'setAvatar',
    summary: 'Upload a picture',
    description:
      'A PNG, JPEG or WebP of at most 5 MiB (a setting) and 25 megapixels. The server crops it to a square and re-encodes it without metadata.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    description: 'One file, in a field with any name.',
    schema: {
      type: 'object',
      required: ['avatar'],
      properties: {
        avatar: { type: 'string', format: 'binary', description: 'The picture.', example: '(the bytes of a PNG, JPEG or WebP)' },
      },
    },
  })
  @ApiOkResponse({ type: UserView, description: 'The account with its new picture.' })
  @ApiProblem(
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'request.malformed',
    'request.invalid',
    'request.too_large',
    'request.unsupported_media_type',
    'request.throttled',
    'user.not_found',
    'storage.full',
    'server.busy',
  )
  async set(@Req() request: FastifyRequest, @CurrentUser() { userId }: Principal, @From() caller: Caller): Promise<UserView> {
    await this.avatars.set(userId, () => readUpload(request, this.settings.AVATAR_MAX_BYTES), caller);
    return toUserView(await this.users.getById(userId));
  }

  @Delete()
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removeAvatar',
    summary: 'Remove the picture',
    description: 'The URL of the picture stops working, unless another account has the same picture.',
  })
  @ApiNoContentResponse({ description: 'The account has no picture now.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked', 'user.not_found')
  async remove(@CurrentUser() { userId }: Principal, @From() caller: Caller): Promise<void> {
    await this.avatars.remove(userId, caller);
  }
}
