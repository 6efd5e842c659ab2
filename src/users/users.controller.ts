import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { CurrentUser, type Principal } from '../common/principal.js';
import { UserView, toUserView } from './dto/user.view.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('v1/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('me')
  @SignedIn()
  @ApiOperation({
    operationId: 'getCurrentUser',
    summary: 'Read my account',
    description: 'Reads the account of the caller from the database.',
  })
  @ApiOkResponse({ type: UserView, description: 'The account of the caller.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked', 'user.not_found')
  async getCurrentUser(@CurrentUser() user: Principal): Promise<UserView> {
    return toUserView(await this.users.getById(user.userId));
  }
}
