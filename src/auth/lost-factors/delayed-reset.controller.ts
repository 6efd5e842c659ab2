import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CheckPasswordReset, toResetProof } from '../password-reset/dto/password-reset.dto.js';
import { DelayedResetService } from './delayed-reset.service.js';
import { DelayedResetView, StopReset } from './dto/delayed-reset.dto.js';

/** A new password for people who have lost their second factor. */
@ApiTags('Auth')
@Controller('v1/auth/password/reset')
export class DelayedResetController {
  constructor(private readonly delayed: DelayedResetService) {}

  @Post('delayed')
  @Public()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestDelayedReset',
    summary: 'Ask for a reset without the second factor',
    description:
      'For somebody who has neither the authenticator nor a recovery code. Send the `token` of the reset link, or `identifier` and `code`, which are used up. The server tells the owner at once and again before the wait (`RESET_WITHOUT_FACTOR_HOURS`) is over; a link in these mails stops it, and so does any use of a factor of the account. Then it mails a link to choose a new password without the factor: the authenticators and recovery codes are removed, every session ends, and the next sign-in demands a new second factor. Refused with 403 `auth.second_factor_required` for administrators and for accounts without a verified e-mail address; an administrator can help them.',
  })
  @ApiBody({
    type: CheckPasswordReset,
    examples: {
      link: { value: { token: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo' } },
      code: { value: { identifier: 'ada@example.com', code: '40291738' } },
    },
  })
  @ApiAcceptedResponse({ type: DelayedResetView, description: 'The wait has begun, or goes on.' })
  @ApiProblem('request.invalid', 'request.throttled', 'challenge.invalid', 'challenge.expired', 'auth.second_factor_required')
  async request(@Body() body: CheckPasswordReset, @From() caller: Caller): Promise<DelayedResetView> {
    const { dueAt } = await this.delayed.request(toResetProof(body), caller);
    return { dueAt: dueAt.toISOString() };
  }

  @Post('stop')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'stopDelayedReset',
    summary: 'Stop a reset without the second factor',
    description: 'Send the `token` of the link in the mail that told of it. The password and the second factors stay as they are.',
  })
  @ApiNoContentResponse({ description: 'The reset does not take effect.' })
  @ApiProblem('request.invalid', 'request.throttled', 'challenge.invalid', 'challenge.expired')
  async stop(@Body() { token }: StopReset, @From() caller: Caller): Promise<void> {
    await this.delayed.stop(token, caller);
  }
}
