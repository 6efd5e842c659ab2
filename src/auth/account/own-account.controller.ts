import { Body, Controller, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Aal, SignedIn } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { UserView, toUserView } from '../../users/dto/user.view.js';
import { UpdateAccount } from './dto/update-account.dto.js';
import { OwnAccountService } from './own-account.service.js';

/** Editing one's own account. */
@ApiTags('Users')
@Controller('v1/users/me')
export class OwnAccountController {
  constructor(
    private readonly accounts: OwnAccountService,
    private readonly throttle: ThrottleService,
  ) {}

  @Patch()
  @SignedIn()
  @Aal(2, { maxAgeSeconds: 300, whenBodyHas: 'mfaRequired' })
  @ApiOperation({
    operationId: 'updateCurrentUser',
    summary: 'Edit my profile',
    description:
      'Changes all fields that are sent, or none of them: null clears a field, an absent field stays. `metadata` is replaced as a whole. Only `mfaRequired` needs a proof that is at most 300 s old, by a second factor if the account has one.',
  })
  @ApiOkResponse({ type: UserView, description: 'The edited account.' })
  @ApiProblem(
    'access.unauthenticated',
    'access.forbidden',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'auth.step_up_required',
    'auth.method_disabled',
    'auth.second_factor_demanded',
    'authenticator.none',
    'user.not_found',
    'user.username_taken',
    'request.throttled',
  )
  async updateCurrentUser(@Body() body: UpdateAccount, @CurrentUser() user: Principal, @From() caller: Caller): Promise<UserView> {
    await this.throttle.take({ limit: 'edit', of: user.userId }, caller);
    return toUserView(await this.accounts.change(user, body, caller));
  }
}
