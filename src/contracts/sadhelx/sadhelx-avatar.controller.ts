import { Controller, Get, Headers, HttpCode, Param, Put, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AvatarsService } from '../../avatars/avatars.service.js';
import { answerPicture } from '../../avatars/picture-answer.js';
import { Open, Public } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { InvalidRequestError, UnauthenticatedError } from '../../common/errors.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { UserNotFoundError } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { ApiAnswer, ApiPicture } from '../shared/api-answer.js';
import { ApiFailures, FailsWith } from '../shared/failures.js';
import { Fields, File, TakesFile } from '../shared/fields.js';
import { OpenOperations } from '../shared/open-operations.service.js';
import { UploadAvatar } from './dto/identity.dto.js';
import { AVATAR_FAILURES, INVALID, NO_AVATAR, TOKEN_INVALID, TOO_LARGE, UNKNOWN_IDENTITY } from './sadhelx.errors.js';
import { EXAMPLES } from './sadhelx.examples.js';
import { ok } from './sadhelx.mapper.js';

@ApiTags('sadhelx')
@Controller('contracts/sadhelx')
export class SadhelxAvatarController {
  constructor(
    private readonly avatars: AvatarsService,
    private readonly users: UsersService,
    private readonly open: OpenOperations,
  ) {}

  @Put('avatar-upload')
  @HttpCode(201)
  @Open({ elseTo: 'strangers-too' })
  @ApiOperation({
    operationId: 'uploadAvatar',
    summary: 'Upload an avatar',
    description:
      'With `CONTRACTS_OPEN=false` the upload requires an access token of the user or of an administrator, except for the first avatar of a user who signed up less than 30 minutes ago and has not verified the address yet.',
  })
  @TakesFile(UploadAvatar)
  @ApiAnswer({ status: 201, description: 'Saved.', example: EXAMPLES.avatarSaved })
  @FailsWith(AVATAR_FAILURES)
  @ApiFailures(INVALID, UNKNOWN_IDENTITY, TOKEN_INVALID, TOO_LARGE)
  async upload(
    @Fields() { identity }: UploadAvatar,
    @File('avatar') picture: Buffer | undefined,
    @CurrentUser() user: Principal | undefined,
    @From() caller: Caller,
  ) {
    if (picture === undefined)
      throw InvalidRequestError.field('avatar', 'avatar.missing', 'Send the picture as a file in a multipart body.');
    const account = await this.users.findByIdentifier(identity);
    // If strangers are refused, they must not learn who is registered, either.
    const isFirst = user === undefined && !this.open.areOpen;
    if (isFirst && account === null) throw new UnauthenticatedError();
    if (!isFirst) this.open.demandAccessTo(account?.id, user, caller);
    if (account === null) throw new UserNotFoundError();
    if (isFirst) await this.avatars.setFirst(account.id, picture, caller);
    else await this.avatars.set(account.id, picture, caller, { actorId: user?.userId ?? null });
    return ok('Avatar has been saved');
  }

  @Get('avatar-storage/:image_file')
  @Public()
  @ApiOperation({ operationId: 'getAvatar', summary: 'Read an avatar' })
  @ApiParam({ name: 'image_file', description: 'Name of the file, from `image_file`.', example: '9b74c9897bac770ffc029102a200c5de.jpg' })
  @ApiPicture()
  @FailsWith({ 'route.not_found': NO_AVATAR })
  avatar(
    @Param('image_file') file: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerPicture(this.avatars, file, known, reply);
  }
}
