import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { DisavowalService } from './disavowal.service.js';
import { Disavow, DisavowedView } from './dto/disavowal.dto.js';

@ApiTags('Auth')
@Controller('v1/auth/disavow')
export class DisavowalController {
  constructor(private readonly disavowal: DisavowalService) {}

  @Post()
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'disavow',
    summary: 'Say "This wasn’t me" about a change of the account',
    description:
      'Send the token of the link in a notice about the account, valid for 7 days and once. The change is taken back where that is safe (an added passkey, authenticator app or identity, new recovery codes, another mobile number), every session, open sign-in, code and link ends, and the password stops working; a link to choose a new one is mailed, which takes the second factor of an account that demands one. What was removed does not come back. The request signs nobody in.',
  })
  @ApiOkResponse({ type: DisavowedView, description: 'The account is safe from whoever it was.' })
  @ApiProblem('request.invalid', 'request.throttled', 'challenge.invalid', 'challenge.expired', 'user.mobile_taken')
  async disavow(@Body() { token }: Disavow, @From() caller: Caller): Promise<DisavowedView> {
    const { undone, dueAt, next } = await this.disavowal.disavow(token, caller);
    return { undone, dueAt: dueAt?.toISOString() ?? null, next };
  }
}
