import { Controller, Delete, Get, Headers, Param, Patch, Res, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AccountEditService } from '../shared/accounts/account-edit.service.js';
import { PromisedDeletion } from '../shared/accounts/promised-deletion.service.js';
import { PasswordChangeService } from '../../auth/passwords/password-change.service.js';
import { AvatarsService } from '../../avatars/avatars.service.js';
import { answerPicture } from '../../avatars/picture-answer.js';
import { Public, SignedIn } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { UsersService } from '../../users/users.service.js';
import { ApiAnswer, ApiPicture } from '../shared/api-answer.js';
import { ApiFailures, FailsWith } from '../shared/failures.js';
import { ApiForm, Fields, File, TakesFile } from '../shared/fields.js';
import { OwnPassword, WHEN_NEEDED } from '../shared/accounts/own-password.js';
import { demandPngOrJpeg } from '../shared/picture.js';
import { TOKEN_FAILURES } from '../shared/token-failures.js';
import { ChangePassword, ChangeUser } from './dto/change-user.dto.js';
import {
  BODY_FAILURES,
  INVALID_FILE,
  NO_PICTURE,
  PICTURE_FAILURES,
  failed,
  PASSWORD_FAILURES,
  passwordIn,
  takenIn,
} from './entity-user.errors.js';
import { EXAMPLES, NULLABLE } from './entity-user.examples.js';
import { toEntityUser, toPicturePath } from './entity-user.mapper.js';
import { SessionEditsGuard } from '../../throttling/session-edits.guard.js';

@ApiTags('entity-user')
@Controller('contracts/entity-user')
export class EntityUserController {
  constructor(
    private readonly users: UsersService,
    private readonly edits: AccountEditService,
    private readonly deletion: PromisedDeletion,
    private readonly avatars: AvatarsService,
    private readonly passwords: PasswordChangeService,
  ) {}

  @Patch('user')
  @SignedIn()
  @ApiOperation({
    operationId: 'changeUser',
    summary: 'Change username, e-mail address and picture',
    description: `A new username or address needs the \`password\` ${WHEN_NEEDED}.`,
  })
  @TakesFile(ChangeUser)
  @ApiAnswer({ description: 'The fields that were sent, and null for the others.', example: EXAMPLES.changed, nullable: NULLABLE })
  @FailsWith({ ...takenIn('update user'), ...passwordIn('update user'), ...PICTURE_FAILURES })
  @ApiFailures(...Object.values(TOKEN_FAILURES), ...BODY_FAILURES, INVALID_FILE)
  async change(
    @Fields() { username, email, password }: ChangeUser,
    @File('profile_picture') picture: Buffer | undefined,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
  ) {
    const { userId } = user;
    // Before the picture's transaction: a wrong password is to be counted, although everything else is taken back.
    const edit = await this.edits.admit(userId, { username, email }, { contract: 'entity-user', user, password }, caller);
    if (picture === undefined) await edit();
    else await this.avatars.set(userId, demandPngOrJpeg(picture), caller, { along: edit });
    const account = await this.users.getById(userId);
    const data = {
      email: email === undefined ? null : account.email,
      profile_picture: picture === undefined ? null : toPicturePath(account.avatar),
      username: username === undefined ? null : account.username,
    };
    return { data, message: 'Success update user data.' };
  }

  @Get('users')
  @SignedIn()
  @ApiOperation({ operationId: 'getUser', summary: "Read the caller's account", description: 'The server ignores a body.' })
  @ApiAnswer({ description: 'The account.', example: EXAMPLES.detail, nullable: NULLABLE })
  @ApiFailures(...Object.values(TOKEN_FAILURES))
  async get(@CurrentUser() { userId }: Principal) {
    return { data: toEntityUser(await this.users.getById(userId)), message: 'Success get detail user.' };
  }

  @Patch('users')
  @SignedIn()
  @UseGuards(SessionEditsGuard)
  @ApiOperation({ operationId: 'changePassword', summary: 'Change the password', description: 'Ends all sessions.' })
  @ApiForm(ChangePassword)
  @ApiAnswer({ description: 'Changed.', example: EXAMPLES.passwordChanged })
  @FailsWith(PASSWORD_FAILURES)
  @ApiFailures(...Object.values(TOKEN_FAILURES), ...BODY_FAILURES)
  async changePassword(
    @Fields() { old_password: currentPassword, new_password: newPassword }: ChangePassword,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
  ) {
    const rules = { policy: 'legacy', field: 'new_password', mustDiffer: true } as const;
    await this.passwords.change(user, { currentPassword, newPassword }, caller, rules);
    return { data: [], message: 'Success update password.' };
  }

  @Delete('users')
  @SignedIn()
  @ApiOperation({
    operationId: 'deleteUser',
    summary: "Delete the caller's account",
    description: `Deletes the account permanently. The document shows no body; the \`password\` is needed ${WHEN_NEEDED}.`,
  })
  @ApiForm(OwnPassword)
  @ApiAnswer({ description: 'Deleted; the answer has the id of the account.', example: EXAMPLES.deleted })
  @FailsWith({ 'user.not_found': failed('Failed delete user. User not found.'), ...passwordIn('delete user') })
  @ApiFailures(...Object.values(TOKEN_FAILURES), ...BODY_FAILURES)
  async delete(@Fields() { password }: OwnPassword, @CurrentUser() user: Principal, @From() caller: Caller) {
    const { number } = await this.users.getById(user.userId);
    await this.deletion.delete(user.userId, { contract: 'entity-user', user, password }, caller);
    return { data: number, message: 'Success delete user.' };
  }

  @Get('static/:file')
  @Public()
  @ApiOperation({ operationId: 'getPicture', summary: 'Read a picture' })
  @ApiParam({ name: 'file', description: 'Name of the file, from `profile_picture`.', example: '9b74c9897bac770ffc029102a200c5de.jpg' })
  @ApiPicture()
  @FailsWith({ 'route.not_found': NO_PICTURE })
  picture(
    @Param('file') file: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answerPicture(this.avatars, file, known, reply);
  }
}
