import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { type Caller, From } from '../common/caller.js';
import { CurrentUser, type Principal } from '../common/principal.js';
import { ThrottleService } from '../throttling/throttle.service.js';
import { UpdateProfile } from './dto/update-profile.dto.js';
import { UserView, toUserView } from './dto/user.view.js';
import { ProfileService } from './profile.service.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly profiles: ProfileService,
    private readonly throttle: ThrottleService,
  ) {}

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

  @Patch('me')
  @SignedIn()
  @ApiOperation({
    operationId: 'updateCurrentUser',
    summary: 'Edit my profile',
    description:
      'Changes all fields that are sent, or none of them: null clears a field, an absent field stays. `metadata` is replaced as a whole.',
  })
  @ApiOkResponse({ type: UserView, description: 'The edited account.' })
  @ApiProblem(
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'user.not_found',
    'user.username_taken',
    'request.throttled',
  )
  async updateCurrentUser(@Body() body: UpdateProfile, @CurrentUser() user: Principal, @From() caller: Caller): Promise<UserView> {
    await this.throttle.take({ limit: 'edit', of: user.userId }, caller);
    return toUserView(await this.profiles.change(user.userId, body, { caller }));
  }
}
