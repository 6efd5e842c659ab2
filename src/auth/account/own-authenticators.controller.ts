import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Aal, SignedIn, WhileRecovered } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { IdentitiesService } from '../identities/identities.service.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import {
  AuthenticatorView,
  AuthenticatorsView,
  RecoveryCodesView,
  RenameAuthenticator,
  toAuthenticatorView,
  toAuthenticatorsView,
} from './dto/authenticators.dto.js';
import { OwnAuthenticatorsService } from './own-authenticators.service.js';

const ID = { name: 'id', format: 'uuid', description: 'From the list of authenticators.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' };

/** What every route here can answer. */
const SIGNED_IN = ['access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked', 'user.not_found'] as const;

/** What every change can answer. */
const CHANGES = [...SIGNED_IN, 'access.forbidden', 'auth.step_up_required', 'auth.bad_credentials', 'request.throttled'] as const;

/** What one signs in with beside the identifiers, for oneself. */
@ApiTags('Users')
@Controller('v1/users/me')
export class OwnAuthenticatorsController {
  constructor(
    private readonly authenticators: OwnAuthenticatorsService,
    private readonly identities: IdentitiesService,
    private readonly throttle: ThrottleService,
  ) {}

  @Get('authenticators')
  @SignedIn()
  @ApiOperation({
    operationId: 'listAuthenticators',
    summary: 'List my authenticators',
    description: 'Everything that the account signs in with. Authenticators that were not confirmed are not in the list.',
  })
  @ApiOkResponse({ type: AuthenticatorsView, description: 'The authenticators.' })
  @ApiProblem(...SIGNED_IN)
  async listAuthenticators(@CurrentUser() user: Principal): Promise<AuthenticatorsView> {
    const [own, identities] = await Promise.all([this.authenticators.list(user.userId), this.identities.list(user.userId)]);
    return toAuthenticatorsView(own, identities);
  }

  @Patch('authenticators/:id')
  @SignedIn()
  @Aal(2, { maxAgeSeconds: 300 })
  @WhileRecovered()
  @ApiOperation({
    operationId: 'renameAuthenticator',
    summary: 'Rename an authenticator',
    description: 'Needs a proof that is at most 300 s old, by a second factor if the account has one.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: AuthenticatorView, description: 'The renamed authenticator.' })
  @ApiProblem('authenticator.not_found', 'request.invalid', ...CHANGES)
  async renameAuthenticator(
    @Param('id') id: string,
    @Body() { name }: RenameAuthenticator,
    @CurrentUser() user: Principal,
    @From() caller: Caller,
  ): Promise<AuthenticatorView> {
    await this.admit(user, caller);
    return toAuthenticatorView(await this.authenticators.rename(user, id, name, caller));
  }

  @Delete('authenticators/:id')
  @SignedIn()
  @Aal(2, { maxAgeSeconds: 300 })
  @WhileRecovered()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removeAuthenticator',
    summary: 'Remove an authenticator',
    description:
      'Ends every other session and forgets trusted devices; the server mails a notice. Recovery codes go with the last authenticator. The last way in stays, and so does the last second factor of an account that requires one. Needs a proof that is at most 300 s old, by a second factor.',
  })
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'The authenticator is removed.' })
  @ApiProblem('authenticator.not_found', 'authenticator.last_way_in', ...CHANGES)
  async removeAuthenticator(@Param('id') id: string, @CurrentUser() user: Principal, @From() caller: Caller): Promise<void> {
    await this.admit(user, caller);
    await this.authenticators.remove(user, id, caller);
  }

  @Post('recovery-codes')
  @SignedIn()
  @Aal(2, { maxAgeSeconds: 300 })
  @WhileRecovered()
  @ApiOperation({
    operationId: 'renewRecoveryCodes',
    summary: 'Make new recovery codes',
    description:
      'Earlier codes stop working, and the server mails a notice. The codes are shown only in this answer. Needs a proof that is at most 300 s old, by a second factor.',
  })
  @ApiCreatedResponse({ type: RecoveryCodesView, description: 'The new codes.' })
  @ApiProblem('authenticator.none', ...CHANGES)
  async renewRecoveryCodes(@CurrentUser() user: Principal, @From() caller: Caller): Promise<RecoveryCodesView> {
    await this.admit(user, caller);
    return { recoveryCodes: await this.authenticators.renewRecoveryCodes(user, caller) };
  }

  /** Counts a change: each may cause a mail. */
  private admit(user: Principal, caller: Caller): Promise<void> {
    return this.throttle.take({ limit: 'edit', of: `authenticators:${user.userId}` }, caller);
  }
}
