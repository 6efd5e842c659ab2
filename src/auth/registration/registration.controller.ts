import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { type ConcludeRoute, Concluding } from '../../idempotency/conclude.js';
import { Idempotent } from '../../idempotency/idempotent.js';
import { Settings } from '../../config/settings.js';
import { UserView, toUserView } from '../../users/dto/user.view.js';
import { RegisterUser } from './dto/register-user.dto.js';
import { RegistrationService } from './registration.service.js';
import { ReturnUrls } from '../challenges/return-urls.service.js';

@ApiTags('Auth')
@Controller('v1/auth')
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly returnUrls: ReturnUrls,
    private readonly settings: Settings,
  ) {}

  @Post('register')
  @Public()
  @Idempotent({ ownerOf: (answer) => (answer as UserView | undefined)?.id })
  @ApiOperation({
    operationId: 'registerUser',
    summary: 'Create an account',
    description:
      'Send an e-mail address, a mobile number, or both. The server mails a link and a six-digit code to the address. A server with `ACCOUNT_PRIVACY=strict` takes one of the two and no username, and answers 202 whether or not it is registered.',
  })
  @ApiCreatedResponse({ type: UserView, description: 'The account; its e-mail address is not verified yet.' })
  @ApiAcceptedResponse({
    description:
      'With `ACCOUNT_PRIVACY=strict`, for registered and unregistered addresses. The reader of a new address confirms it and can then sign in; the owner of a registered address gets a mail about the attempt.',
  })
  @ApiProblem('request.invalid', 'request.throttled', 'user.email_taken', 'user.username_taken', 'user.mobile_taken', 'server.busy')
  async register(
    @Body() body: RegisterUser,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Concluding() conclude: ConcludeRoute,
  ): Promise<UserView | undefined> {
    const registration = { ...body, returnTo: this.returnUrls.check(body.returnTo) };
    if (this.settings.ACCOUNT_PRIVACY === 'strict') {
      void reply.status(202);
      await this.registration.registerPrivately(registration, caller, conclude);
      return undefined;
    }
    return toUserView(await this.registration.register(registration, caller, 'core', (act) => conclude(act, toUserView)));
  }
}
