import { Body, Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Aal, SignedIn, WhileRecovered } from '../../../common/access.js';
import { ApiProblem } from '../../../common/api-problem.js';
import { type Caller, From } from '../../../common/caller.js';
import { CurrentUser, type Principal } from '../../../common/principal.js';
import { SessionEditsGuard } from '../../../throttling/session-edits.guard.js';
import { PasskeyCreationOptionsView } from './dto/passkey-options.view.js';
import { AddPasskey, PasskeyAddedView, PasskeysView, toPasskeyView } from './dto/passkeys.dto.js';
import { PasskeyRegistration } from './passkey-registration.service.js';
import { PasskeysService } from './passkeys.service.js';

/** Passkeys of one's own account. */
@ApiTags('Auth')
@Controller('v1/users/me/authenticators/passkeys')
export class PasskeysController {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly registration: PasskeyRegistration,
  ) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'listPasskeys',
    summary: 'List your passkeys',
    description: 'With what browsers should be told, so that they stop offering passkeys that were removed (Signal API).',
  })
  @ApiOkResponse({ type: PasskeysView, description: 'The passkeys.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked', 'auth.method_disabled')
  async list(@CurrentUser() user: Principal): Promise<PasskeysView> {
    const [passkeys, signal] = await Promise.all([this.passkeys.list(user.userId), this.passkeys.signalOf(user.userId)]);
    return { passkeys: passkeys.map(toPasskeyView), signal };
  }

  @Post('options')
  @SignedIn()
  @Aal(2, { maxAgeSeconds: 300 })
  @WhileRecovered()
  @UseGuards(SessionEditsGuard)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'startPasskey',
    summary: 'Ask for a new passkey',
    description:
      'Pass the answer to `PublicKeyCredential.parseCreationOptionsFromJSON` and the result as `publicKey` to `navigator.credentials.create()`. The challenge works once, for five minutes and for this session.',
  })
  @ApiOkResponse({ type: PasskeyCreationOptionsView, description: 'Options of `navigator.credentials.create()`.' })
  @ApiProblem(
    'request.throttled',
    'access.unauthenticated',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'auth.step_up_required',
    'auth.method_disabled',
  )
  options(@CurrentUser() user: Principal): Promise<PasskeyCreationOptionsView> {
    return this.registration.options(user.userId, user.sessionId);
  }

  @Post()
  @SignedIn()
  @Aal(2, { maxAgeSeconds: 300 })
  @WhileRecovered()
  @UseGuards(SessionEditsGuard)
  @ApiOperation({
    operationId: 'addPasskey',
    summary: 'Add a passkey',
    description:
      'Send what `navigator.credentials.create()` returned. The owner gets a mail. The session keeps its level: step up to raise it.',
  })
  @ApiCreatedResponse({ type: PasskeyAddedView, description: 'The passkey works from now on.' })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'access.unauthenticated',
    'access.forbidden',
    'token.invalid',
    'token.expired',
    'token.revoked',
    'auth.step_up_required',
    'auth.method_disabled',
    'passkey.rejected',
    'authenticator.exists',
    'authenticator.too_many',
  )
  async add(@Body() body: AddPasskey, @CurrentUser() user: Principal, @From() caller: Caller): Promise<PasskeyAddedView> {
    const { passkey, recoveryCodes } = await this.registration.register(user, body, caller);
    return {
      ...toPasskeyView(passkey),
      ...(recoveryCodes === undefined ? {} : { recoveryCodes }),
      signal: await this.passkeys.signalOf(user.userId),
    };
  }
}
