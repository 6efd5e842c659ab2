import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Open, TokenIn } from '../../common/access.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import type { Account } from '../../users/account.js';
import { UserNotFoundError } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { ApiAnswer } from '../shared/api-answer.js';
import { ApiFailures } from '../shared/failures.js';
import { jsonList, mapped } from '../shared/json-list.js';
import { OpenOperations } from '../shared/open-operations.service.js';
import { NOT_FOUND, SERVER_FAILURES, TOKEN_FAILURES, UNAUTHORIZED } from './test-library.errors.js';
import { EXAMPLES, NULLABLE } from './test-library.examples.js';
import { toLibraryUser } from './test-library.mapper.js';
import { ACCESS_TOKEN } from './test-library.token-place.js';

const DIGITS = /^\d+$/;

@ApiTags('test-library')
@ApiFailures(...SERVER_FAILURES)
@TokenIn(ACCESS_TOKEN)
@Controller('contracts/test-library/users')
export class TestLibraryUsersController {
  constructor(
    private readonly users: UsersService,
    private readonly open: OpenOperations,
  ) {}

  @Get('getall')
  @Open({ elseTo: ['admin'] })
  @ApiOperation({ operationId: 'listUsers', summary: 'All users', description: 'The order is not defined.' })
  @ApiAnswer({ description: 'All users.', example: EXAMPLES.users, nullable: NULLABLE })
  @ApiFailures(...Object.values(TOKEN_FAILURES), UNAUTHORIZED)
  list() {
    const envelope = { message: 'FETCH ALL SUCCESS', result: [] as const, status: 200 };
    return jsonList(envelope, 'result', mapped(this.users.listAll(), toLibraryUser));
  }

  @Get('getById/:userid')
  @Open()
  @ApiOperation({
    operationId: 'getUserById',
    summary: 'One user by id',
    description: 'Accepts an id or a username, because the document has this path for both. Digits alone are an id.',
  })
  @ApiParam({ name: 'userid', description: 'Id or username.', example: '2' })
  @ApiAnswer({ description: 'The user.', example: EXAMPLES.user, nullable: NULLABLE })
  @ApiFailures(NOT_FOUND, ...Object.values(TOKEN_FAILURES), UNAUTHORIZED)
  async getById(@Param('userid') user: string, @CurrentUser() caller: Principal | undefined) {
    return this.show(await (DIGITS.test(user) ? this.users.findByNumber(Number(user)) : this.users.findByUsername(user)), caller);
  }

  @Get('getByUsername/:username')
  @Open()
  @ApiOperation({ operationId: 'getUserByUsername', summary: 'One user by username' })
  @ApiParam({ name: 'username', description: 'In upper or lower case.', example: 'user1' })
  @ApiAnswer({ description: 'The user.', example: EXAMPLES.user, nullable: NULLABLE })
  @ApiFailures(NOT_FOUND, ...Object.values(TOKEN_FAILURES), UNAUTHORIZED)
  async getByUsername(@Param('username') username: string, @CurrentUser() caller: Principal | undefined) {
    return this.show(await this.users.findByUsername(username), caller);
  }

  private show(account: Account | null, caller: Principal | undefined) {
    this.open.demandAccessTo(account?.id, caller);
    if (account === null) throw new UserNotFoundError();
    return { message: 'SUCCESS: GET BY ID', result: toLibraryUser(account), status: 200 };
  }
}
