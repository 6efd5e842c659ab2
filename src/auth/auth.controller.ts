import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, SignedIn } from '../common/access.js';
import { ApiProblem } from '../common/api-problem.js';
import { type Caller, From } from '../common/caller.js';
import { UserView, toUserView } from '../users/dto/user.view.js';
import { RegisterUser } from './dto/register-user.dto.js';
import { RegistrationService } from './registration.service.js';

@ApiTags('Auth')
@Controller('v1/auth')
export class AuthController {
  constructor(private readonly registration: RegistrationService) {}

  @Post('register')
  @Public()
  @ApiOperation({
    operationId: 'registerUser',
    summary: 'Create an account',
    description: 'With an e-mail address, a mobile number, or both. A mail with a link and a six-digit code goes to the address.',
  })
  @ApiCreatedResponse({ type: UserView, description: 'The account; its e-mail address is not verified yet.' })
  @ApiProblem('request.invalid', 'request.throttled', 'user.email_taken', 'user.username_taken', 'user.mobile_taken', 'server.busy')
  async register(@Body() body: RegisterUser, @From() caller: Caller): Promise<UserView> {
    return toUserView(await this.registration.register(body, caller));
  }

  @Get('verify')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'verifyAccessToken',
    summary: 'Check an access token',
    description: 'For gateways (`auth_request`, `forward_auth`): no body, no database query.',
  })
  @ApiNoContentResponse({ description: 'The token is good.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  verify(): void {
    // The access guard has said it all.
  }
}
