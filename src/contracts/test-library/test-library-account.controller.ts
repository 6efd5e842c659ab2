import { Controller, Delete, Get, Headers, Param, Put, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AccountEditService } from '../shared/accounts/account-edit.service.js';
import { PromisedDeletion } from '../shared/accounts/promised-deletion.service.js';
import { AvatarsService } from '../../avatars/avatars.service.js';
import { answerPicture } from '../../avatars/picture-answer.js';
import { Public, SignedIn, TokenIn } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import type { Account } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { ApiAnswer, ApiPicture } from '../shared/api-answer.js';
import { ApiFailures, FailsWith } from '../shared/failures.js';
import { ApiFields, ApiForm, Fields, File, TakesFile } from '../shared/fields.js';
import { OwnPassword, WHEN_NEEDED } from '../shared/accounts/own-password.js';
import { demandPngOrJpeg } from '../shared/picture.js';
import { ChangeUsername, UpdatePropic } from './dto/change-account.dto.js';
import { BODY_FAILURES, NOT_FOUND, PICTURE_FAILURES, SERVER_FAILURES, TOKEN_FAILURES, UNAUTHORIZED } from './test-library.errors.js';
import { EXAMPLES, NULLABLE } from './test-library.examples.js';
import { toLibraryUser } from './test-library.mapper.js';
import { ACCESS_TOKEN } from './test-library.token-place.js';

@ApiTags('test-library')
@ApiFailures(...SERVER_FAILURES)
@TokenIn(ACCESS_TOKEN)
@Controller('contracts/test-library')
export class TestLibraryAccountController {
  constructor(
    private readonly users: UsersService,
    private readonly edits: AccountEditService,
    private readonly deletion: PromisedDeletion,
    private readonly avatars: AvatarsService,
  ) {}

  @Put('users/changeUsername')
  @SignedIn()
  @ApiOperation({
    operationId: 'changeUsername',
    summary: 'Change the username',
    description: `Needs the \`password\` ${WHEN_NEEDED}.`,
  })
  @ApiForm(ChangeUsername)
  @ApiAnswer({ description: 'The user, with the new username.', example: EXAMPLES.changed, nullable: NULLABLE })
  @ApiFailures(...BODY_FAILURES, UNAUTHORIZED, ...Object.values(TOKEN_FAILURES))
  async changeUsername(
    @Fields() { current_username: current, new_username: username, password }: ChangeUsername,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
  ) {
    if ((await this.users.findByUsername(current))?.id !== user.userId) {
      throw InvalidRequestError.field('current_username', 'isOwn', "It is not the caller's username.");
    }
    return toChanged(await this.edits.edit(user.userId, { username }, { contract: 'test-library', user, password }, caller));
  }

  @Put('users/updatePropic')
  @SignedIn()
  @ApiOperation({
    operationId: 'updateProfilePicture',
    summary: 'Change the picture',
    description:
      'The server ignores the usernames that the document shows here. As in the document, the message of the answer speaks of a username.',
  })
  @TakesFile(UpdatePropic)
  @ApiAnswer({ description: 'The user, with the new picture.', example: EXAMPLES.changed, nullable: NULLABLE })
  @FailsWith(PICTURE_FAILURES)
  @ApiFailures(...BODY_FAILURES, ...Object.values(TOKEN_FAILURES))
  async updatePropic(
    @File('propic_new', 'image_file', 'file', 'picture', 'propic') picture: Buffer | undefined,
    @CurrentUser() { userId }: Principal,
    @From() caller: Caller,
  ) {
    if (picture === undefined) throw InvalidRequestError.field('propic_new', 'required', 'Send a picture.');
    demandPngOrJpeg(picture);
    await this.avatars.set(userId, picture, caller);
    return toChanged(await this.users.getById(userId));
  }

  @Delete('users/deleteUser')
  @SignedIn()
  @ApiOperation({
    operationId: 'deleteUser',
    summary: "Delete the caller's account",
    description: `Deletes the account permanently. The \`password\` is needed ${WHEN_NEEDED}.`,
  })
  @ApiFields(OwnPassword)
  @ApiAnswer({ description: 'Deleted.', example: EXAMPLES.userDeleted })
  @ApiFailures(...BODY_FAILURES, UNAUTHORIZED, ...Object.values(TOKEN_FAILURES))
  async delete(@Fields() { password }: OwnPassword, @CurrentUser() user: Principal, @From() caller: Caller) {
    await this.deletion.delete(user.userId, { contract: 'test-library', user, password }, caller);
    return { message: 'SUCCESS: DELETE USER', status: 200 };
  }

  @Get('static/:file')
  @Public()
  @ApiOperation({ operationId: 'getPicture', summary: 'Read a picture' })
  @ApiParam({ name: 'file', description: 'Name of the file, from `image_file`.', example: 'default.jpg' })
  @ApiPicture()
  @ApiFailures(NOT_FOUND)
  picture(
    @Param('file') file: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerPicture(this.avatars, file, known, reply);
  }
}

function toChanged(account: Account) {
  return { message: 'SUCCESS: UPDATE USERNAME', result: toLibraryUser(account), status: 200 };
}
