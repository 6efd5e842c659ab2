import { Controller, Get, HttpCode } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';

@ApiTags('Auth')
@Controller('v1/auth')
export class VerifyController {
  @Get('verify')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'verifyAccessToken',
    summary: 'Check an access token',
    description: 'For gateways (`auth_request`, `forward_auth`). The answer has no body, and the check needs no database query.',
  })
  @ApiNoContentResponse({ description: 'The token is valid.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  verify(): void {
    // The access guard has said it all.
  }
}
