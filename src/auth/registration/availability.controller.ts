import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { AvailabilityService } from './availability.service.js';
import { AvailabilityQuery, AvailabilityView } from './dto/availability.dto.js';

@ApiTags('Auth')
@Controller('v1/availability')
export class AvailabilityController {
  constructor(private readonly availability: AvailabilityService) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'checkAvailability',
    summary: 'Check whether a name is free',
    description:
      'For forms, while the user types: send either `username` or `email`. With `ACCOUNT_PRIVACY=strict` the server does not answer for e-mail addresses.',
  })
  @ApiOkResponse({ type: AvailabilityView, description: 'Whether the name is free.' })
  @ApiProblem('request.invalid', 'request.throttled', 'availability.private')
  async checkAvailability(@Query() { username, email }: AvailabilityQuery, @From() caller: Caller): Promise<AvailabilityView> {
    if (username !== undefined && email === undefined)
      return { available: await inQuery(this.availability.isUsernameFree(username, caller)) };
    if (email !== undefined && username === undefined) return { available: await inQuery(this.availability.isEmailFree(email, caller)) };
    throw new InvalidRequestError([{ pointer: '?username', rule: 'availability.one', detail: 'Send username or email, and not both.' }]);
  }
}

/** Says of a wrong field that it was a query parameter. */
async function inQuery<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw new InvalidRequestError(error.problems.map((problem) => ({ ...problem, pointer: problem.pointer.replace('/', '?') })));
  }
}
