import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Open, TokenIn } from '../../common/access.js';
import { type Caller, From } from '../../common/caller.js';
import { isId } from '../../common/ids.js';
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
import { toLibraryRow, toLibraryUser } from './test-library.mapper.js';
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
  @ApiAnswer({ description: 'All users; empty texts for what one lacks.', example: EXAMPLES.users })
  @ApiFailures(...Object.values(TOKEN_FAILURES), UNAUTHORIZED)
  list() {
    const envelope = { message: 'FETCH ALL SUCCESS', result: [] as const, status: 200 };
    return jsonList(envelope, 'result', mapped(this.users.listAll(), toLibraryRow));
  }

  @Get('getById/:userid')
  @Open()
  @ApiOperation({
    operationId: 'getUserById',
    summary: 'One user by id',
    description:
      'Accepts an id, the uuid of the other APIs or a username, because the document has this path for both. Digits alone are an id.',
  })
  @ApiParam({ name: 'userid', description: 'Id, uuid or username.', example: '2' })
  @ApiAnswer({ description: 'The user.', example: EXAMPLES.user, nullable: NULLABLE })
  @ApiFailures(NOT_FOUND, ...Object.values(TOKEN_FAILURES), UNAUTHORIZED)
  async getById(@Param('userid') user: string, @CurrentUser() asker: Principal | undefined, @From() caller: Caller) {
    return this.show(await this.find(user), asker, caller);
  }

  @Get('getByUsername/:username')
  @Open()
  @ApiOperation({ operationId: 'getUserByUsername', summary: 'One user by username' })
  @ApiParam({ name: 'username', description: 'In upper or lower case.', example: 'user1' })
  @ApiAnswer({ description: 'The user.', example: EXAMPLES.user, nullable: NULLABLE })
  @ApiFailures(NOT_FOUND, ...Object.values(TOKEN_FAILURES), UNAUTHORIZED)
  async getByUsername(@Param('username') username: string, @CurrentUser() asker: Principal | undefined, @From() caller: Caller) {
    return this.show(await this.users.findByUsername(username), asker, caller);
  }

  /** No username has only digits, or is as long as a uuid. */
  private find(user: string): Promise<Account | null> {
    if (DIGITS.test(user)) return this.users.findByNumber(Number(user));
    return isId(user) ? this.users.findById(user) : this.users.findByUsername(user);
  }

  private show(account: Account | null, asker: Principal | undefined, caller: Caller) {
    this.open.demandAccessTo(account?.id, asker, caller);
    if (account === null) throw new UserNotFoundError();
    return { message: 'SUCCESS: GET BY ID', result: toLibraryUser(account), status: 200 };
  }
}
