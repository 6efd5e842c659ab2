import { Controller, Delete, Get, HttpCode, Param, Patch, Post, applyDecorators, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { AccountEditService } from '../shared/accounts/account-edit.service.js';
import { PromisedDeletion } from '../shared/accounts/promised-deletion.service.js';
import { PasswordChangeService } from '../../auth/passwords/password-change.service.js';
import { Open, SignedIn } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { ForbiddenError } from '../../common/errors.js';
import { isId } from '../../common/ids.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import type { Account } from '../../users/account.js';
import { UserNotFoundError } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { ApiAnswer } from '../shared/api-answer.js';
import { ApiFailures, FailsWith } from '../shared/failures.js';
import { ApiFields, Fields } from '../shared/fields.js';
import { jsonList, mapped } from '../shared/json-list.js';
import { OwnPassword, WHEN_NEEDED } from '../shared/accounts/own-password.js';
import { OpenOperations } from '../shared/open-operations.service.js';
import { ChangeAccount, ChangePassword } from './dto/change-account.dto.js';
import {
  BODY_FAILURES,
  EDIT_FAILURES,
  GUARDED_FAILURES,
  INVALID_CREDENTIALS,
  LAST_ADMIN,
  PASSWORD_FAILURES,
  UUID_FAILURES,
} from './user-auth.errors.js';
import { EXAMPLES, NULLABLE } from './user-auth.examples.js';
import { toDetail, toRow } from './user-auth.mapper.js';
import { SessionEditsGuard } from '../../throttling/session-edits.guard.js';

/** The operation concerns the account with this uuid. */
const OfUuid = () =>
  applyDecorators(
    ApiParam({ name: 'uuid', description: 'The uuid of the account.', example: EXAMPLES.detail.data.uuid }),
    FailsWith(UUID_FAILURES),
  );

@ApiTags('user-auth')
@Controller('contracts/user-auth/user')
@ApiFailures(...GUARDED_FAILURES)
export class UserAuthAccountsController {
  constructor(
    private readonly users: UsersService,
    private readonly edits: AccountEditService,
    private readonly deletion: PromisedDeletion,
    private readonly passwords: PasswordChangeService,
    private readonly operations: OpenOperations,
  ) {}

  @Get(':uuid')
  @Open({ to: 'signed-in' })
  @ApiOperation({
    operationId: 'getUser',
    summary: 'Get User Detail',
    description: 'With `CONTRACTS_OPEN=true` anyone signed in may read any account; otherwise users read their own, administrators any.',
  })
  @OfUuid()
  @ApiAnswer({ description: 'The account.', example: EXAMPLES.detail, nullable: NULLABLE })
  async get(@Param('uuid') uuid: string, @CurrentUser() user: Principal, @From() caller: Caller) {
    const account = await this.accountOf(uuid);
    this.operations.demandAccessTo(account.id, user, caller);
    return toDetail(account);
  }

  @Get()
  @Open({ to: 'signed-in', elseTo: ['admin'] })
  @ApiOperation({
    operationId: 'listUsers',
    summary: 'Get User List',
    description: 'With `CONTRACTS_OPEN=true` for anyone signed in; otherwise for administrators.',
  })
  @ApiAnswer({ description: 'All accounts; empty texts for what one lacks.', example: EXAMPLES.list })
  list() {
    return jsonList({ data: [], message: 'Success!', status: 200 }, 'data', mapped(this.users.listAll(), toRow));
  }

  @Patch(':uuid')
  @SignedIn()
  @ApiOperation({
    operationId: 'updateUser',
    summary: 'Update User',
    description: `Users edit their own account, administrators any. A new username, address or number needs the \`password\` of the caller ${WHEN_NEEDED}.`,
  })
  @OfUuid()
  @ApiFields(ChangeAccount)
  @ApiAnswer({ description: 'The current account.', example: EXAMPLES.detail, nullable: NULLABLE })
  @ApiFailures(...EDIT_FAILURES)
  async update(
    @Param('uuid') uuid: string,
    @Fields() { password, ...changes }: ChangeAccount,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
  ) {
    const { id } = await this.accountOf(uuid);
    this.operations.demandOwnerOrAdmin(id, user, caller);
    return toDetail(await this.edits.edit(id, changes, { contract: 'user-auth', user, password }, caller));
  }

  @Post('change-password/:uuid')
  @HttpCode(200)
  @SignedIn()
  @UseGuards(SessionEditsGuard)
  @ApiOperation({
    operationId: 'changePassword',
    summary: 'Change Password',
    description: 'Users change only their own password. Ends all sessions.',
  })
  @OfUuid()
  @ApiFields(ChangePassword)
  @ApiAnswer({ description: 'Changed.', example: EXAMPLES.passwordChanged })
  @ApiFailures(...PASSWORD_FAILURES)
  async changePassword(
    @Param('uuid') uuid: string,
    @Fields() { old_password: currentPassword, new_password: newPassword }: ChangePassword,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
  ) {
    if ((await this.accountOf(uuid)).id !== user.userId) throw new ForbiddenError();
    await this.passwords.change(user, { currentPassword, newPassword }, caller, { policy: 'legacy', field: 'new_password' });
    return { message: 'Success!' };
  }

  @Delete(':uuid')
  @SignedIn()
  @ApiOperation({
    operationId: 'deleteUser',
    summary: 'Delete User',
    description: `Deletes permanently. Users delete their own account, administrators any. The \`password\` of the caller is needed ${WHEN_NEEDED}.`,
  })
  @OfUuid()
  @ApiFields(OwnPassword)
  @ApiAnswer({ description: 'Deleted.', example: EXAMPLES.deleted })
  @ApiFailures(...BODY_FAILURES, INVALID_CREDENTIALS, LAST_ADMIN)
  async delete(@Param('uuid') uuid: string, @Fields() { password }: OwnPassword, @CurrentUser() user: Principal, @From() caller: Caller) {
    const { id } = await this.accountOf(uuid);
    this.operations.demandOwnerOrAdmin(id, user, caller);
    await this.deletion.delete(id, { contract: 'user-auth', user, password }, caller);
    return { message: 'User deleted.', status: 200 };
  }

  /** @throws UserNotFoundError, also for an invalid uuid */
  private async accountOf(uuid: string): Promise<Account> {
    if (!isId(uuid)) throw new UserNotFoundError();
    return this.users.getById(uuid);
  }
}
